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
    if default.remedies.filter(approved_at=None, rejected_at=None).exists() if waits is None else waits:
        raise Conflict("default.remedy_waits", "Something about this default waits for approval already.")
