"""A fund's terms in versions, and what single partners agreed apart from them."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page
from funds.access import MANAGE, check_may
from funds.forms.terms import SideLetterForm, TermsVersionForm
from funds.models import ControlChange
from funds.queries import funds as queries
from funds.queries.controls import waiting_of
from funds.services.terms import set_side_letter, set_terms

from .asking import say_it_waits


def _terms_page(request, fund_id) -> FormPage:
    fund = queries.fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    terms = queries.terms_of(fund)
    form = TermsVersionForm(request.POST or None, row=terms.latest)
    context = {"fund": fund, "terms": terms, "changes": waiting_of(fund, ControlChange.Kind.TERMS)}
    return FormPage(template="funds/terms_form.html", form=form, context=context)


@manager_page
@form_page(_terms_page)
def terms_new(request, page: FormPage, fund_id):
    before = page.context["terms"].latest
    with transaction.atomic():
        terms = set_terms(fund_id=fund_id, fields=page.form.terms_fields(), ctx=context_of(request))
        if isinstance(terms, ControlChange):
            say_it_waits(request, [terms])
            return redirect(address("fund", fund_id))
    is_new = before is None or terms.pk != before.pk
    said = f"Version {terms.version} of the terms is entered." if is_new else "The terms are as they were."
    messages.success(request, said)
    return redirect(address("fund", fund_id))


def _side_letter_page(request, commitment_id) -> FormPage:
    commitment = queries.commitment_of(request.user, commitment_id)
    check_may(request.user, commitment.fund_id, MANAGE)
    letters = list(commitment.side_letters.select_related("created_by").order_by("-version"))
    form = SideLetterForm(request.POST or None, row=letters[0] if letters else None)
    context = {
        "commitment": commitment,
        "fund": commitment.fund,
        "letters": letters,
        "changes": waiting_of(commitment.fund, ControlChange.Kind.SIDE_LETTER, subject_id=commitment.pk),
        "terms": queries.terms_of(commitment.fund).latest,
    }
    return FormPage(template="funds/side_letter_form.html", form=form, context=context)


@manager_page
@form_page(_side_letter_page)
def side_letter_new(request, page: FormPage, commitment_id):
    """What one partner agreed, as a new version; what is left empty stays as in the terms."""
    with transaction.atomic():
        letter = set_side_letter(
            commitment_id=commitment_id, fields=page.form.cleaned_data, ctx=context_of(request)
        )
        if isinstance(letter, ControlChange):
            say_it_waits(request, [letter])
            return redirect("funds:commitment_edit", commitment_id)
    messages.success(request, f"Version {letter.version} of the side letter is entered.")
    return redirect("funds:commitment_edit", commitment_id)
