"""Opening the portal to a contact, and closing it."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from blackgem.lib.access import manager_page
from blackgem.lib.navigation import address
from blackgem.lib.pages import found
from funds.models import InvestorContact
from funds.queries import partners as queries
from funds.services.invitations import invite_contact, mail_invitation, withdraw_access


@manager_page
@require_POST
def contact_invite(request: HttpRequest, investor_id: int, contact_id: int) -> HttpResponse:
    """Mail the contact a link with which to set a password. A mail that cannot be sent undoes the invitation."""
    contact = _contact(request, investor_id, contact_id)
    with transaction.atomic():
        invitation, token = invite_contact(contact_id=contact.pk, by=request.user, at=timezone.now())
        mail_invitation(invitation=invitation, token=token)
    messages.success(request, f"{contact.name} is invited by mail to {contact.email}.")
    return redirect(address("investor", investor_id))


@manager_page
@require_POST
def contact_withdraw(request: HttpRequest, investor_id: int, contact_id: int) -> HttpResponse:
    contact = _contact(request, investor_id, contact_id)
    withdraw_access(contact_id=contact.pk, by=request.user, at=timezone.now())
    messages.success(request, f"The portal is closed to {contact.name}.")
    return redirect(address("investor", investor_id))


def _contact(request, investor_id, contact_id) -> InvestorContact:
    investor = queries.investor_of(request.user, investor_id)
    return found(InvestorContact.objects.all(), pk=contact_id, investor=investor)
