"""Refunds that went out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.money import format_money
from blackgem.lib.pages import FormPage, form_page, found
from closings.forms.verbs import RefundsPaidForm
from closings.queries.closing import closing_of, payable_of
from closings.services import refunds as services
from funds.access import MANAGE, check_role


def _pay_page(request, closing_id) -> FormPage:
    shown = closing_of(request.user, closing_id)
    check_role(shown.role, MANAGE)
    refund = _refund(request, shown)
    today = shown.fund.day_of(timezone.now())
    first = {"value_date": today, "reference": f"CLOSING{shown.number}"}
    context = {
        "closing": shown,
        "refund": refund,
        "currency": shown.fund.currency,
        "amount": refund.progress.payable if refund else payable_of(shown),
    }
    form = RefundsPaidForm(request.POST or None, initial=first)
    return FormPage(template="closings/refunds_pay.html", form=form, context=context)


def _refund(request, closing):
    """The one refund of ?refund=, or None for all."""
    asked = request.POST.get("refund") or request.GET.get("refund")
    if not asked:
        return None
    if not asked.isdecimal():
        raise Http404
    return found(closing.refunds.select_related("commitment__investor", "progress"), pk=asked)


@manager_page
@form_page(_pay_page)
def pay_refunds(request: HttpRequest, page: FormPage, closing_id: int) -> HttpResponse:
    """Record that what is released of one refund (`refund`), or of all, went out."""
    refund = page.context["refund"]
    payouts = services.pay_refunds(
        closing_id=closing_id,
        **page.form.cleaned_data,
        refund_ids=[refund.pk] if refund else None,
        ctx=context_of(request),
    )
    total = format_money(sum(payout.amount for payout in payouts), page.context["currency"])
    who = "1 partner" if len(payouts) == 1 else f"{len(payouts)} partners"
    messages.success(request, f"Refunds of {total} to {who} are recorded.")
    return redirect("closings:closing", closing_id)
