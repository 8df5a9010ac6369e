"""Settling what a short payment left of an item."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page
from capital.forms.settlements import SettlementForm
from capital.queries import item as read
from capital.services import settlements as services
from funds.access import MANAGE, check_role
from funds.views.deciding import approval, refusal, say_asked


def _settlement_page(request, call_id, item_id) -> FormPage:
    item = read.item_of(request.user, call_id, item_id)
    check_role(item.role, MANAGE)
    form = SettlementForm(
        request.POST or None, initial={"effective_on": item.call.fund.day_of(timezone.now())}
    )
    context = {"item": item, "call": item.call, "currency": item.call.fund.currency}
    return FormPage(template="capital/settlement_form.html", form=form, context=context)


@manager_page
@form_page(_settlement_page)
def settle_residual(request: HttpRequest, page: FormPage, call_id: int, item_id: int) -> HttpResponse:
    """Settle all that is outstanding of an item, from a day on, with the reason."""
    settlement = services.settle_residual(item_id=item_id, **page.form.cleaned_data, ctx=context_of(request))
    say_asked(request, settlement, "settlement", "The residual is settled.")
    return redirect("capital:item", call_id, item_id)


approve_settlement = approval(services.approve_settlement, "The residual is settled.")
reject_settlement = refusal(services.reject_settlement, "The settlement is turned down.")
