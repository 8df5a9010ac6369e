"""What a contact may do in the portal, fund by fund: who manages the fund says it. Whatever is taken away ends at once;
where the fund is in use and demands it, another person agrees to what is added."""

from collections.abc import Mapping

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.sql import service
from funds.access import check_open_portal
from funds.models import Commitment, InvestorContact, PortalGrant
from funds.queries.contact_rights import NOTHING, SEES, rights_shown, seen_of
from funds.queries.controls import needs_another

from .contact_warnings import tell_of_contact
from .controls import Kind
from .portal_access import ask_to_let_see, contact_to_open_for, end_grants, let_see


@service
def set_rights(
    *, contact_id, rights: Mapping[int, frozenset[str]], seen: str, ctx: WriteContext
) -> InvestorContact:
    """Let a contact do exactly this with each commitment, by its id, in the funds that this person manages: `SEES` it,
    and what `PortalGrant.RIGHTS` name. A commitment that is not named stays as it is. `seen` is what `seen_of` said of
    the rights that the page showed. What another person has to agree to stands in `waiting` of the answer.

    Raises NotFound, Forbidden, Conflict("stale_version", "control.pending").
    """
    contact = contact_to_open_for(contact_id, ctx.by)
    check_open_portal(contact.investor, ctx.by)
    shown = rights_shown(contact, ctx.by)
    if seen != seen_of(shown):
        raise Conflict("stale_version", "These rights changed meanwhile. Look at them again.")
    steps = [(one, one.held, _whole(rights[one.pk])) for one in shown if one.pk in rights]
    contact.waiting = [
        change for one, held, wanted in steps if (change := _set(contact, one, held, wanted, ctx))
    ]
    return contact


def _whole(wanted: frozenset[str]) -> frozenset[str]:
    """Without sight there is nothing else."""
    return wanted if SEES in wanted else NOTHING


def _set(contact, commitment: Commitment, held, wanted, ctx: WriteContext):
    """Take away what is not wanted any more, and give or ask for what is new: the change that waits, if one does."""
    kept = held & wanted
    if not wanted:
        end_grants(contact, contact.portal_grants.filter(commitment=commitment), ctx)
    elif kept != held:
        let_see(contact, commitment, ctx, _flags(kept))
    if wanted <= held:
        return None
    if needs_another(commitment.fund_id, Kind.PORTAL):
        return ask_to_let_see(contact, commitment, ctx, _flags(wanted))
    let_see(contact, commitment, ctx, _flags(wanted))
    tell_of_contact(contact.investor, f"{contact.email} may do more in the portal from now on.", ctx)
    return None


def _flags(rights: frozenset[str]) -> dict[str, bool]:
    return {name: name in rights for name in PortalGrant.RIGHTS}
