"""Opening the portal to contacts of investors and closing it again; offering people a role in a fund."""

import secrets
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.text import get_text_list

from blackgem.lib import audit
from blackgem.lib.checks import out_of_reach, out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Busy, Conflict, Gone, NotFound
from blackgem.lib.mail_texts import text_mail
from blackgem.lib.opened import opened
from blackgem.lib.sql import service
from funds.access import MANAGE, can_may, check_invite_contact, check_may, check_sender
from funds.models import Commitment, ControlChange, Fund, InvestorContact, Invitation, PortalGrant
from funds.queries.controls import needs_another
from funds.services.contact_warnings import tell_of_contact
from funds.services.controls import Control, Kind, propose, register_control
from funds.services.declining import tell_investor
from funds.services.members import check_role, give_or_propose_role, give_role
from funds.services.portal_access import access_now, contact_to_open_for, end_lapsed_grants, grant, let_see


class Invited(NamedTuple):
    """What came of inviting a contact: the invitation, if there is one yet, its token, and what waits for others."""

    invitation: Invitation | None
    token: str
    waiting: list[ControlChange]


_OVER = "This invitation was used before, was withdrawn, or its time is over. Ask the fund for a new one."


@service
def invite_contact(*, contact_id, ctx: WriteContext) -> Invited:
    """A new invitation and its token, which is returned here and nowhere else; earlier ones end. Whoever takes it up
    sees what the investor promised to the funds that `ctx.by` manages, now and then. Where another person has to agree
    to all that there is to see, the invitation is mailed when that person does.

    Raises NotFound, Forbidden, Conflict("contact.has_access", "control.pending").
    """
    contact = contact_to_open_for(contact_id, ctx.by)
    check_invite_contact(contact, ctx.by)
    waiting = grant(contact, ctx=ctx)
    if waiting and not contact.portal_grants.exists():
        return Invited(None, "", waiting)
    return Invited(*_invite(contact, ctx), waiting)


def _invite(contact: InvestorContact, ctx: WriteContext) -> tuple[Invitation, str]:
    _withdraw(contact.invitations, ctx=ctx)
    invitation, token = _write(contact=contact, email=contact.email, ctx=ctx)
    _record("invite_contact", contact, ctx=ctx)
    tell_of_contact(contact.investor, f"{contact.email} is invited to the portal.", ctx)
    return invitation, token


def _let_in(change: ControlChange, ctx: WriteContext) -> None:
    """The contact sees the commitment; one that does not sign in yet is invited, unless it was by another fund."""
    contacts = InvestorContact.objects.select_for_update(of=("self",)).select_related("investor")
    contact = contacts.get(pk=change.becomes["contact_id"])
    rights = {name: change.becomes[name] for name in PortalGrant.RIGHTS if name in change.becomes}
    let_see(contact, Commitment.objects.get(fund=change.fund_id, investor=change.subject_id), ctx, rights)
    if contact.user_id:
        tell_of_contact(contact.investor, f"{contact.email} may do more in the portal from now on.", ctx)
    elif not contact.invitations.open(at=ctx.at).exists():
        _mail_later(*_invite(contact, ctx))


def _mail_later(invitation: Invitation, token: str) -> None:
    transaction.on_commit(partial(mail_invitation, invitation=invitation, token=token), robust=True)


register_control(Kind.PORTAL, Control(now=access_now, apply=_let_in, turned_down=tell_investor))


@service
def invite_member(
    *, fund_id, email: str, role: str, ctx: WriteContext
) -> tuple[Invitation | ControlChange | None, str]:
    """Offer a role in a fund to whoever has this mailbox: the same for every address that is no member's. It begins
    when it is taken up; earlier offers to the address end. A member gets the role at once: (None, "").

    In a fund in use another person has to agree first, unless a member's role falls: (the change that waits, "").
    Raises InvalidInput("role.unknown"), Conflict("member.last_manager", "control.pending", "sender.not_admitted").
    """
    check_may(ctx.by, fund_id, MANAGE)
    check_role(role)
    email = email.strip()
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    member = fund.memberships.select_related("user").filter(user__email__iexact=email).first()
    if member is not None:
        given = give_or_propose_role(fund, member.user, role, ctx=ctx)
        return (given, "") if isinstance(given, ControlChange) else (None, "")
    if needs_another(fund.pk, Kind.ROLE):
        check_sender(fund)
        asked = {"was": {"role": None}, "becomes": {"email": email, "role": role}}
        return propose(funds=[fund.pk], kind=Kind.ROLE, about=email, **asked, ctx=ctx), ""
    return _offer(fund, email, role, ctx)


def _offer(fund, email, role, ctx: WriteContext) -> tuple[Invitation, str]:
    check_sender(fund)  # the mail is in the fund's name
    _withdraw(fund.invitations.filter(email__iexact=email), ctx=ctx)
    invitation, token = _write(fund=fund, role=role, email=email, ctx=ctx)
    _record_offer("invite_member", invitation, ctx=ctx)
    return invitation, token


def _role_now(change: ControlChange) -> dict:
    members = change.fund.memberships.filter(user__email__iexact=change.about)
    return {"role": members.values_list("role", flat=True).first()}


def _apply_role(change: ControlChange, ctx: WriteContext) -> None:
    """A member has the role from now on; who is none yet is invited, as whoever asked would have done before."""
    role = change.becomes["role"]
    if change.subject_id:
        give_role(change.fund, get_user_model().objects.get(pk=change.subject_id), role, ctx=ctx)
        return
    _mail_later(*_offer(change.fund, change.becomes["email"], role, ctx))


register_control(Kind.ROLE, Control(now=_role_now, apply=_apply_role))


@service
def withdraw_member_invitation(*, fund_id, invitation_id, ctx: WriteContext) -> Invitation:
    """End an offer of a role. Raises NotFound, Gone for one that has ended."""
    check_may(ctx.by, fund_id, MANAGE)
    found = Invitation.objects.filter(fund=fund_id, pk=invitation_id)
    invitation = found.select_for_update(of=("self",)).first()
    if invitation is None:
        raise NotFound("not_found", "There is no such invitation.")
    if not _withdraw(found, ctx=ctx):
        raise Gone("invitation.over", _OVER)
    _record_offer("withdraw_invitation", invitation, ctx=ctx)
    return invitation


def check_withdraw_any_invitation(invitation: Invitation, by) -> None:
    """Whether an administrator may end it: it was neither taken up nor withdrawn."""
    if not by.is_superuser:
        raise out_of_reach("invitation.forbidden", "Only an administrator withdraws any invitation.")
    if invitation.accepted_at or invitation.withdrawn_at:
        raise out_of_state("invitation.over", "It was taken up or withdrawn before.")


@service
def withdraw_any_invitation(*, invitation_id, ctx: WriteContext) -> None:
    """End an offer of a role or of the portal, as an administrator. Raises Forbidden, Conflict("invitation.over")."""
    found = Invitation.objects.filter(pk=invitation_id)
    invitation = found.select_for_update(of=("self",)).select_related("contact__investor", "fund").get()
    check_withdraw_any_invitation(invitation, ctx.by)
    _withdraw(found, ctx=ctx)
    if invitation.fund_id:
        _record_offer("withdraw_invitation", invitation, ctx=ctx)
    else:
        _record("withdraw_portal_invitation", invitation.contact, ctx=ctx)


def _write(*, ctx: WriteContext, **what) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        token_sha256=_sha256(token),
        created_at=ctx.at,
        created_by=ctx.by,
        expires_at=ctx.at + timedelta(days=settings.INVITATION_DAYS),
        **what,
    )
    return invitation, token


def mail_invitation(*, invitation: Invitation, token: str) -> None:
    """Mail the link to the mailbox that was invited. Raises Busy where the mail server takes nothing now."""
    funds = _named_in(invitation)
    context = {
        "invitation": invitation,
        "funds": funds,
        "named": get_text_list([fund.legal_name for fund in funds], "and") if invitation.contact else "",
        "link": f"{settings.SITE_URL}/invitations/{token}/",
    }
    text = render_to_string("email/invitation.txt", context)
    subject = f"Your access to {settings.SITE_NAME} for {invitation.fund or invitation.contact.investor.name}"
    sender = funds[0].legal_name if len(funds) == 1 else ""
    try:
        text_mail(subject, text, to=[invitation.email], sender=sender).send()
    except OSError as error:  # smtplib's own errors are among them
        message = "The invitation could not be mailed. Please try again in a minute."
        raise Busy("mail.unavailable", message, retry_after=60) from error


def _named_in(invitation: Invitation) -> list[Fund]:
    """The funds of which it opens something, as far as somebody stands for their names."""
    if invitation.fund:
        return [invitation.fund]
    granted = Fund.objects.filter(commitments__portal_grants__contact=invitation.contact_id)
    return list(granted.exclude(sender_admitted_at=None).distinct().order_by("name"))


def find_invitation(token: str, *, at: datetime) -> Invitation:
    """An invitation that can be taken up. Raises NotFound for an unknown token, Gone for one that is over."""
    invitation = _invitations().filter(token_sha256=_sha256(token)).first()
    _check_is_open(invitation, at)
    return invitation


@service
def accept_invitation(*, token: str, user=None, full_name: str = "", password: str = "", at: datetime):
    """Let the invited person in: `user`, who signed in with the invited address, or somebody new who has chosen a
    name and a password. Answers the person. Raises NotFound (also for another address), Gone, and
    Conflict("member.invests") for who stands for a limited partner of whatever fund."""
    invitation = _invitations().select_for_update(of=("self",)).filter(token_sha256=_sha256(token)).first()
    _check_is_open(invitation, at)
    person = _accepting(invitation, user, full_name, password)
    with opened(WriteContext(person, at)):
        invitation.accepted_at, invitation.accepted_by = at, person
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        if invitation.fund:
            _begin_role(invitation, person, at)
        else:
            _open_portal(invitation.contact, person, at)
    return person


def _open_portal(contact, person, at) -> None:
    contact.user = person
    contact.save(update_fields=["user"])
    end_lapsed_grants(contact)
    ctx = WriteContext(person, at)
    _record("accept_invitation", contact, ctx=ctx)
    tell_of_contact(contact.investor, f"{contact.email} signs in to the portal from now on.", ctx)


def _begin_role(invitation, person, at) -> None:
    """Nobody who invests becomes a member because a manager mistyped an address: an administrator may decide it."""
    invests = Q(user=person) | Q(email__iexact=invitation.email)
    if InvestorContact.objects.filter(invests, investor__commitments__kind=Commitment.Kind.LP).exists():
        raise Conflict(
            "member.invests",
            "This address belongs to an investor. Ask who invited you to invite another one, or an administrator.",
        )
    fund = Fund.objects.select_for_update(no_key=True).get(pk=invitation.fund_id)
    give_role(fund, person, invitation.role, ctx=WriteContext(person, at))


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
    is_over = invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= at
    if is_over or not (_still_offered(invitation) if invitation.fund else _still_fits(invitation)):
        raise Gone("invitation.over", _OVER)


def _still_offered(invitation) -> bool:
    """Whether who offered the role still manages the fund."""
    return can_may(invitation.created_by, invitation.fund_id, MANAGE)


def _still_fits(invitation) -> bool:
    contact = invitation.contact
    return not contact.user_id and contact.email.lower() == invitation.email.lower()


def _invitations():
    return Invitation.objects.select_related("contact__investor", "fund", "created_by")


def _withdraw(invitations, *, ctx: WriteContext) -> int:
    return invitations.waiting().update(withdrawn_at=ctx.at, withdrawn_by=ctx.by)


def _record_offer(verb, invitation, *, ctx: WriteContext) -> None:
    audit.record(
        verb=verb,
        ctx=ctx,
        subject=invitation,
        also=[invitation.fund],
        fund_id=invitation.fund_id,
        changes={"role": [None, invitation.role]},
    )


def _record(verb, contact, *, ctx: WriteContext) -> None:
    audit.record(verb=verb, ctx=ctx, subject=contact, also=[contact.investor])


def _sha256(token: str) -> str:
    return sha256(token.encode()).hexdigest()
