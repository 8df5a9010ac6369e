"""What investors promise a fund."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.money import format_money_short
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page
from funds.access import MANAGE, check_may
from funds.forms.partners import AmountForm, CommitmentForm, StandingForm
from funds.queries import funds as queries
from funds.queries.accounts import account_of
from funds.queries.call_books import call_books
from funds.queries.partners import investors_without_commitment
from funds.queries.register import events_of
from funds.services.partners import change_commitment, commit, set_standing


def _new_page(request, fund_id) -> FormPage:
    fund = queries.fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    investors = investors_without_commitment(request.user, fund)
    first_closing = fund.first_closing_on or fund.lpa_date
    initial = {"investor": request.GET.get("investor"), "closing_date": first_closing}
    form = CommitmentForm(request.POST or None, fund=fund, investors=investors, initial=initial)
    return FormPage(template="funds/commitment_form.html", form=form, context={"fund": fund})


@manager_page
@form_page(_new_page)
def commitment_new(request, page: FormPage, fund_id):
    """With ?investor= that one is chosen already."""
    cleaned = page.form.cleaned_data
    commitment = commit(
        fund_id=fund_id,
        investor_id=cleaned["investor"].pk,
        amount=cleaned["amount"],
        closing_date=cleaned["closing_date"],
        reference=cleaned["reference"] or None,
        ctx=context_of(request),
    )
    promised = format_money_short(commitment.amount, page.context["fund"].currency)
    said = f"{commitment.investor} commits {promised} under the reference {commitment.reference}."
    if commitment.amount != cleaned["amount"]:
        said += " A second person has to approve the amount."
    messages.success(request, said)
    _say_who_sees_nothing_of_it(request, commitment)
    return redirect(address("fund", fund_id))


def _say_who_sees_nothing_of_it(request, commitment) -> None:
    """Contacts who sign in already see a new commitment once a manager of its fund says so."""
    contacts = (
        commitment.investor.contacts.filter(user__isnull=False)
        .order_by("name")
        .values_list("name", flat=True)
    )
    if contacts:
        messages.info(
            request,
            f"In the portal {', '.join(contacts)} will see nothing of it until you give access, on the page of "
            f"{commitment.investor}.",
        )


def _amount_page(request, commitment_id) -> FormPage:
    commitment = _commitment(request, commitment_id)
    form = _amount_form(commitment, request.POST or None)
    standing = StandingForm(initial={"standing": commitment.standing})
    context = _edit_context(commitment) | {"standing_form": standing}
    return FormPage(template="funds/commitment_edit.html", form=form, context=context)


@manager_page
@form_page(_amount_page)
def commitment_edit(request, page: FormPage, commitment_id):
    commitment = change_commitment(
        commitment_id=commitment_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    promised = format_money_short(commitment.amount, page.context["fund"].currency)
    if commitment.amount != page.form.cleaned_data["amount"]:
        messages.success(request, "A second person has to approve the correction.")
    else:
        messages.success(request, f"{page.context['commitment'].investor} now commits {promised}.")
    return redirect(address("fund", commitment.fund_id))


def _standing_page(request, commitment_id) -> FormPage:
    commitment = _commitment(request, commitment_id)
    standing = StandingForm(request.POST)
    context = _edit_context(commitment) | {"form": _amount_form(commitment), "standing_form": standing}
    return FormPage(template="funds/commitment_edit.html", form=standing, context=context)


@manager_page
@require_POST
@form_page(_standing_page)
def commitment_standing(request, page: FormPage, commitment_id):
    changed = set_standing(commitment_id=commitment_id, **page.form.cleaned_data, ctx=context_of(request))
    investor = page.context["commitment"].investor
    messages.success(request, f"{investor}: {changed.get_standing_display().lower()}.")
    return redirect(address("fund", changed.fund_id))


def _commitment(request, commitment_id):
    commitment = queries.commitment_of(request.user, commitment_id)
    check_may(request.user, commitment.fund_id, MANAGE)
    return commitment


def _amount_form(commitment, data=None) -> AmountForm:
    return AmountForm(data, currency=commitment.fund.currency, initial={"amount": commitment.amount})


def _edit_context(commitment) -> dict:
    return {
        "commitment": commitment,
        "fund": commitment.fund,
        "letters": commitment.side_letters.select_related("created_by").order_by("-version"),
        "account": account_of(commitment),
        "called": call_books().was_called(commitment.pk),
        "events": events_of(commitment),
    }
