"""What a contact may do in the portal with each commitment of its investor."""

from funds.access import Role, access_waiting
from funds.models import Commitment, Fund, InvestorContact

#: Beside `PortalGrant.RIGHTS`: to see the commitment, which is to read what it has.
SEES = "sees"
NOTHING: frozenset[str] = frozenset()


def rights_shown(contact: InvestorContact, by) -> list[Commitment]:
    """The commitments of its investor in the funds that this person manages, by fund: each with what the contact
    `held` there, and whether more `waits` for another person."""
    funds = Fund.objects.run_by(by, Role.MANAGER)
    commitments = Commitment.objects.filter(investor=contact.investor_id, fund__in=funds)
    held = {one.commitment_id: one for one in contact.portal_grants.all()}
    waiting = set(access_waiting(contact.pk).values_list("fund", flat=True))
    shown = list(commitments.select_related("fund", "investor").order_by("fund__name", "pk"))
    for one in shown:
        grant = held.get(one.pk)
        one.held = (
            frozenset([SEES, *(name for name, has in grant.rights.items() if has)]) if grant else NOTHING
        )
        one.waits = one.fund_id in waiting
    return shown


def seen_of(shown: list[Commitment]) -> str:
    """These rights in one line: a page carries it, and what is sent is about them and no others."""
    return ";".join(f"{one.pk}:{','.join(sorted(one.held))}" for one in sorted(shown, key=lambda one: one.pk))
