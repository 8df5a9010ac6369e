"""Payments of an item, and taking them back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.money import format_money
from blackgem.lib.pages import render_partial, save_form
from capital.forms.payments import PaymentForm, ReversalForm
from capital.queries import item as read
from capital.services import payments as services
from capital.services import reversals
from funds.access import MANAGE, check_role
from funds.views.deciding import approval, refusal


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def record_payment(request: HttpRequest, call_id: int, item_id: int) -> HttpResponse:
    """Record what one investor paid; in a dialog where scripts run, else on a page of its own."""
    item = read.item_of(request.user, call_id, item_id)
    check_role(item.role, MANAGE)
    currency = item.call.fund.currency
    form = PaymentForm(request.POST or None, initial=_first(item), currency=currency)
    status = 200
    if request.method == "POST":
        payment, status = save_form(form, lambda cleaned: _record(request, item, cleaned))
        if payment:
            paid = format_money(payment.amount, currency)
            messages.success(request, f"Payment of {paid} from {item.commitment.investor.name} is recorded.")
            return _to_change(request, call_id, item_id)
    context = {"item": item, "call": item.call, "currency": currency, "form": form, "back": _back(request)}
    return render_partial(request, "capital/payment_form.html", "payment_form", context, status=status)


def _first(item) -> dict:
    """What the form holds when it opens: the outstanding amount, today, and the reference on the notice."""
    return {
        "amount": item.capital.outstanding if item.capital.outstanding > 0 else None,
        "value_date": item.call.fund.day_of(timezone.now()),
        "reference": f"CC{item.call.number}-{item.commitment.reference}",
    }


def _record(request, item, cleaned):
    return services.record_payment(item_id=item.pk, **cleaned, ctx=context_of(request))


def _back(request) -> str:
    asked = request.POST.get("back") or request.GET.get("back")
    return "item" if asked == "item" else "call"


def _to_change(request, call_id, item_id) -> HttpResponse:
    """Back to the page that the button stood on, which answers HTMX with only what changed on it."""
    if _back(request) == "item":
        return redirect("capital:item", call_id, item_id)
    return redirect("capital:call", call_id)


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def request_reversal(request: HttpRequest, call_id: int, item_id: int, payment_id: int) -> HttpResponse:
    """Ask to take a payment back, with the reason."""
    payment = read.payment_of(request.user, call_id, item_id, payment_id)
    check_role(payment.role, MANAGE)
    form = ReversalForm(request.POST or None, is_cash=payment.receipt_id is not None)
    status = 200
    if request.method == "POST":
        reversal, status = save_form(form, lambda cleaned: _ask(request, payment, cleaned))
        if reversal:
            waits = reversal.approved_at is None
            said = "A second person has to approve the reversal." if waits else "The payment is reversed."
            messages.success(request, said)
            return redirect("capital:item", call_id, item_id)
    context = {
        "payment": payment,
        "item": payment.item,
        "call": payment.call,
        "currency": payment.call.fund.currency,
        "form": form,
    }
    return render_partial(request, "capital/payment_reverse.html", "reversal_form", context, status=status)


def _ask(request, payment, cleaned):
    return reversals.request_reversal(payment_id=payment.pk, **cleaned, ctx=context_of(request))


def _to_item(request, reversal):
    """To the item that the payment belongs to, if the decision was taken there."""
    if request.POST.get("back") == "item":
        return redirect("capital:item", reversal.payment.call_id, reversal.payment.item_id)
    return None


approve_reversal = approval(reversals.approve_reversal, "The payment is reversed.", back=_to_item)
reject_reversal = refusal(
    reversals.reject_reversal, "The reversal is turned down; the payment stands.", back=_to_item
)
