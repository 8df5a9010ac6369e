"""The list of funds, and one fund, whole."""

from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.lists import Listing, as_file, sort_of
from blackgem.lib.pages import narrowed
from dashboard.forms.filters import SearchForm
from dashboard.queries import funds as queries
from funds.access import check_open_fund
from funds.queries import funds as parts
from funds.queries.access import may_draft, may_manage
from funds.queries.files import export_name
from funds.queries.set_up import next_step, steps_of


@manager_page
@require_safe
def fund_list(request):
    """Every fund that a person works for, narrowed, summed and sorted."""
    form = SearchForm(request.GET)
    text = narrowed(form)["q"]
    funds = queries.funds_seen(request.user, text=text)
    page = queries.funds_page(funds, sort=sort_of(request, queries.FUNDS), number=request.GET.get("page"))
    totals = queries.fund_totals(request.user, text=text)
    context = {
        "listing": Listing(queries.FUNDS, request, form, page, totals),
        "open_fund": offer(check_open_fund, request.user),
    }
    return render(request, "dashboard/fund_list.html", context)


@require_GET
@manager_page
def export_funds(request, form):
    """The whole filter as CSV or XLSX, in the order of the list."""
    funds = queries.funds_seen(request.user, text=narrowed(SearchForm(request.GET))["q"])
    ordered = queries.sorted_funds(funds, sort_of(request, queries.FUNDS))
    return stream_table(
        form,
        *as_file(request, queries.FUNDS, queries.EXPORT_COLUMNS, queries.export_rows(ordered)),
        name=export_name("funds", None),
        sheet="Funds",
        ctx=context_of(request),
    )


@manager_page
@require_safe
def fund(request, fund_id):
    fund = queries.fund_with_figures(request.user, fund_id)
    sort = request.GET.get("sort", "reference")
    commitments = queries.commitments_page(fund, sort=sort, number=request.GET.get("page"))
    steps = [] if fund.has_begun else steps_of(fund.pk, request.user)
    members, changes = parts.members_and_changes(fund)
    context = {
        "fund": fund,
        "sort": sort,
        "allocations": list(queries.allocations_of(fund)),
        "commitments": commitments,
        "terms": parts.terms_of(fund),
        "bank": parts.bank_details_of(fund),
        "members": members,
        "changes": changes,
        "may_draft": may_draft(fund),
        "may_manage": may_manage(fund),
        "steps": steps,
        "go_on": next_step(steps, "fund"),
    }
    return render(request, "dashboard/fund_detail.html", context)
