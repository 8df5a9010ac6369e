"""The list of funds, and one fund, whole."""

from types import SimpleNamespace

from django.shortcuts import render
from django.urls import reverse
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
    allocations = list(queries.allocations_of(fund))
    bank_details = parts.bank_details_of(fund)
    context = {
        "fund": fund,
        "sort": sort,
        "allocations": allocations,
        "commitments": commitments,
        "terms": parts.terms_of(fund),
        "bank": bank_details,
        "members": parts.members_of(fund),
        "may_draft": may_draft(fund),
        "may_manage": may_manage(fund),
        "steps": _steps(fund, allocations, bank_details) if not fund.has_calls else [],
    }
    return render(request, "dashboard/fund_detail.html", context)


def _steps(fund, allocations, bank_details) -> list[SimpleNamespace]:
    """What a fund needs before its first call, each with the way to do it."""
    pending = bank_details.pending
    new_call = f"{reverse('capital:call_new')}?fund={fund.pk}"
    manages, drafts = may_manage(fund), may_draft(fund)
    steps = [
        ("Terms", "", True, "", ""),
        (
            f"Bank details, version {pending.version}, wait to be verified" if pending else "Bank details",
            "Notices say where to pay, once somebody has confirmed the details by a call back.",
            bank_details.in_force is not None,
            (manages and pending and reverse("funds:bank_details_verify", args=[pending.pk]))
            or (drafts and not pending and reverse("funds:bank_details_new", args=[fund.pk])),
            "Verify" if pending else "Enter",
        ),
        (
            "Investors and their commitments",
            "Calls are split over commitments, pro rata.",
            fund.lp_count > 0,
            manages and reverse("funds:partner_table", args=[fund.pk]),
            "Enter investors",
        ),
        (
            "Deals and allocations",
            "What the fund sets aside for a deal; calls draw on it. Fees and expenses need none.",
            bool(allocations),
            manages and reverse("capital:allocation_new", args=[fund.pk]),
            "Allocate to a deal",
        ),
        (
            "First capital call",
            "Works out each investor’s part, writes the notices, and waits for the money.",
            False,
            drafts and fund.lp_count and new_call,
            "New call",
        ),
    ]
    return [
        SimpleNamespace(title=title, text=text, done=done, href=href or "", action=action)
        for title, text, done, href, action in steps
    ]
