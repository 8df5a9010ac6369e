"""The list of funds, and one fund, whole."""

from types import SimpleNamespace

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from dashboard.queries import funds as queries
from funds.access import check_open_fund
from funds.queries import funds as parts
from funds.queries.access import may_draft, may_manage


@manager_page
@require_safe
def fund_list(request):
    sort = request.GET.get("sort", "name")
    page = queries.funds_page(request.user, sort=sort, number=request.GET.get("page"))
    context = {"page": page, "sort": sort, "open_fund": offer(check_open_fund, request.user)}
    return render(request, "dashboard/fund_list.html", context)


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
            manages and reverse("funds:commitment_new", args=[fund.pk]),
            "Add a commitment",
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
