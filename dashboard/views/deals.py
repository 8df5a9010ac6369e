"""Deals, with what funds set aside for them."""

from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.lists import Listing, as_file, sort_of
from blackgem.lib.pages import narrowed
from dashboard.forms.filters import SearchForm
from dashboard.queries import deals as queries
from funds.access import check_change_shared, check_enter_shared
from funds.queries.files import export_name


@manager_page
@require_safe
def deal_list(request):
    """Deals and their allocations, narrowed and sorted."""
    form = SearchForm(request.GET)
    found = queries.deals(request.user, text=narrowed(form)["q"])
    page = queries.deals_page(
        request.user, found, sort=sort_of(request, queries.DEALS), number=request.GET.get("page")
    )
    enter = offer(check_enter_shared, request.user)
    for row in page:
        row.deal.change = offer(check_change_shared, row.deal, request.user, may_enter=bool(enter))
    context = {"listing": Listing(queries.DEALS, request, form, page), "enter": enter}
    return render(request, "dashboard/deal_list.html", context)


@require_GET
@manager_page
def export_deals(request, form):
    """The whole filter as CSV or XLSX, in the order of the list."""
    found = queries.deals(request.user, text=narrowed(SearchForm(request.GET))["q"])
    ordered = queries.sorted_deals(found, sort_of(request, queries.DEALS))
    return stream_table(
        form,
        *as_file(request, queries.DEALS, queries.EXPORT_COLUMNS, queries.export_rows(request.user, ordered)),
        name=export_name("deals", None),
        sheet="Deals",
        ctx=context_of(request),
    )
