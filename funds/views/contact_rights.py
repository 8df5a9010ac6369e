"""What a contact may do in the portal, as far as the funds of this manager let it."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page, found
from funds.access import check_open_portal
from funds.forms.contact_rights import ContactRightsForm
from funds.models import InvestorContact
from funds.queries.contact_rights import rights_shown
from funds.queries.partners import investor_of
from funds.services.contact_rights import set_rights

from .asking import say_it_waits


def _page(request, investor_id, contact_id) -> FormPage:
    investor = investor_of(request.user, investor_id)
    check_open_portal(investor, request.user)
    contact = found(InvestorContact.objects.all(), pk=contact_id, investor=investor)
    form = ContactRightsForm(request.POST or None, commitments=rights_shown(contact, request.user))
    context = {"investor": investor, "contact": contact}
    return FormPage(template="funds/contact_rights.html", form=form, context=context)


@manager_page
@form_page(_page)
def contact_rights(request, page: FormPage, investor_id, contact_id):
    with transaction.atomic():
        contact = set_rights(
            contact_id=contact_id,
            rights=page.form.rights(),
            seen=page.form.cleaned_data["seen"],
            ctx=context_of(request),
        )
        say_it_waits(request, contact.waiting)
    if not contact.waiting:
        messages.success(request, f"What {contact.name} may do in the portal is saved.")
    return redirect(address("investor", investor_id))
