"""Bank details: where the funds pay an investor to, and another account that it proposes."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page
from funds.forms.payees import PayeeDetailsForm
from funds.services.payees import propose_own_details
from portal.queries.payees import accounts_of, commitment_to_pay
from portal.reader import portal_page


@portal_page
@require_safe
def bank_details(request: HttpRequest) -> HttpResponse:
    """The accounts that the funds have on record for this investor."""
    return render(request, "portal/bank_details.html", {"accounts": accounts_of(request.reader)})


def _propose_page(request, commitment: UUID) -> FormPage:
    own = commitment_to_pay(request.reader, commitment)
    form = PayeeDetailsForm(request.POST or None)
    return FormPage(template="portal/bank_details_propose.html", form=form, context={"commitment": own})


@portal_page
@form_page(_propose_page)
def propose_bank_details(request: HttpRequest, page: FormPage, commitment: UUID) -> HttpResponse:
    """Ask the fund to pay to another account; its people call back before it is used."""
    with transaction.atomic():
        propose_own_details(commitment=commitment, fields=page.form.cleaned_data, ctx=context_of(request))
        demand_fresh_factor(request)
    messages.success(request, "The fund has your bank details. It calls you back before it uses them.")
    return redirect("portal:bank_details")
