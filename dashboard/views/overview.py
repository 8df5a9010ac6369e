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
from funds.access import check_open_fund


@require_safe
@arrival_page
def overview(request: HttpRequest) -> HttpResponse:
    """Funds at a glance, what is due, what is late, what waits for me, what happened."""
    at = timezone.now()
    funds = read.funds_at_a_glance(request.user)
    if not funds and request.user.investor_contacts.exists():
        return redirect(address("portal"))
    totals = read.totals(funds)
    request.waiting_approvals = waiting(request.user)  # the navigation shows the same number
    context = {
        "days": days_in((fund.time_zone for fund in funds), at),
        "funds": funds,
        "totals": totals,
        "due_soon": read.due_soon(request.user, at=at),
        "overdue": read.overdue(request.user, at=at, whole=request.GET.get("all") == "overdue"),
        "waiting": request.waiting_approvals,
        "lately": read.lately(request.user),
        "cash_flow": read.cash_flow(funds, totals[0].currency) if totals else None,
        "open_fund": None if funds else offer(check_open_fund, request.user),
    }
    return render(request, "dashboard/overview.html", context)
