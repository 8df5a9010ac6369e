"""The letters of what waits to be decided: it is decided, they are read, and all of it is undone, in one transaction.

So they are what will be written, by what will write them; nothing of it is seen by anybody else.
"""

from collections.abc import Iterable

from blackgem.lib.errors import Conflict
from blackgem.models import User
from funds.models import FundMembership, Notice

from .notices import NoticeDraft, draft_notice


def who_could_approve(fund_id, *, but: int | None, code: str) -> User:
    """A manager of the fund, other than `but` where another person has to approve: in whose name it is approved until
    it is undone. Raises Conflict(code) where there is none."""
    managers = FundMembership.objects.filter(fund=fund_id, role=FundMembership.Role.MANAGER)
    member = managers.exclude(user=but).select_related("user").order_by("pk").first()
    if member is None:
        raise Conflict(code, "This fund demands a second manager to approve it, and has none.")
    return member.user


def as_drafts(written: Iterable[Notice]) -> list[Notice]:
    """The same letters, in memory alone, of which nothing is written any more."""
    return [
        draft_notice(
            fund=one.fund,
            kind=one.kind,
            dated_on=one.dated_on,
            draft=NoticeDraft(one.commitment, one.item_id, one.number, one.facts),
        )
        for one in written
    ]
