"""A fund's terms in versions, and what single partners agreed apart from them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import save_form
from funds.access import MANAGE, check_may
from funds.forms.terms import SideLetterForm, TermsVersionForm
from funds.queries import funds as queries
from funds.services.terms import set_side_letter, set_terms


@manager_page
@require_http_methods(["GET", "POST"])
def terms_new(request, fund_id):
    fund = queries.fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    terms = queries.terms_of(fund)
    form, status = TermsVersionForm(request.POST or None, row=terms.latest), 200
    if request.method == "POST":
        saved, status = save_terms(request, fund, form)
        if saved:
            is_new = terms.latest is None or saved.pk != terms.latest.pk
            said = (
                f"Version {saved.version} of the terms is entered."
                if is_new
                else "The terms are as they were."
            )
            messages.success(request, said)
            return redirect(address("fund", fund_id))
    context = {"form": form, "fund": fund, "terms": terms}
    return render(request, "funds/terms_form.html", context, status=status)


def save_terms(request, fund, form):
    def write(cleaned):
        return set_terms(fund_id=fund.pk, fields=form.terms_fields(), ctx=context_of(request))

    return save_form(form, write, fields=form.names_of_tiers() if form.is_valid() else None)


@manager_page
@require_http_methods(["GET", "POST"])
def side_letter_new(request, commitment_id):
    """What one partner agreed, as a new version; what is left empty stays as in the terms."""
    commitment = queries.commitment_of(request.user, commitment_id)
    check_may(request.user, commitment.fund_id, MANAGE)
    letters = list(commitment.side_letters.select_related("created_by").order_by("-version"))
    form, status = SideLetterForm(request.POST or None, row=letters[0] if letters else None), 200
    if request.method == "POST":
        saved, status = save_form(
            form,
            lambda cleaned: set_side_letter(
                commitment_id=commitment_id, fields=cleaned, ctx=context_of(request)
            ),
        )
        if saved:
            messages.success(request, f"Version {saved.version} of the side letter is entered.")
            return redirect("funds:commitment_edit", commitment_id)
    context = {
        "form": form,
        "commitment": commitment,
        "fund": commitment.fund,
        "letters": letters,
        "terms": queries.terms_of(commitment.fund).latest,
    }
    return render(request, "funds/side_letter_form.html", context, status=status)
