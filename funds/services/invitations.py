"""Opening the portal to contacts of investors, and closing it again."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from blackgem.lib import audit
from blackgem.lib.errors import Busy, Conflict, Gone, NotFound
from blackgem.lib.sql import service
from funds.models import InvestorContact, Invitation
from funds.staff import check_may_open_portal

_OVER = "This invitation was used before, was withdrawn, or its time is over. Ask the fund for a new one."


@service
def invite_contact(*, contact_id, by, at) -> tuple[Invitation, str]:
    """A new invitation and its token, which is returned here and nowhere else; earlier ones end.

    Raises NotFound, Forbidden, Conflict("contact.has_access").
    """
    contact = _contact(contact_id, by)
    if contact.user_id:
        raise Conflict("contact.has_access", f"{contact.name} signs in to the portal already.")
    _withdraw(contact, by=by, at=at)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        contact=contact,
        email=contact.email,
        token_sha256=_sha256(token),
        created_at=at,
        created_by=by,
        expires_at=at + timedelta(days=settings.INVITATION_DAYS),
    )
    _record("invite_contact", contact, by=by, at=at)
    return invitation, token


def mail_invitation(*, invitation: Invitation, token: str) -> None:
    """Mail the link to the mailbox that was invited. Raises Busy where the mail server takes nothing now."""
    context = {
        "invitation": invitation,
        "investor": invitation.contact.investor,
        "link": f"{settings.SITE_URL}/invitations/{token}/",
    }
    text = render_to_string("email/invitation.txt", context)
    subject = f"Your access to {settings.SITE_NAME} for {invitation.contact.investor.name}"
    try:
        EmailMessage(subject, text, to=[invitation.email]).send()
    except OSError as error:  # smtplib's own errors are among them
        message = "The invitation could not be mailed. Please try again in a minute."
        raise Busy("mail.unavailable", message, retry_after=60) from error


@service
def withdraw_access(*, contact_id, by, at) -> InvestorContact:
    """Close the portal to a contact, and end its invitations. Raises NotFound, Forbidden."""
    contact = _contact(contact_id, by)
    _withdraw(contact, by=by, at=at)
    contact.user = None
    contact.save(update_fields=["user"])
    _record("withdraw_access", contact, by=by, at=at)
    return contact


def find_invitation(token: str, *, at: datetime) -> Invitation:
    """An invitation that can be taken up. Raises NotFound for an unknown token, Gone for one that is over."""
    invitation = _invitations().filter(token_sha256=_sha256(token)).first()
    _check_is_open(invitation, at)
    return invitation


@service
def accept_invitation(*, token: str, user=None, full_name: str = "", password: str = "", at: datetime):
    """Let the invited person in: `user`, who signed in with the invited address, or somebody new who has chosen a
    name and a password. Answers the person. Raises NotFound (also for another address), Gone."""
    invitation = _invitations().select_for_update(of=("self",)).filter(token_sha256=_sha256(token)).first()
    _check_is_open(invitation, at)
    person = _accepting(invitation, user, full_name, password)
    contact = invitation.contact
    contact.user = person
    contact.save(update_fields=["user"])
    invitation.accepted_at, invitation.accepted_by = at, person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    _record("accept_invitation", contact, by=person, at=at)
    return person


def _accepting(invitation, user, full_name, password):
    people = get_user_model().objects
    known = people.filter(email__iexact=invitation.email).first()
    if user is None and known is None:
        return people.create_user(invitation.email, password, full_name=full_name)
    if user is None or known is None or user.pk != known.pk:
        raise NotFound("not_found", "There is no such invitation.")
    return known


def _check_is_open(invitation, at) -> None:
    if invitation is None:
        raise NotFound("not_found", "There is no such invitation.")
    contact = invitation.contact
    is_over = invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= at
    if is_over or contact.user_id or contact.email.lower() != invitation.email.lower():
        raise Gone("invitation.over", _OVER)


def _invitations():
    return Invitation.objects.select_related("contact__investor")


def _contact(contact_id, by) -> InvestorContact:
    contact = InvestorContact.objects.select_related("investor").filter(pk=contact_id).first()
    if contact is None:
        raise NotFound("not_found", "There is no such contact.")
    check_may_open_portal(by, contact.investor)
    return (
        InvestorContact.objects.select_for_update(of=("self",)).select_related("investor").get(pk=contact_id)
    )


def _withdraw(contact, *, by, at) -> None:
    waiting = contact.invitations.filter(accepted_at=None, withdrawn_at=None)
    waiting.update(withdrawn_at=at, withdrawn_by=by)


def _record(verb, contact, *, by, at) -> None:
    audit.record(verb=verb, by=by, at=at, subject=contact, also=[contact.investor])


def _sha256(token: str) -> str:
    return sha256(token.encode()).hexdigest()
