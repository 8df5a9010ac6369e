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
    if default.withdrawals.filter(rejected_at=None).exists():
        raise out_of_state("default.withdrawn", "Notice of this default was withdrawn, or that waits for approval.")
    if default.remedies.filter(approved_at=None, rejected_at=None).exists() if waits is None else waits:
        raise Conflict("default.remedy_waits", "Something about this default waits for approval already.")


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


def check_withdrawal(default: Default, by) -> None:
    """Whether the notice of a default may be withdrawn: it was given, and nothing was done about it that counts."""
    check_role(default.role, MANAGE)
    if not default.approved_at:
        raise out_of_state("default.not_given", "Notice of this default was not given.")
    if default.withdrawals.filter(rejected_at=None).exists():
        raise out_of_state("default.withdrawn", "It was withdrawn already, or that waits for approval.")
    check_nothing_followed(default)


def check_nothing_followed(default: Default) -> None:
    """Whether nothing was done about a default that counts, and nothing waits."""
    followed = default.remedies.filter(rejected_at=None).exclude(asked__call__status="cancelled")
    if followed.exists():
        raise Conflict(
            "default.followed",
            "Something was done about this default, or waits: that is turned down or taken back first.",
        )
