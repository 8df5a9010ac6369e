"""The ledger as a page, and as a file of exactly what the page is narrowed to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.lists import Listing, as_file, sort_of
from blackgem.lib.pages import narrowed
from dashboard.forms.filters import LedgerFilterForm
from dashboard.queries.transactions import TRANSACTIONS
from funds.queries import ledger as queries
from funds.queries.files import export_name

NOTHING = queries.LedgerFilter(fund_id=-1)


@manager_page
@require_safe
def transaction_list(request: HttpRequest) -> HttpResponse:
    """Every movement of money that this person sees, narrowed, summed and sorted."""
    form = _form(request)
    is_valid = form.is_valid()
    rows = queries.transactions(request.user, _filter(form.cleaned_data) if is_valid else NOTHING)
    totals = queries.totals(rows)
    count = sum(total.rows for total in totals)
    has_other = any(total.other for total in totals) or form.data.get("type") in queries.OTHER_TYPES
    sort = sort_of(request, TRANSACTIONS)
    page = queries.transactions_page(rows, sort=sort, number=request.GET.get("page"), count=count)
    hidden = form.same_in_all | (frozenset() if has_other else {"other"})
    context = {
        "listing": Listing(TRANSACTIONS, request, form, page, totals, hidden),
        "totals": totals,
        "has_other": has_other,
        "fund": form.fund_chosen,
    }
    return render(request, "dashboard/transaction_list.html", context, status=200 if is_valid else 400)


@require_GET
@manager_page
def export_transactions(request: HttpRequest, form: str) -> HttpResponse:
    """The whole filter as CSV or XLSX, in the order of the list. Refused where the filter cannot be read."""
    chosen = _filter(narrowed(_form(request)))
    rows = queries.transactions(request.user, chosen)
    ordered = queries.sorted_transactions(rows, sort_of(request, TRANSACTIONS))
    return stream_table(
        form,
        *as_file(request, TRANSACTIONS, queries.EXPORT_COLUMNS, queries.export_rows(ordered)),
        name=export_name("transactions", chosen.fund_id),
        sheet="Transactions",
        ctx=context_of(request),
    )


def _form(request) -> LedgerFilterForm:
    investors = queries.investors_to_choose(request.user)
    return LedgerFilterForm(request.GET, user=request.user, investors=investors)


def _filter(cleaned: dict) -> queries.LedgerFilter:
    fund, investor = cleaned["fund"], cleaned["investor"]
    return queries.LedgerFilter(
        fund_id=fund.pk if fund else None,
        investor_id=investor.pk if investor else None,
        currency=cleaned["currency"],
        type=cleaned["type"],
        counts=cleaned["counts"],
        since=cleaned["since"],
        until=cleaned["until"],
    )
