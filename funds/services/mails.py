"""What is mailed to whom, of the mailboxes that take an investor's notices: as the investor says itself."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from blackgem.lib.sql import service
from funds.models import Investor, InvestorContact, PortalGrant

from .contact_warnings import tell_of_contact

KINDS = tuple(InvestorContact.GETS.values())


def takers_of(investor: Investor) -> list[InvestorContact]:
    """The contacts that take notices, oldest first."""
    return list(InvestorContact.objects.filter(investor=investor, takes_notices=True).order_by("pk"))


def seen_of(takers: Sequence[InvestorContact]) -> str:
    """Which mailboxes these are and what each gets, in one word: a page carries it, and what is sent is about them."""
    said = [(one.pk, one.email, *(getattr(one, kind) for kind in KINDS)) for one in takers]
    return sha256(repr(said).encode()).hexdigest()[:32]


def check_switch_mails(investor: Investor, by) -> None:
    """Whether a person says what is mailed to whom: each fund let it manage the contacts of its commitment."""
    held = PortalGrant.objects.in_force().filter(contact__user=by, commitment__investor=investor)
    managed = held.filter(manages_contacts=True)
    if not held.exists():
        raise NotFound("not_found", "There is no such investor.")
    if investor.commitments.exclude(pk__in=managed.values("commitment")).exists():
        raise Forbidden(
            "contacts.not_to_manage",
            "Who manages the contacts of every commitment of an investor says what is mailed to whom.",
        )


@service
def switch_mails(*, investor: UUID, gets: Sequence[frozenset[str]], seen: str, ctx: WriteContext) -> Investor:
    """Mail exactly these kinds of letters (fields of `KINDS`) to each mailbox that takes notices, in the order of
    `takers_of`, of which `seen_of` said `seen`.

    Raises NotFound, Forbidden, InvalidInput("contact.last_recipient"), Conflict("stale_version").
    """
    own = Investor.objects.select_for_update(no_key=True).filter(public_id=investor).first()
    if own is None:
        raise NotFound("not_found", "There is no such investor.")
    check_switch_mails(own, ctx.by)
    takers = takers_of(own)
    if seen != seen_of(takers) or len(gets) != len(takers):
        raise Conflict("stale_version", "This changed since you opened it. Please look again.")
    if takers and set().union(*gets) != set(KINDS):
        raise InvalidInput("contact.last_recipient", "Somebody has to get each kind of letter.")
    wanted = list(zip(takers, gets, strict=True))
    # What is switched on comes first, so that somebody gets each kind at every moment.
    for taker, kinds in wanted:
        _switch(taker, {kind: True for kind in KINDS if kind in kinds}, ctx)
    for taker, kinds in wanted:
        _switch(taker, {kind: kind in kinds for kind in KINDS}, ctx)
    if seen != seen_of(takers):
        tell_of_contact(own, "what is mailed to whom changed, as one of its own people said.", ctx)
    return own


def _switch(taker: InvestorContact, fields: dict[str, bool], ctx: WriteContext) -> None:
    changes = audit.changed(taker, fields)
    if changes:
        taker.save(update_fields=list(changes))
        audit.record(verb="switch_mails", ctx=ctx, subject=taker, also=[taker.investor], changes=changes)
