"""What is owed on calls, as a list and a file of exactly what the list is narrowed to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.lists import Listing, as_file, sort_of
from blackgem.lib.pages import narrowed
from capital.forms.filters import OpenItemFilterForm
from capital.queries import open_items as read
from capital.queries.open_items import EXPORT_COLUMNS, OPEN_ITEMS, OpenItemFilter
from funds.queries.files import export_name
from funds.queries.lists import PER_PAGE, page_of


@require_safe
@manager_page
def open_item_list(request: HttpRequest) -> HttpResponse:
    """Every part of a call on which something is owed, narrowed, summed and sorted."""
    form, at = OpenItemFilterForm(request.GET, user=request.user), timezone.now()
    rows = read.open_items(request.user, _filter(narrowed(form)), at=at)
    totals = read.totals(rows)
    page = page_of(
        read.sorted_items(rows, sort_of(request, OPEN_ITEMS)),
        PER_PAGE,
        request.GET.get("page"),
        count=sum(one["rows"] for one in totals),
    )
    page.object_list = list(read.with_days_late(page.object_list, at=at))
    context = {
        "listing": Listing(OPEN_ITEMS, request, form, page, totals, form.same_in_all),
        "fund": form.fund_chosen,
    }
    return render(request, "capital/open_item_list.html", context)


@require_GET
@manager_page
def export_open_items(request: HttpRequest, form: str) -> HttpResponse:
    """The whole filter as CSV or XLSX, in the order of the list."""
    chosen = _filter(narrowed(OpenItemFilterForm(request.GET, user=request.user)))
    at = timezone.now()
    rows = read.open_items(request.user, chosen, at=at)
    ordered = read.sorted_items(rows, sort_of(request, OPEN_ITEMS))
    return stream_table(
        form,
        *as_file(request, OPEN_ITEMS, EXPORT_COLUMNS, read.export_rows(ordered, at=at)),
        name=export_name("open-items", chosen.fund_id),
        sheet="Open items",
        ctx=context_of(request),
    )


def _filter(cleaned: dict) -> OpenItemFilter:
    fund = cleaned["fund"]
    return OpenItemFilter(fund.pk if fund else None, cleaned["currency"], cleaned["due"], cleaned["q"])
