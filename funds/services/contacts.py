"""People who speak for an investor: they say where the letters of every fund of it go.

In funds in use another person agrees in each of them; who works for one fund alone asks the managers of the others. The
mailboxes that took notices before, and the managers of its funds, are told of it.
"""

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, NotFound
from blackgem.lib.sql import service
from funds.models import ControlChange, Investor, InvestorContact

from .contact_warnings import tell_of_contact
from .controls import Control, Kind, funds_to_ask, propose, register_control
from .inputs import entered, fill
from .partners import CONTACT_FIELDS, own_row

#: What of a contact says where letters go.
STEERING = ("email", "takes_notices")


@service
def add_contact(*, investor_id, fields, ctx: WriteContext) -> InvestorContact | ControlChange:
    """Somebody who speaks for an investor; the change that waits, where others have to agree.

    Raises InvalidInput, Conflict("contact.duplicate", "control.pending").
    """
    investor = own_row(Investor, investor_id, ctx.by)
    contact = InvestorContact(investor=investor)
    _check_address_is_free(contact, fields.get("email"))
    fill(contact, fields, allowed=CONTACT_FIELDS)
    asked = contact.takes_notices and funds_to_ask(investor, Kind.CONTACT, ctx.by)
    if asked:
        becomes = {name: getattr(contact, name) for name in CONTACT_FIELDS}
        return _propose(contact, asked, {"email": None}, becomes, ctx)
    return write_contact(contact, ctx)


@service
def change_contact(*, contact_id, fields, ctx: WriteContext) -> InvestorContact:
    """With another e-mail it is another mailbox: the portal access tied to the old one ends.

    What says where letters go, and waits for others to agree, stands in `waiting` of the answer.
    """
    contact = _contact(contact_id, ctx.by)
    _check_address_is_free(contact, fields.get("email"))
    took_notices = contact.takes_notices
    changes = fill(contact, fields, allowed=CONTACT_FIELDS)
    contact.waiting = []
    steers = (took_notices or contact.takes_notices) and set(changes) & set(STEERING)
    asked = steers and funds_to_ask(contact.investor, Kind.CONTACT, ctx.by)
    if asked:
        becomes = {"id": contact.pk} | {name: getattr(contact, name) for name in STEERING}
        for name in set(changes) & set(STEERING):
            setattr(contact, name, changes.pop(name)[0])
        contact.waiting = [_propose(contact, asked, _steering(contact), becomes, ctx)]
    _write_change(contact, changes, ctx)
    return contact


@service
def remove_contact(*, contact_id, ctx: WriteContext) -> ControlChange | None:
    """Nothing is sent to this person any more; the events of its time stay. The change that waits, where others have to
    agree."""
    contact = _contact(contact_id, ctx.by)
    asked = contact.takes_notices and funds_to_ask(contact.investor, Kind.CONTACT, ctx.by)
    if asked:
        return _propose(contact, asked, _steering(contact), {"id": contact.pk, "removed": True}, ctx)
    _delete(contact, ctx)
    return None


def _propose(contact, funds, was: dict, becomes: dict, ctx: WriteContext) -> ControlChange:
    investor = contact.investor
    about = f"{contact.email} of {investor} (no. {investor.pk})"
    asked = {"was": was, "becomes": becomes, "subject_id": investor.pk, "about": about[:300]}
    return propose(funds=funds, kind=Kind.CONTACT, **asked, ctx=ctx)


def _steering(contact) -> dict:
    return {"id": contact.pk} | {name: getattr(contact, name) for name in STEERING}


def _now(change: ControlChange) -> dict:
    contacts = InvestorContact.objects.filter(investor=change.subject_id)
    if "id" not in change.becomes:
        return {
            "email": contacts.filter(email__iexact=change.becomes["email"])
            .values_list("email", flat=True)
            .first()
        }
    contact = contacts.filter(pk=change.becomes["id"]).first()
    return _steering(contact) if contact else {}


def _apply(change: ControlChange, ctx: WriteContext) -> None:
    if "id" not in change.becomes:
        contact = InvestorContact(investor_id=change.subject_id)
        fill(contact, change.becomes, allowed=CONTACT_FIELDS)
        write_contact(contact, ctx)
        return
    contact = InvestorContact.objects.select_for_update(no_key=True).get(pk=change.becomes["id"])
    if change.becomes.get("removed"):
        _delete(contact, ctx)
        return
    fields = {name: change.becomes[name] for name in STEERING}
    _write_change(contact, fill(contact, fields, allowed=STEERING), ctx)


def write_contact(contact: InvestorContact, ctx: WriteContext) -> InvestorContact:
    """Save a new contact, whose investor is locked; those who take notices already are told."""
    does = "takes notices" if contact.takes_notices else "is a contact, without notices,"
    tell_of_contact(contact.investor, f"{contact.email} {does} from now on.", ctx)
    contact.save()
    _record("add_contact", contact, entered(contact, CONTACT_FIELDS), ctx)
    return contact


def _write_change(contact, changes: dict, ctx: WriteContext) -> None:
    if not changes:
        return
    old = changes.get("email", [contact.email])[0]
    if set(changes) & set(STEERING):
        tell_of_contact(
            contact.investor, f"What was sent to {old} so far changed: {_in_words(contact)}.", ctx
        )
    contact.save(update_fields=list(changes))
    _record("change_contact", contact, changes, ctx)
    if contact.user_id and contact.email.lower() != old.lower():
        contact.user = None
        contact.save(update_fields=["user"])


def _in_words(contact) -> str:
    return f"letters go to {contact.email}" if contact.takes_notices else f"{contact.email} takes no notices"


def _delete(contact, ctx: WriteContext) -> None:
    if contact.takes_notices:
        tell_of_contact(contact.investor, f"Nothing is sent to {contact.email} any more.", ctx)
    _record("remove_contact", contact, {name: [getattr(contact, name), None] for name in CONTACT_FIELDS}, ctx)
    contact.delete()


def _record(verb, contact, changes, ctx: WriteContext) -> None:
    audit.record(verb=verb, ctx=ctx, subject=contact, also=[contact.investor], changes=changes)


def _contact(contact_id, by) -> InvestorContact:
    contact = InvestorContact.objects.filter(pk=contact_id).first()
    if contact is None:
        raise NotFound("not_found", "There is no such contact.")
    contact.investor = own_row(Investor, contact.investor_id, by)
    return contact


def _check_address_is_free(contact, email) -> None:
    others = InvestorContact.objects.filter(investor=contact.investor_id).exclude(pk=contact.pk)
    if isinstance(email, str) and others.filter(email__iexact=email.strip()).exists():
        raise Conflict(
            "contact.duplicate", "This investor already has a contact with this e-mail.", field="email"
        )


register_control(Kind.CONTACT, Control(now=_now, apply=_apply))
