"""The first page after signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import arrival_page
from blackgem.lib.approvals import waiting
from blackgem.lib.checks import offer
from blackgem.lib.days import days_in
from blackgem.lib.navigation import address
from dashboard.queries import overview as read
from dashboard.queries.letter_work import stuck_letters
from funds.access import check_open_fund


@require_safe
@arrival_page
def overview(request: HttpRequest) -> HttpResponse:
    """What needs somebody today, then the funds, then what moved and what happened."""
    at = timezone.now()
    funds = read.funds_at_a_glance(request.user)
    if not funds and request.user.investor_contacts.exists():
        return redirect(address("portal"))
    calls = [call for fund in funds for call in fund.open_calls]
    due_soon = read.due_soon(request.user, calls, at=at)
    overdue = read.overdue(request.user, calls, at=at, whole=request.GET.get("all") == "overdue")
    request.waiting_approvals = waiting(request.user)  # the navigation shows the same number
    totals = read.totals(funds)
    context = {
        "days": days_in((fund.time_zone for fund in funds), at),
        "agenda": read.Agenda(
            request.waiting_approvals,
            overdue.owed,
            stuck_letters(request.user),
            read.owed_in(due_soon),
            totals,
            sum(fund.questions_waiting for fund in funds),
        ),
        "funds": funds,
        "totals": totals,
        "due_soon": due_soon,
        "overdue": overdue,
        "lately": read.lately(request.user),
        "reconciled": read.reconciled_in(funds),
        "cash_flows": read.cash_flows(funds),
        "open_fund": None if funds else offer(check_open_fund, request.user),
    }
    return render(request, "dashboard/overview.html", context)
