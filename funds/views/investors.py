"""Investors and the people who speak for them."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page, found
from funds.access import check_change_shared, check_enter_shared, check_open_portal
from funds.forms.partners import ContactForm, InvestorForm, NewInvestorForm
from funds.models import ControlChange, InvestorContact
from funds.queries import partners as queries
from funds.services.contacts import add_contact, change_contact, remove_contact
from funds.services.partners import change_investor, create_investor

from .asking import fund_to_go_on_with, say_it_waits, warn_of_look_alike, warn_of_namesakes


def _new_page(request) -> FormPage:
    check_enter_shared(request.user)
    form = NewInvestorForm(request.POST or None)
    context = {"next_fund": fund_to_go_on_with(request)}
    return FormPage(template="funds/investor_form.html", form=form, context=context)


@manager_page
@form_page(_new_page)
def investor_new(request, page: FormPage):
    """With ?fund= the commitment to that fund is asked for next."""
    investor = create_investor(fields=page.form.cleaned_data, ctx=context_of(request))
    messages.success(request, f"{investor} is entered.")
    warn_of_namesakes(request, investor)
    if fund := page.context["next_fund"]:
        return redirect(f"{reverse('funds:commitment_new', args=[fund.pk])}?investor={investor.pk}")
    return redirect(address("investor", investor.pk))


def _edit_page(request, investor_id) -> FormPage:
    investor = queries.investor_of(request.user, investor_id)
    check_change_shared(investor, request.user)
    form = InvestorForm(request.POST or None, row=investor)
    return FormPage(template="funds/investor_form.html", form=form, context={"investor": investor})


@manager_page
@form_page(_edit_page)
def investor_edit(request, page: FormPage, investor_id):
    with transaction.atomic():
        investor = change_investor(
            investor_id=investor_id, fields=page.form.cleaned_data, ctx=context_of(request)
        )
        say_it_waits(request, investor.waiting)
    messages.success(request, f"{investor} is saved.")
    if "name" in page.form.changed_data:
        warn_of_namesakes(request, investor)
    return redirect(address("investor", investor_id))


# ---------------------------------------------------------------- contacts


def _new_contact_page(request, investor_id) -> FormPage:
    investor = queries.investor_of(request.user, investor_id)
    check_change_shared(investor, request.user)
    form = ContactForm(request.POST or None)
    return FormPage(template="funds/contact_form.html", form=form, context={"investor": investor})


@manager_page
@form_page(_new_contact_page)
def contact_new(request, page: FormPage, investor_id):
    with transaction.atomic():
        contact = add_contact(investor_id=investor_id, fields=page.form.cleaned_data, ctx=context_of(request))
        if isinstance(contact, ControlChange):
            say_it_waits(request, [contact])
            return redirect(address("investor", investor_id))
    messages.success(request, f"{contact.name} is entered as a contact.")
    warn_of_look_alike(request, contact)
    return redirect(address("investor", investor_id))


def _edit_contact_page(request, investor_id, contact_id) -> FormPage:
    investor = queries.investor_of(request.user, investor_id)
    check_change_shared(investor, request.user)
    contact = found(InvestorContact.objects.all(), pk=contact_id, investor=investor)
    context = {
        "investor": investor,
        "contact": contact,
        "open_portal": offer(check_open_portal, investor, request.user),
    }
    form = ContactForm(request.POST or None, row=contact)
    return FormPage(template="funds/contact_form.html", form=form, context=context)


@manager_page
@form_page(_edit_contact_page)
def contact_edit(request, page: FormPage, investor_id, contact_id):
    with transaction.atomic():
        contact = change_contact(
            contact_id=contact_id, fields=page.form.cleaned_data, ctx=context_of(request)
        )
        say_it_waits(request, contact.waiting)
    messages.success(request, f"{contact.name} is saved.")
    if "email" in page.form.changed_data:
        warn_of_look_alike(request, contact)
    return redirect(address("investor", investor_id))


@manager_page
@require_POST
def contact_remove(request, investor_id, contact_id):
    contact = found(InvestorContact.objects.all(), pk=contact_id, investor=investor_id)
    with transaction.atomic():
        waits = remove_contact(contact_id=contact_id, ctx=context_of(request))
        say_it_waits(request, [waits] if waits else [])
    if not waits:
        messages.success(request, f"{contact.name} gets no more notices.")
    return redirect(address("investor", investor_id))
