"""Opening the portal to a contact and closing it; taking up an invitation, to the portal or to a role in a fund."""

from functools import partial

from allauth.account.utils import perform_login
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from blackgem.identity.adapters import person_at
from blackgem.identity.internals import record_authentication
from blackgem.lib.access import manager_page, public_page
from blackgem.lib.context import context_of
from blackgem.lib.idempotency import form_once
from blackgem.lib.navigation import address
from blackgem.lib.pages import REFUSED, found
from funds.forms.invitations import InvitationForm
from funds.models import InvestorContact
from funds.queries import partners as queries
from funds.services.invitations import (
    accept_invitation,
    find_invitation,
    invite_contact,
    mail_invitation,
)
from funds.services.portal_access import grant_access, withdraw_access

from .asking import say_it_waits


@manager_page
@require_POST
def contact_invite(request: HttpRequest, investor_id: int, contact_id: int) -> HttpResponse:
    """Mail the contact a link with which to set a password. A mail that cannot be sent undoes the invitation."""
    contact = _contact(request, investor_id, contact_id)
    with transaction.atomic():
        invitation, token, waiting = invite_contact(contact_id=contact.pk, ctx=context_of(request))
        say_it_waits(request, waiting)
        if invitation:
            mail_invitation(invitation=invitation, token=token)
            messages.success(request, f"{contact.name} is invited by mail to {contact.email}.")
    return redirect(address("investor", investor_id))


@manager_page
@require_POST
def contact_grant(request: HttpRequest, investor_id: int, contact_id: int) -> HttpResponse:
    """Let a contact who signs in see the funds of this manager too, or confirm what one who left let it see."""
    contact = _contact(request, investor_id, contact_id)
    with transaction.atomic():
        waiting = grant_access(contact_id=contact.pk, ctx=context_of(request)).waiting
        say_it_waits(request, waiting)
    if not waiting:
        messages.success(
            request, f"{contact.name} sees in the portal what {contact.investor} promised to your funds."
        )
    return redirect(address("investor", investor_id))


@manager_page
@require_POST
def contact_withdraw(request: HttpRequest, investor_id: int, contact_id: int) -> HttpResponse:
    contact = _contact(request, investor_id, contact_id)
    withdraw_access(contact_id=contact.pk, ctx=context_of(request))
    messages.success(request, f"{contact.name} sees nothing of your funds in the portal any more.")
    return redirect(address("investor", investor_id))


def _contact(request, investor_id, contact_id) -> InvestorContact:
    investor = queries.investor_of(request.user, investor_id)
    return found(InvestorContact.objects.all(), pk=contact_id, investor=investor)


# ---------------------------------------------------------------- taking one up


@public_page
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who holds the link of an invitation becomes, or already is, the person with that address."""
    if request.method == "POST" and request.user.is_authenticated:
        return form_once(request, partial(_take_up, request, token))
    return _take_up(request, token)


def _take_up(request, token) -> HttpResponse:
    invited = find_invitation(token, at=timezone.now())
    if request.user.is_authenticated and request.user.email.lower() != invited.email.lower():
        raise Http404
    if person_at(invited.email):
        return _connect(request, token, invited)
    return _enter(request, token, invited)


def _connect(request, token, invited) -> HttpResponse:
    """Somebody who has an account signs in with it and takes the invitation up."""
    if not request.user.is_authenticated:
        link = f"{reverse('login')}?next={request.path}"
        return render(request, "funds/invitation_known.html", {"invitation": invited, "sign_in": link})
    if request.method == "POST":
        accept_invitation(token=token, user=request.user, at=timezone.now())
        messages.success(request, f"You accepted the invitation {invited.purpose}.")
        return redirect("/")
    return render(request, "funds/invitation_connect.html", {"invitation": invited})


def _enter(request, token, invited) -> HttpResponse:
    """Somebody new chooses a password and is signed in."""
    form, status = (
        InvitationForm(request.POST or None, email=invited.email, initial={"full_name": invited.name}),
        200,
    )
    if request.method == "POST":
        if form.is_valid():
            cleaned = form.cleaned_data
            user = accept_invitation(
                token=token, full_name=cleaned["full_name"], password=cleaned["password1"], at=timezone.now()
            )
            record_authentication(request, user, method="password", email=user.email)
            return perform_login(request, user, email_verification="none", redirect_url="/")
        status = REFUSED
    context = {"form": form, "invitation": invited}
    return render(request, "funds/invitation.html", context, status=status)
