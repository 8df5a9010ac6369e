"""What a fund sets aside for a deal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page, found
from capital.access import check_amend, check_draw_on
from capital.forms.allocations import AllocationForm, AmendmentForm
from capital.queries import allocations as read
from capital.services import allocations as services
from funds.access import MANAGE, check_role
from funds.queries.access import funds_of
from funds.views.asking import warn_of_namesakes
from funds.views.deciding import approval, refusal, say_asked
from funds.views.set_up import go_on


def _new_page(request, fund_id) -> FormPage:
    fund = found(funds_of(request.user).select_related("capital", "partners"), pk=fund_id)
    check_role(fund.role, MANAGE)
    deals = read.deals_without_allocation(request.user, fund)
    form = AllocationForm(
        request.POST or None, initial={"deal": request.GET.get("deal")}, deals=deals, currency=fund.currency
    )
    return FormPage(template="capital/allocation_form.html", form=form, context={"fund": fund})


@manager_page
@form_page(_new_page)
def new_allocation(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Set an amount of the fund aside for a deal."""
    cleaned, ctx = page.form.cleaned_data, context_of(request)
    committed = {"fund_id": fund_id, "committed": cleaned["committed"]}
    if cleaned["new_deal"]:
        allocation = services.allocate_to_new_deal(name=cleaned["new_deal"], **committed, ctx=ctx)
        warn_of_namesakes(request, allocation.deal)
    else:
        allocation = services.allocate(deal_id=cleaned["deal"].pk, **committed, ctx=ctx)
    messages.success(request, f"The allocation to {allocation.deal} is made.")
    return go_on(request, fund_id, after="deal", to=reverse("capital:allocation", args=[allocation.pk]))


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
        "story": read.story_of_allocation(shown, whole=request.GET.get("all") == "story"),
        "amounts": read.amounts_of(shown),
        "amend": offer(check_amend, shown, request.user),
        "draw_on": offer(check_draw_on, shown, request.user),
    }
    return render(request, "capital/allocation_detail.html", context)


def _amendment_page(request, allocation_id) -> FormPage:
    allocation = read.allocation_of(request.user, allocation_id)
    check_role(allocation.role, MANAGE)
    currency = allocation.fund.currency
    form = AmendmentForm(
        request.POST or None,
        initial={"effective_on": allocation.fund.day_of(timezone.now())},
        currency=currency,
    )
    context = {"allocation": allocation, "fund": allocation.fund, "currency": currency}
    return FormPage(template="capital/allocation_amend.html", form=form, context=context)


@manager_page
@form_page(_amendment_page)
def amend_allocation(request: HttpRequest, page: FormPage, allocation_id: int) -> HttpResponse:
    """Raise or lower what is committed, from a day on, with the reason."""
    cleaned = page.form.cleaned_data
    amendment = services.amend_allocation(
        allocation_id=allocation_id,
        change=page.form.change(),
        effective_on=cleaned["effective_on"],
        reason=cleaned["reason"],
        ctx=context_of(request),
    )
    say_asked(request, amendment, "amendment", "The allocation is amended.")
    return redirect("capital:allocation", allocation_id)


approve_amendment = approval(services.approve_amendment, "The allocation is amended.", sees=True)
reject_amendment = refusal(services.reject_amendment, "The amendment is turned down.")
