"""A fee that is paid from cash on hand: recording that it left the fund's account, and taking that back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page, found
from fees.forms.payments import FeePaymentBackForm, FeePaymentForm
from fees.queries import pages as read
from fees.services import payments as services
from funds.access import MANAGE, check_role


def _payment_page(request, run_id) -> FormPage:
    run = found(read.runs_seen(request.user), pk=run_id)
    check_role(run.role, MANAGE)
    first = {"paid_date": run.fund.day_of(timezone.now()), "reference": f"FEE{run.number}"}
    form = FeePaymentForm(request.POST or None, initial=first)
    context = {"run": run, "currency": run.fund.currency}
    return FormPage(template="fees/payment_form.html", form=form, context=context)


@manager_page
@form_page(_payment_page)
def pay_run(request: HttpRequest, page: FormPage, run_id: int) -> HttpResponse:
    """Record that the fee left the fund's account."""
    cleaned = page.form.cleaned_data
    services.pay_fee_run(
        run_id=run_id,
        value_date=cleaned["paid_date"],
        reference=cleaned["reference"],
        ctx=context_of(request),
    )
    messages.success(request, "The payment of the fee is recorded.")
    return redirect("fees:run", run_id)


def _take_back_page(request, payment_id) -> FormPage:
    payment = found(read.payments_seen(request.user), pk=payment_id)
    check_role(payment.role, MANAGE)
    first = {name: request.GET[name] for name in ("reason", "cash_on") if name in request.GET}
    form = FeePaymentBackForm(request.POST or None, initial=first)
    context = {"payment": payment, "run": payment.run, "currency": payment.fund.currency}
    return FormPage(template="fees/payment_take_back.html", form=form, context=context)


@manager_page
@form_page(_take_back_page)
def take_payment_back(request: HttpRequest, page: FormPage, payment_id: int) -> HttpResponse:
    """Say that a payment did not leave, or came back, with the reason."""
    services.take_fee_payment_back(payment_id=payment_id, **page.form.cleaned_data, ctx=context_of(request))
    messages.success(request, "The payment is taken back: the fee is to be paid again.")
    return redirect("fees:run", page.context["run"].pk)
