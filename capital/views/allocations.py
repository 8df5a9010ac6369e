"""What a fund sets aside for a deal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.pages import found, save_form
from capital.forms.allocations import AllocationForm
from capital.queries import allocations as read
from capital.services.allocations import allocate
from capital.states import ALLOCATION_CALLABLE
from funds.access import DRAFT, MANAGE, ROLES
from funds.queries.access import funds_of, require_role


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def new_allocation(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Set an amount of the fund aside for a deal."""
    fund = found(funds_of(request.user).select_related("capital", "partners"), pk=fund_id)
    require_role(request.user, fund, MANAGE)
    deals = read.deals_without_allocation(request.user, fund)
    form = AllocationForm(
        request.POST or None, initial={"deal": request.GET.get("deal")}, deals=deals, currency=fund.currency
    )
    status = 200
    if request.method == "POST":
        allocation, status = save_form(
            form,
            lambda typed: _allocate(request, fund, typed),
            fields={"deal_id": "deal", "committed_amount": "committed"},
        )
        if allocation:
            messages.success(request, f"The allocation to {allocation.deal} is made.")
            return redirect("capital:allocation", allocation.pk)
    context = {"fund": fund, "form": form, "has_deals": deals.exists()}
    return render(request, "capital/allocation_form.html", context, status=status)


def _allocate(request, fund, typed):
    return allocate(
        fund_id=fund.pk,
        deal_id=typed["deal"].pk,
        committed=typed["committed"],
        by=request.user,
        at=timezone.now(),
    )


@require_safe
@manager_page
def allocation(request: HttpRequest, allocation_id: int) -> HttpResponse:
    """One allocation: how far it is called and funded, and by which calls."""
    shown = read.allocation_of(request.user, allocation_id)
    context = {
        "allocation": shown,
        "fund": shown.fund,
        "currency": shown.fund.currency,
        "draws": list(read.draws_on(shown)),
        "story": read.story_of_allocation(shown),
        "may_call": shown.role in ROLES[DRAFT] and shown.state in ALLOCATION_CALLABLE,
    }
    return render(request, "capital/allocation_detail.html", context)
