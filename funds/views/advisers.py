"""Advisers that investors ask for: declined with a reason. They are let in under Approvals."""

from django.contrib import messages
from django.shortcuts import redirect

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page, found
from funds.access import MANAGE, check_may
from funds.forms.advisers import DeclineForm
from funds.models import Adviser, Fund
from funds.services.advisers import check_decline_adviser, decline_adviser


def _page(request, adviser_pk) -> FormPage:
    seen = Adviser.objects.filter(commitment__fund__in=Fund.objects.visible_to(request.user))
    related = seen.select_related("commitment__fund", "commitment__investor", "change", "asked_by")
    adviser = found(related, pk=adviser_pk)
    check_may(request.user, adviser.commitment.fund_id, MANAGE)
    check_decline_adviser(adviser)
    form = DeclineForm(request.POST or None)
    return FormPage(template="funds/adviser_decline.html", form=form, context={"adviser": adviser})


@manager_page
@form_page(_page)
def decline_adviser_page(request, page: FormPage, adviser_pk):
    decline_adviser(adviser_id=adviser_pk, reason=page.form.cleaned_data["reason"], ctx=context_of(request))
    messages.success(request, "The adviser is declined. The investor reads why.")
    return redirect(address("investor", page.context["adviser"].commitment.investor_id))
