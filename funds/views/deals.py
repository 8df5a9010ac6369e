"""Deals that funds invest in."""

from django.contrib import messages
from django.shortcuts import redirect

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page
from funds.access import check_change_shared, check_enter_shared
from funds.forms.partners import DealForm
from funds.queries import partners as queries
from funds.services.partners import change_deal, create_deal

from .asking import fund_to_go_on_with, warn_of_namesakes


def _new_page(request) -> FormPage:
    check_enter_shared(request.user)
    context = {"next_fund": fund_to_go_on_with(request)}
    return FormPage(template="funds/deal_form.html", form=DealForm(request.POST or None), context=context)


@manager_page
@form_page(_new_page)
def deal_new(request, page: FormPage):
    """With ?fund= the allocation of that fund is asked for next."""
    deal = create_deal(fields=page.form.cleaned_data, ctx=context_of(request))
    messages.success(request, f"{deal} is entered.")
    warn_of_namesakes(request, deal)
    if fund := page.context["next_fund"]:
        return redirect(f"{address('new_allocation', fund.pk)}?deal={deal.pk}")
    return redirect(address("deals"))


def _edit_page(request, deal_id) -> FormPage:
    deal = queries.deal_of(request.user, deal_id)
    check_change_shared(deal, request.user)
    form = DealForm(request.POST or None, row=deal)
    return FormPage(template="funds/deal_form.html", form=form, context={"deal": deal})


@manager_page
@form_page(_edit_page)
def deal_edit(request, page: FormPage, deal_id):
    deal = change_deal(deal_id=deal_id, fields=page.form.cleaned_data, ctx=context_of(request))
    messages.success(request, f"{deal} is saved.")
    return redirect(address("deals"))
