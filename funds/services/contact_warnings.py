"""Who hears of it when somebody comes to speak for an investor, from another mailbox too, or is let in to the portal:
the mailboxes that take its notices, and the managers of those of its funds that are in use."""

from collections.abc import Iterable

from blackgem.lib.context import WriteContext
from funds.access import Role
from funds.models import Fund, FundMembership, Investor
from funds.queries.controls import in_use

from .warnings import warn


def tell_of_contact(investor: Investor, what: str, ctx: WriteContext, *, also: Iterable[str] = ()) -> None:
    """Write to each of them, and to the mailboxes that are named `also`; not to who does it. Nobody hears of it while
    no fund wrote to the investor."""
    if not investor.commitments.exists():
        return
    mailboxes = set(investor.contacts.filter(takes_notices=True).values_list("email", flat=True)) | set(also)
    for email in sorted(mailboxes):
        body = (
            f"The notices for {investor}: {what}\n\nIf you do not know of this, call a manager of the fund on a number "
            "that you already hold. Do not answer this mail.\n"
        )
        warn(email, "A contact for your notices changed", body, at=ctx.at)
    funds = in_use(Fund.objects.filter(commitments__investor=investor))
    managers = FundMembership.objects.filter(fund__in=funds, role=Role.MANAGER, user__is_active=True)
    for email in sorted(set(managers.exclude(user=ctx.by).values_list("user__email", flat=True)) - mailboxes):
        body = (
            f"{investor}: {what}\n\nThe page of the investor says who did it. If nobody told you why, ask the investor "
            "on a number that you already hold.\n"
        )
        warn(email, f"A contact of {investor} changed", body, at=ctx.at)
