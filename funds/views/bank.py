"""Bank details: entered by one person, verified by a call back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.errors import Conflict
from blackgem.lib.navigation import address
from blackgem.lib.pages import save_form
from funds.access import DRAFT, MANAGE, check_role
from funds.forms.funds import BankDetailsForm, VerifyBankDetailsForm
from funds.queries import funds as queries
from funds.services.bank import (
    BANK_DETAILS,
    check_verify,
    propose_bank_details,
    reject_bank_details,
    rests_until,
    verify_bank_details,
)


@manager_page
@require_http_methods(["GET", "POST"])
@with_fresh_factor
def bank_details_new(request, fund_id):
    fund = queries.fund_of(request.user, fund_id)
    check_role(fund.role, DRAFT)
    form, status = BankDetailsForm(request.POST or None), 200
    if request.method == "POST":
        details, status = save_form(
            form,
            lambda cleaned: propose_bank_details(fund_id=fund_id, fields=cleaned, ctx=context_of(request)),
        )
        if details:
            messages.success(
                request,
                f"Version {details.version} is entered. It is used once it has been verified by a call back.",
            )
            return redirect(address("fund", fund_id))
    context = {"form": form, "fund": fund, "bank": queries.bank_details_of(fund)}
    return render(request, "funds/bank_details_form.html", context, status=status)


@manager_page
@require_http_methods(["GET", "POST"])
@with_fresh_factor
def bank_details_verify(request, bank_details_id):
    details = queries.bank_details_to_decide(request.user, bank_details_id)
    form, status = VerifyBankDetailsForm(request.POST or None), 200
    if request.method == "POST":
        check_role(details.fund.role, MANAGE)
        verified, status = save_form(
            form,
            lambda cleaned: verify_bank_details(bank_details_id=bank_details_id, ctx=context_of(request)),
        )
        if verified:
            messages.success(request, f"Version {details.version} is verified: new notices print it.")
            return redirect(address("fund", details.fund_id))
    return render(request, "funds/bank_details_verify.html", _decision(request, details, form), status=status)


def _decision(request, details, form) -> dict:
    """What the page of a decision shows, and who may take it."""
    details.role = details.fund.role
    return {
        "details": details,
        "fund": details.fund,
        "form": form,
        "verify": offer(check_verify, details, request.user, timezone.now()),
        "reject": offer(BANK_DETAILS.check_reject, details, request.user),
        "rests_until": rests_until(details),
        "in_force": queries.bank_details_of(details.fund).in_force,
    }


@manager_page
@require_POST
def bank_details_reject(request, bank_details_id):
    details = queries.bank_details_to_decide(request.user, bank_details_id)
    try:
        reject_bank_details(bank_details_id=bank_details_id, ctx=context_of(request))
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Version {details.version} is rejected and will never be used.")
    return redirect(address("fund", details.fund_id))
