"""What investors promise a fund."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.money import format_money_short
from blackgem.lib.navigation import address
from blackgem.lib.pages import save_form
from funds.access import MANAGE, check_may
from funds.forms.partners import AmountForm, CommitmentForm, StandingForm
from funds.queries import funds as queries
from funds.queries.accounts import account_of
from funds.queries.call_books import call_books
from funds.queries.partners import investors_without_commitment
from funds.services.partners import change_commitment, commit, set_standing


@manager_page
@require_http_methods(["GET", "POST"])
def commitment_new(request, fund_id):
    """With ?investor= that one is chosen already."""
    fund = queries.fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    investors = investors_without_commitment(request.user, fund)
    first_closing = fund.first_closing_on or fund.lpa_date
    initial = {"investor": request.GET.get("investor"), "closing_date": first_closing}
    form, status = CommitmentForm(request.POST or None, fund=fund, investors=investors, initial=initial), 200
    if request.method == "POST":
        made, status = save_form(form, lambda cleaned: _commit(request, fund, cleaned))
        if made:
            promised = format_money_short(made.amount, fund.currency)
            messages.success(
                request, f"{made.investor} commits {promised} under the reference {made.reference}."
            )
            return redirect(address("fund", fund_id))
    return render(request, "funds/commitment_form.html", {"form": form, "fund": fund}, status=status)


def _commit(request, fund, cleaned):
    return commit(
        fund_id=fund.pk,
        investor_id=cleaned["investor"].pk,
        amount=cleaned["amount"],
        closing_date=cleaned["closing_date"],
        reference=cleaned["reference"] or None,
        ctx=context_of(request),
    )


@manager_page
@require_http_methods(["GET", "POST"])
def commitment_edit(request, commitment_id):
    commitment = queries.commitment_of(request.user, commitment_id)
    check_may(request.user, commitment.fund_id, MANAGE)
    form = AmountForm(
        request.POST or None, currency=commitment.fund.currency, initial={"amount": commitment.amount}
    )
    status = 200
    if request.method == "POST":
        saved, status = save_form(
            form,
            lambda cleaned: change_commitment(
                commitment_id=commitment_id, **cleaned, ctx=context_of(request)
            ),
        )
        if saved:
            promised = format_money_short(saved.amount, commitment.fund.currency)
            messages.success(request, f"{commitment.investor} now commits {promised}.")
            return redirect(address("fund", commitment.fund_id))
    standing = StandingForm(initial={"standing": commitment.standing})
    return _edit_page(request, commitment, form, standing, status)


@manager_page
@require_POST
def commitment_standing(request, commitment_id):
    commitment = queries.commitment_of(request.user, commitment_id)
    check_may(request.user, commitment.fund_id, MANAGE)
    standing = StandingForm(request.POST)
    saved, status = save_form(
        standing,
        lambda cleaned: set_standing(commitment_id=commitment_id, **cleaned, ctx=context_of(request)),
    )
    if saved:
        messages.success(request, f"{commitment.investor}: {saved.get_standing_display().lower()}.")
        return redirect(address("fund", commitment.fund_id))
    form = AmountForm(currency=commitment.fund.currency, initial={"amount": commitment.amount})
    return _edit_page(request, commitment, form, standing, status)


def _edit_page(request, commitment, form, standing, status):
    context = {
        "commitment": commitment,
        "fund": commitment.fund,
        "form": form,
        "standing_form": standing,
        "letters": commitment.side_letters.select_related("created_by").order_by("-version"),
        "account": account_of(commitment),
        "called": call_books().was_called(commitment.pk),
    }
    return render(request, "funds/commitment_edit.html", context, status=status)
