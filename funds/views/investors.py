"""Investors and the people who speak for them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import found, save_form
from funds.access import check_change_shared, check_enter_shared, check_open_portal
from funds.forms.partners import ContactForm, InvestorForm, NewInvestorForm
from funds.models import InvestorContact
from funds.queries import partners as queries
from funds.services.partners import (
    add_contact,
    change_contact,
    change_investor,
    create_investor,
    remove_contact,
)

from .asking import fund_to_go_on_with, warn_of_look_alike, warn_of_namesakes


@manager_page
@require_http_methods(["GET", "POST"])
def investor_new(request):
    """With ?fund= the commitment to that fund is asked for next."""
    check_enter_shared(request.user)
    fund = fund_to_go_on_with(request)
    form, status = NewInvestorForm(request.POST or None), 200
    if request.method == "POST":
        made, status = save_form(
            form, lambda cleaned: create_investor(fields=cleaned, ctx=context_of(request))
        )
        if made:
            messages.success(request, f"{made} is entered.")
            warn_of_namesakes(request, made)
            if fund:
                return redirect(f"{reverse('funds:commitment_new', args=[fund.pk])}?investor={made.pk}")
            return redirect(address("investor", made.pk))
    return render(request, "funds/investor_form.html", {"form": form, "next_fund": fund}, status=status)


@manager_page
@require_http_methods(["GET", "POST"])
def investor_edit(request, investor_id):
    investor = queries.investor_of(request.user, investor_id)
    check_change_shared(investor, request.user)
    form, status = InvestorForm(request.POST or None, row=investor), 200
    if request.method == "POST":
        saved, status = save_form(
            form,
            lambda cleaned: change_investor(investor_id=investor_id, fields=cleaned, ctx=context_of(request)),
        )
        if saved:
            messages.success(request, f"{saved} is saved.")
            if "name" in form.changed_data:
                warn_of_namesakes(request, saved)
            return redirect(address("investor", investor_id))
    return render(request, "funds/investor_form.html", {"form": form, "investor": investor}, status=status)


# ---------------------------------------------------------------- contacts


@manager_page
@require_http_methods(["GET", "POST"])
def contact_new(request, investor_id):
    investor = queries.investor_of(request.user, investor_id)
    check_change_shared(investor, request.user)
    form, status = ContactForm(request.POST or None), 200
    if request.method == "POST":
        made, status = save_form(
            form,
            lambda cleaned: add_contact(investor_id=investor_id, fields=cleaned, ctx=context_of(request)),
        )
        if made:
            messages.success(request, f"{made.name} is entered as a contact.")
            warn_of_look_alike(request, made)
            return redirect(address("investor", investor_id))
    return render(request, "funds/contact_form.html", {"form": form, "investor": investor}, status=status)


@manager_page
@require_http_methods(["GET", "POST"])
def contact_edit(request, investor_id, contact_id):
    investor = queries.investor_of(request.user, investor_id)
    check_change_shared(investor, request.user)
    contact = found(InvestorContact.objects.all(), pk=contact_id, investor=investor)
    form, status = ContactForm(request.POST or None, row=contact), 200
    if request.method == "POST":
        saved, status = save_form(
            form,
            lambda cleaned: change_contact(contact_id=contact_id, fields=cleaned, ctx=context_of(request)),
        )
        if saved:
            messages.success(request, f"{saved.name} is saved.")
            if "email" in form.changed_data:
                warn_of_look_alike(request, saved)
            return redirect(address("investor", investor_id))
    context = {
        "form": form,
        "investor": investor,
        "contact": contact,
        "open_portal": offer(check_open_portal, investor, request.user),
    }
    return render(request, "funds/contact_form.html", context, status=status)


@manager_page
@require_POST
def contact_remove(request, investor_id, contact_id):
    contact = found(InvestorContact.objects.all(), pk=contact_id, investor=investor_id)
    remove_contact(contact_id=contact_id, ctx=context_of(request))
    messages.success(request, f"{contact.name} gets no more notices.")
    return redirect(address("investor", investor_id))
