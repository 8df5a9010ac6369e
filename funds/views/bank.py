"""Bank details: entered by one person, verified by a call back."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.checks import can, offer
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page
from funds.access import DRAFT, MANAGE, check_role
from funds.forms.funds import BankDetailsForm
from funds.forms.payees import CallBackForm
from funds.models import CallBack
from funds.queries import funds as queries
from funds.queries.payees import calls_about, numbers_of
from funds.services.bank import (
    BANK_DETAILS,
    check_verify,
    note_bank_call,
    propose_bank_details,
    reject_bank_details,
    rests_until,
    verify_bank_details,
)
from funds.services.call_backs import numbers_that_count, replaces

from .deciding import refusal
from .revealing import is_revealed
from .set_up import go_on


def _new_page(request, fund_id) -> FormPage:
    fund = queries.fund_of(request.user, fund_id)
    check_role(fund.role, DRAFT)
    form = BankDetailsForm(request.POST or None)
    context = {"fund": fund, "bank": queries.bank_details_of(fund), "numbers": numbers_of(fund)}
    return FormPage(template="funds/bank_details_form.html", form=form, context=context)


@manager_page
@with_fresh_factor
@form_page(_new_page)
def bank_details_new(request, page: FormPage, fund_id):
    details = propose_bank_details(fund_id=fund_id, fields=page.form.cleaned_data, ctx=context_of(request))
    messages.success(
        request, f"Version {details.version} is entered. It is used once it has been verified by a call back."
    )
    return go_on(request, fund_id, after="bank_details", to=address("fund", fund_id))


def _verify_page(request, bank_details_id) -> FormPage:
    details = queries.bank_details_to_decide(request.user, bank_details_id)
    if request.method == "POST":
        check_role(details.fund.role, MANAGE)
    numbers = list(numbers_that_count(details)) if replaces(details) else None
    form = CallBackForm(request.POST or None, numbers=numbers, fund=details.fund, at=timezone.now())
    context = _decision(request, details) | {"numbers": numbers}
    return FormPage(template="funds/bank_details_verify.html", form=form, context=context)


@manager_page
@with_fresh_factor
@form_page(_verify_page)
def bank_details_verify(request, page: FormPage, bank_details_id):
    call, outcome = page.form.call(), page.form.cleaned_data["outcome"]
    ids = {"bank_details_id": bank_details_id, "call": call, "ctx": context_of(request)}
    if outcome != CallBack.Outcome.CONFIRMED:
        details = note_bank_call(**ids, outcome=outcome)
        said = "is rejected and will never be used" if details.rejected_at else "still waits"
        messages.success(request, f"The call is written down. Version {details.version} {said}.")
        return redirect(address("fund", details.fund_id))
    details = verify_bank_details(**ids)
    messages.success(request, f"Version {details.version} is verified: new notices print it.")
    return go_on(request, details.fund_id, after="verified", to=address("fund", details.fund_id))


def _decision(request, details) -> dict:
    """What the page of a decision shows, and who may take it."""
    details.role = details.fund.role
    may_see = can(check_role, details.role, MANAGE)
    return {
        "details": details,
        "fund": details.fund,
        "verify": offer(check_verify, details, request.user, timezone.now()),
        "call": offer(BANK_DETAILS.check_approve, details, request.user),
        "calls": calls_about(bank_details=details),
        "reject": offer(BANK_DETAILS.check_reject, details, request.user),
        "rests_until": rests_until(details),
        "in_force": queries.bank_details_of(details.fund).in_force,
        "revealed": may_see and is_revealed(request, details, timezone.now()),
        "may_see": may_see,
    }


bank_details_reject = refusal(
    reject_bank_details,
    "These bank details are rejected and will never be used.",
    back=lambda request, details: redirect(address("fund", details.fund_id)),
)
