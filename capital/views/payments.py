"""Payments of an item, and taking them back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.money import format_money
from blackgem.lib.pages import FormPage, form_page
from capital.forms.payments import PaymentForm, ReversalForm
from capital.queries import item as read
from capital.services import payments as services
from capital.services import reversals
from funds.access import MANAGE, check_role
from funds.views.deciding import approval, refusal, say_asked


def _payment_page(request, call_id, item_id) -> FormPage:
    item = read.item_of(request.user, call_id, item_id)
    check_role(item.role, MANAGE)
    currency = item.call.fund.currency
    form = PaymentForm(request.POST or None, initial=_first(item), currency=currency)
    context = {"item": item, "call": item.call, "currency": currency, "back": _back(request)}
    return FormPage(template="capital/payment_form.html", partial="payment_form", form=form, context=context)


def _first(item) -> dict:
    """What the form holds when it opens: the outstanding amount, today, and the reference on the notice."""
    return {
        "amount": item.capital.outstanding if item.capital.outstanding > 0 else None,
        "value_date": item.call.fund.day_of(timezone.now()),
        "reference": f"CC{item.call.number}-{item.commitment.reference}",
    }


@manager_page
@form_page(_payment_page)
def record_payment(request: HttpRequest, page: FormPage, call_id: int, item_id: int) -> HttpResponse:
    """Record what one investor paid; in a dialog where scripts run, else on a page of its own."""
    payment = services.record_payment(item_id=item_id, **page.form.cleaned_data, ctx=context_of(request))
    paid = format_money(payment.amount, page.context["currency"])
    investor = page.context["item"].commitment.investor
    messages.success(request, f"Payment of {paid} from {investor.name} is recorded.")
    return _to_change(request, call_id, item_id)


def _back(request) -> str:
    asked = request.POST.get("back") or request.GET.get("back")
    return "item" if asked == "item" else "call"


def _to_change(request, call_id, item_id) -> HttpResponse:
    """Back to the page that the button stood on, which answers HTMX with only what changed on it."""
    if _back(request) == "item":
        return redirect("capital:item", call_id, item_id)
    return redirect("capital:call", call_id)


def _reversal_page(request, call_id, item_id, payment_id) -> FormPage:
    payment = read.payment_of(request.user, call_id, item_id, payment_id)
    check_role(payment.role, MANAGE)
    first = {name: request.GET[name] for name in ("reason", "cash_on") if name in request.GET}
    form = ReversalForm(request.POST or None, initial=first, is_cash=payment.receipt_id is not None)
    context = {
        "payment": payment,
        "item": payment.item,
        "call": payment.call,
        "currency": payment.call.fund.currency,
    }
    return FormPage(
        template="capital/payment_reverse.html", partial="reversal_form", form=form, context=context
    )


@manager_page
@form_page(_reversal_page)
def request_reversal(
    request: HttpRequest, page: FormPage, call_id: int, item_id: int, payment_id: int
) -> HttpResponse:
    """Ask to take a payment back, with the reason."""
    reversal = reversals.request_reversal(
        payment_id=payment_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    say_asked(request, reversal, "reversal", "The payment is reversed.")
    return redirect("capital:item", call_id, item_id)


def _to_item(request, reversal):
    """To the item that the payment belongs to, if the decision was taken there."""
    if request.POST.get("back") == "item":
        return redirect("capital:item", reversal.payment.call_id, reversal.payment.item_id)
    return None


approve_reversal = approval(reversals.approve_reversal, "The payment is reversed.", back=_to_item)
reject_reversal = refusal(
    reversals.reject_reversal, "The reversal is turned down; the payment stands.", back=_to_item
)
