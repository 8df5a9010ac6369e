"""Settling what a short payment left of an item."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.pages import save_form
from capital.forms.settlements import SettlementForm
from capital.queries import item as read
from capital.services import settlements as services
from funds.access import MANAGE, check_role
from funds.views.deciding import approval, refusal


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def settle_residual(request: HttpRequest, call_id: int, item_id: int) -> HttpResponse:
    """Settle all that is outstanding of an item, from a day on, with the reason."""
    item = read.item_of(request.user, call_id, item_id)
    check_role(item.role, MANAGE)
    form = SettlementForm(
        request.POST or None, initial={"effective_on": item.call.fund.day_of(timezone.now())}
    )
    status = 200
    if request.method == "POST":
        settlement, status = save_form(form, lambda cleaned: _settle(request, item, cleaned))
        if settlement:
            waits = settlement.approved_at is None
            said = "A second person has to approve the settlement." if waits else "The residual is settled."
            messages.success(request, said)
            return redirect("capital:item", call_id, item_id)
    context = {"item": item, "call": item.call, "currency": item.call.fund.currency, "form": form}
    return render(request, "capital/settlement_form.html", context, status=status)


def _settle(request, item, cleaned):
    return services.settle_residual(item_id=item.pk, **cleaned, ctx=context_of(request))


approve_settlement = approval(services.approve_settlement, "The residual is settled.")
reject_settlement = refusal(services.reject_settlement, "The settlement is turned down.")
