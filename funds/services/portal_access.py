"""Which commitments a contact sees in the portal: granted by managers of each fund, for their own fund alone. Where the
fund is in use and demands it, one manager asks and another person lets the contact in."""

from django.db.models import QuerySet

from blackgem.lib import audit
from blackgem.lib.checks import out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import NotFound
from blackgem.lib.sql import service
from funds.access import Role, check_open_portal
from funds.models import Commitment, ControlChange, Fund, Investor, InvestorContact, PortalGrant
from funds.queries.controls import needs_another
from funds.queries.invitations import commitments_to_grant
from funds.queries.partners import with_rights

from .contact_warnings import tell_of_contact
from .controls import Kind, propose

#: What whoever is let in may do, unless it is said otherwise.
LET_IN = {"acknowledges": True, "manages_contacts": False}


def contact_to_open_for(contact_id, by) -> InvestorContact:
    """A contact, locked after the funds that this person manages of its investor, which has its rights. Raises
    NotFound."""
    managed = Fund.objects.run_by(by, Role.MANAGER).filter(commitments__investor__contacts=contact_id)
    list(Fund.objects.select_for_update(no_key=True).filter(pk__in=managed.values("pk")).order_by("pk"))
    contact = InvestorContact.objects.select_for_update(of=("self",)).filter(pk=contact_id).first()
    seen = Investor.objects.visible_to(by)
    investor = contact and with_rights(seen, by).filter(pk=contact.investor_id).first()
    if investor is None:
        raise NotFound("not_found", "There is no such contact.")
    contact.investor = investor
    return contact


def managed_commitments(contact: InvestorContact, by):
    """The commitments of the contact's investor in the funds that this person manages."""
    funds = Fund.objects.run_by(by, Role.MANAGER)
    return Commitment.objects.filter(investor=contact.investor_id, fund__in=funds)


def check_grant_access(contact: InvestorContact, by, *, is_more: bool | None = None) -> None:
    """Whether this person may let the contact see more than it does; `contact.investor` has its rights, `is_more` is
    whether there is a commitment to let it see, where a page has read it."""
    check_open_portal(contact.investor, by)
    if is_more is None:
        is_more = commitments_to_grant(by, investor=contact.investor_id, contact=contact.pk).exists()
    if not is_more:
        raise out_of_state(
            "contact.has_access",
            f"{contact.name} sees every commitment to the funds that you manage, or waits for another person.",
        )


@service
def grant_access(*, contact_id, ctx: WriteContext) -> InvestorContact:
    """Let a contact see the commitments of its investor to the funds that this person manages, or confirm what somebody
    who has left let it see. What another person has to agree to stands in `waiting` of the answer.

    Raises NotFound, Forbidden, Conflict("contact.has_access")."""
    contact = contact_to_open_for(contact_id, ctx.by)
    check_grant_access(contact, ctx.by)
    contact.waiting = grant(contact, ctx=ctx)
    return contact


def grant(contact: InvestorContact, *, ctx: WriteContext) -> list[ControlChange]:
    """The same, in the caller's transaction, where there is anything to grant: the changes that wait."""
    unseen = commitments_to_grant(ctx.by, investor=contact.investor_id, contact=contact.pk)
    commitments = list(unseen.select_related("fund", "investor"))
    seen = set(contact.portal_grants.values_list("commitment", flat=True))
    asked = [one for one in commitments if one.pk not in seen and needs_another(one.fund_id, Kind.PORTAL)]
    given = [one for one in commitments if one not in asked]
    for commitment in given:
        let_see(contact, commitment, ctx)
    if given and contact.user_id:
        tell_of_contact(contact.investor, f"{contact.email} may do more in the portal from now on.", ctx)
    return [ask_to_let_see(contact, commitment, ctx) for commitment in asked]


def let_see(contact: InvestorContact, commitment: Commitment, ctx: WriteContext, rights=None) -> None:
    """By the word of whoever writes. With `rights` these from now on; else those that the contact has, to begin with
    those of whoever is let in."""
    given = {"granted_by": ctx.by, "granted_at": ctx.at} | (rights or {})
    old = contact.portal_grants.filter(commitment=commitment).first()
    PortalGrant.objects.update_or_create(commitment=commitment, contact=contact, defaults=given)
    had = old.rights if old else {}
    changes = {name: [had.get(name), value] for name, value in (rights or {}).items()}
    _record("grant_access", contact, commitment, ctx, changes)


def ask_to_let_see(
    contact: InvestorContact, commitment: Commitment, ctx: WriteContext, rights: dict = LET_IN
) -> ControlChange:
    """Ask another person to agree to what a contact shall see, and may do there."""
    investor = contact.investor
    becomes = {"contact_id": contact.pk, "email": contact.signs_in_as} | rights
    about = f"{contact.email} of {investor} (no. {investor.pk})"[:300]
    was = _access_of(contact, commitment.fund_id)
    asked = {"was": was, "becomes": becomes, "subject_id": investor.pk, "about": about}
    return propose(funds=[commitment.fund_id], kind=Kind.PORTAL, **asked, ctx=ctx)


def access_now(change: ControlChange) -> dict:
    """What a change of the kind was asked about, unless the contact is another person by now, or none."""
    contact = InvestorContact.objects.filter(pk=change.becomes["contact_id"]).select_related("user").first()
    if contact is None or contact.signs_in_as != change.becomes["email"]:
        return {}
    now = _access_of(contact, change.fund_id)
    return {name: now[name] for name in change.becomes}


def _access_of(contact: InvestorContact, fund_id: int) -> dict:
    """What a contact sees of a fund, as whom, and what it may do there."""
    held = contact.portal_grants.filter(commitment__fund=fund_id).first()
    rights = held.rights if held else dict.fromkeys(PortalGrant.RIGHTS, False)
    return {"contact_id": contact.pk, "email": contact.signs_in_as if held else None} | rights


@service
def set_account(*, contact: InvestorContact, user, ctx: WriteContext) -> InvestorContact:
    """Say, as an administrator, which account is the contact's. What the one of before was shown ends with it."""
    old, contact.user = InvestorContact.objects.select_related("user").get(pk=contact.pk).user, user
    contact.save(update_fields=["user"])
    audit.record(
        verb="set_portal_access",
        ctx=ctx,
        subject=contact,
        also=[contact.investor],
        changes={"user": [old and old.email, user and user.email]},
    )
    who = f"{user.email} signs in" if user else "nobody signs in"
    also = {contact.email, *([old.email] if old else [])}
    tell_of_contact(contact.investor, f"{who} to the portal for {contact.email} from now on.", ctx, also=also)
    return contact


@service
def withdraw_access(*, contact_id, ctx: WriteContext) -> InvestorContact:
    """Let a contact no longer see the commitments to the funds that this person manages. One that sees nothing any more
    has no way into the portal, and no invitation. Raises NotFound, Forbidden."""
    contact = contact_to_open_for(contact_id, ctx.by)
    check_open_portal(contact.investor, ctx.by)
    managed = managed_commitments(contact, ctx.by)
    end_grants(contact, contact.portal_grants.filter(commitment__in=managed), ctx)
    return contact


def end_grants(contact: InvestorContact, grants: QuerySet[PortalGrant], ctx: WriteContext) -> None:
    """End these; a contact that sees nothing any more has no way into the portal, and no invitation."""
    for ended in grants.select_related("commitment__fund"):
        _record("withdraw_access", contact, ended.commitment, ctx)
        ended.delete()
    if not contact.portal_grants.exists():
        contact.invitations.waiting().update(withdrawn_at=ctx.at, withdrawn_by=ctx.by)
        contact.user = None
        contact.save(update_fields=["user"])
        audit.record(verb="close_portal", ctx=ctx, subject=contact, also=[contact.investor])


def end_lapsed_grants(contact: InvestorContact) -> None:
    """When an invitation is taken up: what was granted by somebody who may do so no longer, was never taken up."""
    standing = contact.portal_grants.with_standing().filter(granter_manages=True)
    contact.portal_grants.exclude(pk__in=standing.values("pk")).delete()


def _record(verb, contact, commitment, ctx: WriteContext, changes=None) -> None:
    audit.record(
        verb=verb,
        ctx=ctx,
        subject=contact,
        also=[commitment, contact.investor, commitment.fund],
        fund_id=commitment.fund_id,
        changes=changes,
    )
