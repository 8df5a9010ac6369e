"""Bank details of partners: entered by one person, verified by another by a call to a number on file."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.checks import can, offer
from blackgem.lib.context import context_of
from blackgem.lib.errors import REFUSALS
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page
from funds.access import DRAFT, MANAGE, check_role
from funds.forms.payees import CallBackForm, PayeeDetailsForm, PhoneNumberForm
from funds.models import CallBack
from funds.queries import funds as read_funds
from funds.queries import payees as queries
from funds.services import call_backs, payees
from funds.services.call_backs import numbers_that_count

from .deciding import refusal
from .revealing import is_revealed

CONFIRMED = CallBack.Outcome.CONFIRMED


@manager_page
@require_safe
def payee_details_list(request, commitment_id):
    """Every version of a partner's bank details, and the numbers that are called about them."""
    commitment = read_funds.commitment_of(request.user, commitment_id)
    context = {
        "commitment": commitment,
        "fund": commitment.fund,
        "payee": queries.payee_of(commitment),
        "numbers": queries.numbers_of(commitment.fund, commitment),
        "prepare": offer(check_role, commitment.fund.role, DRAFT),
    }
    return render(request, "funds/payee_details_list.html", context)


def _new_page(request, commitment_id) -> FormPage:
    commitment = read_funds.commitment_of(request.user, commitment_id)
    check_role(commitment.fund.role, DRAFT)
    context = {
        "commitment": commitment,
        "fund": commitment.fund,
        "payee": queries.payee_of(commitment),
        "numbers": queries.numbers_of(commitment.fund, commitment),
    }
    form = PayeeDetailsForm(request.POST or None)
    return FormPage(template="funds/payee_details_form.html", form=form, context=context)


@manager_page
@with_fresh_factor
@form_page(_new_page)
def payee_details_new(request, page: FormPage, commitment_id):
    details = payees.propose_payee_details(
        commitment_id=commitment_id, fields=page.form.cleaned_data, ctx=context_of(request)
    )
    messages.success(
        request, f"Version {details.version} is entered. Payouts go there once a call back has confirmed it."
    )
    return redirect("funds:payee_details_list", commitment_id)


def _decision_page(request, payee_details_id) -> FormPage:
    details = queries.payee_details_to_decide(request.user, payee_details_id)
    if request.method == "POST":
        check_role(details.role, MANAGE)
    at = timezone.now()
    numbers = list(numbers_that_count(details))
    form = CallBackForm(request.POST or None, numbers=numbers, fund=details.fund, at=at)
    context = {
        "details": details,
        "fund": details.fund,
        "commitment": details.commitment,
        "numbers": numbers,
        "calls": queries.calls_about(payee_details=details),
        "in_force": queries.payee_of(details.commitment).in_force,
        "revealed": can(check_role, details.role, MANAGE) and is_revealed(request, details, at),
        "rests": at < details.usable_from,
        "reveal": offer(check_role, details.role, MANAGE),
        **queries.decision_of(details, request.user, at),
    }
    return FormPage(template="funds/payee_details.html", form=form, context=context)


@manager_page
@with_fresh_factor
@form_page(_decision_page)
def payee_details(request, page: FormPage, payee_details_id):
    """One version; what is posted is a call about it, which verifies it, rejects it or is only written down."""
    call, outcome = page.form.call(), page.form.cleaned_data["outcome"]
    ids = {"payee_details_id": payee_details_id, "call": call, "ctx": context_of(request)}
    if outcome == CONFIRMED:
        details = payees.verify_payee_details(**ids)
        messages.success(request, f"Version {details.version} is verified: payouts go there from now on.")
    else:
        details = payees.note_payee_call(**ids, outcome=outcome)
        said = "is rejected and will never be used" if details.rejected_at else "still waits"
        messages.success(request, f"The call is written down. Version {details.version} {said}.")
    return redirect("funds:payee_details_list", details.commitment_id)


payee_details_reject = refusal(
    payees.reject_payee_details,
    "These bank details are rejected and will never be used.",
    back=lambda request, details: redirect("funds:payee_details_list", details.commitment_id),
)


# ---------------------------------------------------------------- numbers on file


def _number_page(request, fund_id=None, commitment_id=None) -> FormPage:
    commitment = read_funds.commitment_of(request.user, commitment_id) if commitment_id else None
    fund = commitment.fund if commitment else read_funds.fund_of(request.user, fund_id)
    check_role(fund.role, DRAFT)
    context = {"commitment": commitment, "fund": fund}
    form = PhoneNumberForm(request.POST or None)
    return FormPage(template="funds/phone_number_form.html", form=form, context=context)


@manager_page
@with_fresh_factor
@form_page(_number_page)
def phone_number_new(request, page: FormPage, fund_id=None, commitment_id=None):
    fund = page.context["fund"]
    number = call_backs.record_phone_number(
        fund_id=fund.pk, commitment_id=commitment_id, fields=page.form.cleaned_data, ctx=context_of(request)
    )
    messages.success(request, f"{number.number} is on file, for what is asked for from now on.")
    return _back(number)


@manager_page
@require_POST
def phone_number_withdraw(request, phone_number_id):
    number = queries.number_of(request.user, phone_number_id)
    try:
        call_backs.withdraw_phone_number(phone_number_id=phone_number_id, ctx=context_of(request))
    except REFUSALS as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{number.number} is off file.")
    return _back(number)


def _back(number):
    if number.commitment_id:
        return redirect("funds:payee_details_list", number.commitment_id)
    return redirect(address("fund", number.fund_id))
