"""Three years of a fund's management fee, twelve runs in turn: what working each out and billing it takes per partner.

The partners are laid down as for the roll-ups; every run is asked for and billed through the services. Held to the goal
is the run in the middle of each, which no hiccup of the machine moves.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median
from time import perf_counter

from blackgem.lib.context import WriteContext
from blackgem.models import User
from fees.queries.working import work_out
from fees.services.asked import record_fee_income, set_fee_schedule
from fees.services.runs import request_fee_run
from funds.models import Fund

from .figures import Figure, at_most, milliseconds
from .population import Shape
from .scratch import Scratch, use

HEADINGS = ("fee runs", "measured", "beside", "ratio", "goal", "")
#: From the smallest on; the last is held to the work per partner of the first.
FULL, QUICK = (
    ((Shape(1, 1, 125), Shape(1, 1, 250), Shape(1, 1, 500)), 12),
    ((Shape(1, 1, 20), Shape(1, 1, 40)), 3),
)
BEGAN = date(2023, 1, 1)
LINEAR = 1.2


def measure(scratch: Scratch, *, quick: bool) -> Iterator[Figure]:
    shapes, quarters = QUICK if quick else FULL
    smallest: dict[str, float] = {}
    for shape in shapes:
        database = scratch.populated("fees", shape, paid=True)
        use(database)
        taken = _charged(quarters)
        use(scratch.template)
        scratch.drop(database)
        yield Figure(f"{quarters} quarters, {shape.partners} partners", milliseconds(sum(taken["billed"])))
        for what, seconds in taken.items():
            part = median(seconds) / shape.partners
            first = smallest.setdefault(what, part)
            held = at_most(LINEAR, part / first) if shape is shapes[-1] and not quick else {}
            yield Figure(
                f"  {what}, the last beside the first", milliseconds(seconds[-1]), milliseconds(seconds[0])
            )
            yield Figure(
                f"  {what}, per 100 partners", milliseconds(part * 100), milliseconds(first * 100), **held
            )


def _charged(quarters: int) -> dict[str, list[float]]:
    """The seconds that each run took to be worked out, and to be billed."""
    fund, manager = Fund.objects.get(pk=1), User.objects.get(pk=1)
    ctx = _noon(BEGAN, manager)
    set_fee_schedule(
        fund_id=fund.pk, fields={"effective_on": BEGAN, "rate": "0.02", "inside": False}, ctx=ctx
    )
    received = {"received_on": BEGAN, "category": "transaction", "amount": Decimal("1000.00")}
    record_fee_income(fund_id=fund.pk, **received, ctx=ctx)
    taken: dict[str, list[float]] = {"worked out": [], "billed": []}
    for number in range(quarters):
        day = date(2023 + number // 4, 3 * (number % 4) + 1, 1)
        began = perf_counter()
        work_out(fund)
        worked_out = perf_counter()
        request_fee_run(fund_id=fund.pk, due_on=day + timedelta(14), ctx=_noon(day, manager))
        taken["worked out"].append(worked_out - began)
        taken["billed"].append(perf_counter() - worked_out)
    return taken


def _noon(day: date, manager: User) -> WriteContext:
    return WriteContext(manager, datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
