"""Who may do what about a default: services run these checks first, buttons ask them beforehand."""

from blackgem.lib.checks import out_of_state
from blackgem.lib.errors import Conflict
from closings.models import Default
from funds.access import MANAGE, check_role


def check_remedy(default: Default, by, *, waits: bool | None = None) -> None:
    """Whether something may be done about a default: its notice was given, and nothing waits to be decided."""
    check_role(default.role, MANAGE)
    if not default.approved_at:
        raise out_of_state("default.not_given", "Notice of this default was not given.")
    _check_is_not_withdrawn(default)
    if default.remedies.filter(approved_at=None, rejected_at=None).exists() if waits is None else waits:
        raise Conflict("default.remedy_waits", "Something about this default waits for approval already.")


def _check_is_not_withdrawn(default: Default) -> None:
    """Pages read with the default whether its notice `is_withdrawn`, or may be."""
    known = getattr(default, "is_withdrawn", None)
    if default.withdrawals.filter(rejected_at=None).exists() if known is None else known:
        raise out_of_state(
            "default.withdrawn", "Notice of this default was withdrawn, or that waits for approval."
        )


def check_loss(default: Default, outstanding, on) -> None:
    """Whether its partner may lose something of its interest from a day on: something is owed still, and the time in
    which it might have cured the default is over."""
    if outstanding <= 0:
        raise Conflict("default.cured", "Nothing is owed any longer: the default is cured.")
    if on <= default.cure_by:
        raise Conflict(
            "default.may_be_cured",
            "The default may still be cured on that day: an interest is taken after it.",
            field="effective_on",
        )


def check_withdrawal(default: Default, by, *, followed: bool | None = None) -> None:
    """Whether the notice of a default may be withdrawn: it was given, and nothing was done about it that counts."""
    check_role(default.role, MANAGE)
    if not default.approved_at:
        raise out_of_state("default.not_given", "Notice of this default was not given.")
    _check_is_not_withdrawn(default)
    check_nothing_followed(default, followed)


def check_nothing_followed(default: Default, followed: bool | None = None) -> None:
    """Whether nothing was done about a default that counts, and nothing waits; `followed` where that is known."""
    counts = default.remedies.filter(rejected_at=None).exclude(asked__call__status="cancelled")
    if counts.exists() if followed is None else followed:
        raise Conflict(
            "default.followed",
            "Something was done about this default, or waits: that is turned down or taken back first.",
        )
