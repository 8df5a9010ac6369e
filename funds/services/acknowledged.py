"""What a person acknowledged of a check list, for the event of what was done then."""

from collections.abc import Callable, Collection, Sequence

from funds.calc.checks import Check, check_acknowledged, warnings_among
from funds.models import Fund, NoticeDelivery


def acknowledged(fund: Fund, find: Callable[[], Sequence[Check]], keys: Collection[str]) -> dict[str, list]:
    """The warnings that were acknowledged by these keys, as a change of an event; empty where none was.
    The check list is found only where it is asked for.

    Raises Conflict("check.unacknowledged") where the fund demands that all are, and one is not.
    """
    if not (fund.warnings_acknowledged or keys):
        return {}
    found = find()
    if fund.warnings_acknowledged:
        check_acknowledged(found, keys)
    words = [one.message for one in warnings_among(found) if one.key in keys]
    return {"acknowledged": [None, " ".join(words)]} if words else {}


def is_first_sending(kind: str, subject_id: int) -> bool:
    """Whether nobody has asked yet for a letter about it to be mailed."""
    return not NoticeDelivery.objects.filter(notice__kind=kind, notice__subject_id=subject_id).exists()
