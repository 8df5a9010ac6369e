"""Who may do what with the fees of a fund: services run these checks first, buttons ask them beforehand."""

from blackgem.lib.errors import Conflict
from fees.models import FeeRun
from funds.access import MANAGE, check_role
from funds.models import Fund


def check_begin_run(fund: Fund, by) -> None:
    """Whether a fee may be billed now, whosoever asks; the fund has the `role` of who asks."""
    check_role(fund.role, MANAGE)
    check_no_run_waits(fund)


def check_no_run_waits(fund: Fund) -> None:
    """Whether no other run of the fund waits."""
    if FeeRun.objects.pending().filter(fund=fund).exists():
        raise Conflict("fee.run_waits", "Another fee run of this fund waits: it is decided first.")


def check_enter(fund: Fund, by) -> None:
    """Whether the fee of this fund may be changed: the fund has the `role` of who asks."""
    check_role(fund.role, MANAGE)
