"""Deals that funds invest in."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import save_form
from funds.access import check_change_shared, check_enter_shared
from funds.forms.partners import DealForm
from funds.queries import partners as queries
from funds.services.partners import change_deal, create_deal

from .asking import fund_to_go_on_with, warn_of_namesakes


@manager_page
@require_http_methods(["GET", "POST"])
def deal_new(request):
    """With ?fund= the allocation of that fund is asked for next."""
    check_enter_shared(request.user)
    fund = fund_to_go_on_with(request)
    form, status = DealForm(request.POST or None), 200
    if request.method == "POST":
        made, status = save_form(form, lambda cleaned: create_deal(fields=cleaned, ctx=context_of(request)))
        if made:
            messages.success(request, f"{made} is entered.")
            warn_of_namesakes(request, made)
            if fund:
                return redirect(f"{address('new_allocation', fund.pk)}?deal={made.pk}")
            return redirect(address("deals"))
    return render(request, "funds/deal_form.html", {"form": form, "next_fund": fund}, status=status)


@manager_page
@require_http_methods(["GET", "POST"])
def deal_edit(request, deal_id):
    deal = queries.deal_of(request.user, deal_id)
    check_change_shared(deal, request.user)
    form, status = DealForm(request.POST or None, row=deal), 200
    if request.method == "POST":
        saved, status = save_form(
            form,
            lambda cleaned: change_deal(deal_id=deal_id, fields=cleaned, ctx=context_of(request)),
        )
        if saved:
            messages.success(request, f"{saved} is saved.")
            return redirect(address("deals"))
    return render(request, "funds/deal_form.html", {"form": form, "deal": deal}, status=status)
