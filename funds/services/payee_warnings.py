"""Who hears of it when a partner's bank details change, or the numbers by which they are verified: every mailbox of
the investor, those that it had lately too, and the managers of the fund."""

from datetime import timedelta

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from funds.access import Role
from funds.models import Commitment, InvestorContact

from .warnings import warn

#: How long a mailbox that was replaced or removed still hears of it: whoever takes over letters begins there.
LATELY = timedelta(days=180)


def tell_of_payee(
    commitment: Commitment, subject: str, said: str, ctx: WriteContext, *, link: str = ""
) -> None:
    """Write to each of them, in the caller's transaction, without any number; managers are led to `link`."""
    fund, own = commitment.fund, mailboxes_of(commitment, ctx)
    for address in sorted(own):
        body = (
            f"{fund.legal_name}, for {commitment.investor}: {said}\n\nIf you do not know of this, call a manager of "
            "the fund on a number that you already hold. Do not answer this mail. We never ask for bank details by "
            "mail, nor send them.\n"
        )
        warn(address, subject, body, at=ctx.at)
    managers = fund.memberships.filter(role=Role.MANAGER, user__is_active=True).exclude(user=ctx.by)
    for address in sorted(set(managers.values_list("user__email", flat=True)) - own):
        body = (
            f"{commitment.investor} in {fund.name}: {said}\n\nIf nobody told you why, ask the investor on a number "
            "that you already hold, not by reply.\n"
        )
        warn(address, f"{subject}: {commitment.investor}", body + (f"\n{link}\n" if link else ""), at=ctx.at)


def mailboxes_of(commitment: Commitment, ctx: WriteContext) -> set[str]:
    """Every mailbox of the investor, and those of its contacts that were changed or removed lately."""
    investor = commitment.investor
    contacts = InvestorContact.objects.filter(investor=investor).select_related("user")
    known = {investor.email} | {address for one in contacts for address in (one.email, one.signs_in_as)}
    events = audit.timeline(investor).filter(
        verb__in=("change_contact", "remove_contact", "change_investor"), happened_at__gte=ctx.at - LATELY
    )
    before = (event.changes.get("email", [None])[0] for event in events)
    return (known | set(before)) - {"", None}
