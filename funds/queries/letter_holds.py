"""What keeps a letter that was queued from leaving: that which would have stopped its issue, and came up since."""

from collections.abc import Callable

from blackgem.lib.errors import Problem
from blackgem.lib.registry import declare
from funds.calc.domains import domain_of, likenesses
from funds.models import FundMembership, InvestorContact, Notice, NoticeDelivery
from funds.queries.letter_states import with_letter_states

CANCELLED = "cancelled"
#: Why a reminder that nothing is left of does not leave; nobody has to look at it.
SETTLED = "Nothing of it was outstanding any more when the reminder was to leave."
#: By the kind of a letter, whether something of what it asks for is outstanding; apps of such letters register it.
_OWED: dict[str, Callable[[Notice], bool]] = {}


def register_owed(kind: str, asks: Callable[[Notice], bool]) -> None:
    """Say how a reminder of this kind of letter is known to be needed still."""
    declare(_OWED, {kind: asks})


def is_needless(notice: Notice) -> bool:
    """Whether a letter is a reminder of what is settled by now."""
    return "reminder" in notice.facts and not _OWED[notice.kind](notice)


def reasons_to_hold(delivery: NoticeDelivery) -> list[Problem]:
    """Each reason, fit for the manager. What says that something is cancelled names no account and is held for its
    recipients alone."""
    notice = delivery.notice
    found = [] if "cancelled" in notice.facts else [*_cancelled(notice), *_account(notice)]
    return [*found, *_recipients(delivery)]


def _cancelled(notice: Notice) -> list[Problem]:
    state = (
        with_letter_states(Notice.objects.filter(pk=notice.pk)).values_list("letter_state", flat=True).get()
    )
    return [Problem("hold.cancelled", "What it is about was cancelled.")] if state == CANCELLED else []


def _account(notice: Notice) -> list[Problem]:
    """It names the account that is verified now, or none."""
    bank = notice.facts.get("bank")
    newest = (
        notice.fund.bank_details.verified().order_by("-version").values_list("version", flat=True).first()
    )
    if bank is None or bank.get("version") == newest:
        return []
    return [
        Problem(
            "hold.account",
            "The account that it names is not the fund’s any more. Send it again: it then names the new one.",
        )
    ]


def _recipients(delivery: NoticeDelivery) -> list[Problem]:
    """No address has letters of another script that pass for those of a domain that the fund knows."""
    domains = {domain_of(address) for address in delivery.recipients}
    if all(map(str.isascii, domains)):
        return []
    fund = delivery.notice.fund_id
    managers = FundMembership.objects.filter(fund=fund, role=FundMembership.Role.MANAGER)
    others = InvestorContact.objects.filter(investor__commitments__fund=fund, takes_notices=True)
    own = {domain_of(one) for one in managers.values_list("user__email", flat=True)}
    own.add(domain_of(delivery.notice.fund.contact_email))
    known = {domain_of(one) for one in others.order_by().values_list("email", flat=True).distinct()}
    return [
        Problem("hold.contact", f"The domain {one.domain} passes for {one.other}.")
        for one in likenesses(domains | known, own - {""})
        if one.homograph and one.domain in domains
    ]
