"""The larger fund's books: closed up to the middle of its last year, by two persons."""

from datetime import date, timedelta

from blackgem.lib.context import WriteContext
from funds.models import Fund
from funds.services import periods

from .people import Staff, on

#: The last days of the periods that are closed, in their order; the first takes in the fund's first four years.
CLOSED = (date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30))


def close(fund: Fund, staff: Staff, today: date) -> None:
    """Close each period, asked for by the manager and approved by the other one."""
    for place, last_day in enumerate(CLOSED):
        day = today - timedelta(len(CLOSED) - place)
        asked = periods.request_close(
            fund_id=fund.pk, last_day=last_day, ctx=WriteContext(staff.manager, on(day, 10))
        )
        periods.approve_close(close_id=asked.pk, ctx=WriteContext(staff.approver, on(day, 16)))
