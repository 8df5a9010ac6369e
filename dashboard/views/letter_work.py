"""Letters on their way: the list of what was mailed, and a line on every page while any of it moves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.lists import Listing, as_file, sort_of
from blackgem.lib.pages import narrowed
from dashboard.forms.filters import LetterFilterForm
from dashboard.queries import letter_work as read
from dashboard.queries.letter_work import EXPORT_COLUMNS, LETTERS
from funds.queries.files import export_name
from funds.queries.lists import PER_PAGE, page_of


@require_safe
@manager_page
def letter_list(request: HttpRequest) -> HttpResponse:
    """How far the letters of each call and distribution are, and what became of them."""
    form, found = _narrowed(request)
    page = page_of(read.sorted_mailings(found, sort_of(request, LETTERS)), PER_PAGE, request.GET.get("page"))
    page.object_list = read.counted(page.object_list)
    context = {
        "listing": Listing(LETTERS, request, form, page, hidden=form.same_in_all),
        "moving": any(one.under_way for one in page.object_list),
    }
    return render(request, "dashboard/letter_list.html", context)


@require_GET
@manager_page
def export_letters(request: HttpRequest, form: str) -> HttpResponse:
    """The whole filter as CSV or XLSX, in the order of the list."""
    asked, found = _narrowed(request)
    rows = read.export_rows(read.sorted_mailings(found, sort_of(request, LETTERS)))
    fund = asked.fund_chosen
    return stream_table(
        form,
        *as_file(request, LETTERS, EXPORT_COLUMNS, rows),
        name=export_name("letters", fund and fund.pk),
        sheet="Letters",
        ctx=context_of(request),
    )


@require_safe
@manager_page
def letters_now(request: HttpRequest) -> HttpResponse:
    """The line that every page shows while letters move, and that looks again by itself until they are through."""
    if not request.htmx:
        return redirect("dashboard:letter_list")
    moving = read.under_way(request.user)
    context = {
        "settled": sum(one.asked - one.under_way for one in moving),
        "asked": sum(one.asked for one in moving),
    }
    return render(request, "dashboard/letters_now.html", context)


def _narrowed(request):
    form = LetterFilterForm(request.GET, user=request.user)
    chosen = narrowed(form)
    fund_id = chosen["fund"].pk if chosen["fund"] else None
    return form, read.mailings(request.user, fund_id=fund_id, show=chosen["show"])
