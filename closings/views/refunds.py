"""One refund, refunds that went out, and taking that back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.money import format_money
from blackgem.lib.pages import FormPage, form_page, found
from closings.access import check_pay_refunds, check_send_notices
from closings.forms.verbs import RefundsPaidForm
from closings.queries import refund as read
from closings.queries.closing import closing_of, payable_of
from closings.services import refunds as services
from distributions.forms.payouts import PayoutReversalForm
from funds.access import MANAGE, check_role
from funds.models import Notice
from funds.queries.notices import versions_of
from funds.views.deciding import approval, refusal, say_asked


@require_safe
@manager_page
def refund(request: HttpRequest, closing_id: int, refund_id: int) -> HttpResponse:
    """What one partner gets back, what of it went out, and what was done with it."""
    shown = read.refund_of(request.user, closing_id, refund_id)
    shown.closing.role = shown.role
    context = {
        "refund": shown,
        "closing": shown.closing,
        "currency": shown.closing.fund.currency,
        "payouts": read.payouts_of_refund(shown, request.user),
        "pay": offer(check_pay_refunds, shown.closing, request.user),
        "resend": offer(check_send_notices, shown.closing, request.user),
        "notices": versions_of(Notice.Kind.REFUND, shown.pk),
        "story": read.story_of_refund(shown),
    }
    return render(request, "closings/refund_detail.html", context)


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


def _reversal_page(request, closing_id, payout_id) -> FormPage:
    payout = read.payout_of_refund(request.user, closing_id, payout_id)
    check_role(payout.role, MANAGE)
    context = {
        "payout": payout,
        "refund": payout.refund,
        "closing": payout.refund.closing,
        "currency": payout.refund.closing.fund.currency,
    }
    first = {name: request.GET[name] for name in ("reason", "cash_on") if name in request.GET}
    form = PayoutReversalForm(request.POST or None, initial=first)
    return FormPage(template="closings/refund_payout_reverse.html", form=form, context=context)


@manager_page
@form_page(_reversal_page)
def request_refund_reversal(
    request: HttpRequest, page: FormPage, closing_id: int, payout_id: int
) -> HttpResponse:
    """Ask to take a payout of a refund back, with the reason."""
    reversal = services.request_refund_reversal(
        payout_id=payout_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    say_asked(request, reversal, "reversal", "The payout is reversed.")
    return redirect("closings:refund", closing_id, page.context["refund"].pk)


approve_refund_reversal = approval(services.approve_refund_reversal, "The payout is reversed.")
reject_refund_reversal = refusal(
    services.reject_refund_reversal, "The reversal is turned down; the payout stands."
)
