"""Ten later closings of one fund: what working each out and settling it takes, and the roll-ups before and after them.

The earlier calls are laid down as for the roll-ups, in equal parts; a partner comes in at each closing and pays.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from time import perf_counter

import psycopg
from django.db import transaction

from blackgem.lib.context import WriteContext
from blackgem.lib.opened import open_import
from blackgem.models import User
from capital.services.payments import record_payment
from closings.models import Closing
from closings.queries.working import work_out
from closings.services.closings import draft_closing, submit_closing
from closings.services.planning import ClosingPlan, TranchePlan
from closings.services.refunds import pay_refunds
from funds.models import Fund, Investor

from .figures import Figure, at_most, medians, milliseconds
from .population import Shape, switch_rails
from .scratch import Scratch, url_of, use

HEADINGS = ("later closings", "measured", "beside", "ratio", "goal", "")
#: From the smallest on; the last is held to the work per partner and line of the first.
FULL, QUICK = ((Shape(1, 20, 250), Shape(1, 40, 500)), 10), ((Shape(1, 3, 20), Shape(1, 6, 40)), 2)
HELD_ON = date(2023, 1, 31)
LINEAR = ROLL_UP = 1.2
PROMISED = Decimal("1000000.00")
#: Everybody holds the same of every line, as the register splits it.
EVEN = """
UPDATE capital_call_items SET amount = 1000;
UPDATE capital_call_item_lines SET amount = 1000;
UPDATE receipts SET amount = 1000;
UPDATE payments SET amount = 1000;
UPDATE capital_transactions SET amount = 1000;
UPDATE capital_calls SET total_amount = 1000 * %(partners)s;
UPDATE capital_call_lines SET amount = 1000 * %(partners)s;
"""
#: Views of one fund, and bare sums of the rows that each of them adds up: with what closings moved between partners.
ROLL_UPS = {
    "fund_capital": {
        "view": "SELECT * FROM fund_capital WHERE fund_id = 1",
        "sum": "SELECT sum(amount) FROM capital_transactions WHERE fund_id = 1 AND allocation_id IS NOT NULL",
    },
    "fund_commitment_capital": {
        "view": "SELECT * FROM fund_commitment_capital WHERE fund_id = 1",
        "sum": "SELECT (SELECT sum(amount) FROM payments WHERE fund_id = 1),"
        " (SELECT sum(amount) FROM line_changes WHERE fund_id = 1),"
        " (SELECT sum(amount) FROM capital_transactions"
        " WHERE fund_id = 1 AND (passed_on OR refund_payout_id IS NOT NULL))",
    },
}


@dataclass
class Taken:
    """The seconds that each closing of a series took, in their order."""

    working: list[float] = field(default_factory=list)
    settling: list[float] = field(default_factory=list)
    refunds: list[float] = field(default_factory=list)


def measure(scratch: Scratch, *, quick: bool) -> Iterator[Figure]:
    shapes, closings = QUICK if quick else FULL
    per_part: dict[str, float] = {}
    for shape in shapes:
        database = scratch.populated("closings", shape, paid=True)
        with scratch.connect(database) as administrator:
            _make_even(administrator, shape)
        use(database)
        before = _roll_ups(database)
        taken = _closed(closings, shape)
        with scratch.connect(database) as administrator:
            administrator.execute("VACUUM (ANALYZE)")
        after = _roll_ups(database)
        use(scratch.template)
        scratch.drop(database)
        is_last = shape is shapes[-1] and not quick
        yield from _figures(shape, closings, taken, per_part, is_last=is_last)
        yield from _beside(before, after, held=is_last)


def _make_even(administrator: psycopg.Connection, shape: Shape) -> None:
    switch_rails(administrator, on=False)
    psycopg.ClientCursor(administrator).execute(EVEN, vars(shape))
    switch_rails(administrator, on=True)
    administrator.execute("VACUUM (ANALYZE)")


def _closed(closings: int, shape: Shape) -> Taken:
    """A partner comes in each month, pays on the day, and what it took over is paid back."""
    fund, manager, taken = Fund.objects.get(pk=1), User.objects.get(pk=1), Taken()
    for number in range(closings):
        held_on = HELD_ON + timedelta(days=30 * number)
        pay_on = held_on + timedelta(days=20)
        plan = ClosingPlan(
            fund_id=fund.pk,
            held_on=held_on,
            pay_on=pay_on,
            tranches=(TranchePlan(_newcomer(number, manager), PROMISED),),
            fee_interest=Closing.FeeInterest.NONE,
            rate=Decimal("0.08"),
        )
        draft = draft_closing(plan=plan, ctx=WriteContext(manager, _noon(held_on)))
        taken.working.append(_seconds(work_out, draft))
        ctx = WriteContext(manager, _noon(held_on))
        taken.settling.append(_seconds(submit_closing, closing_id=draft.pk, ctx=ctx))
        _pay(Closing.objects.get(pk=draft.pk), pay_on, manager)
        taken.refunds.append(_seconds(list, draft.refunds.select_related("progress")))
    return taken


@transaction.atomic
def _newcomer(number: int, manager: User) -> int:
    open_import()
    return Investor.objects.create(name=f"Later partner {number + 1}", created_by=manager).pk


def _pay(closing: Closing, day: date, manager: User) -> None:
    ctx = WriteContext(manager, _noon(day))
    for item in closing.call.items.select_related("capital"):
        owed = item.capital.outstanding
        record_payment(item_id=item.pk, amount=owed, value_date=day, method="wire", ctx=ctx)
    pay_refunds(closing_id=closing.pk, value_date=day, ctx=ctx)


def _seconds(task, *given, **named) -> float:
    began = perf_counter()
    task(*given, **named)
    return perf_counter() - began


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _roll_ups(database: str) -> dict[str, dict[str, float]]:
    with psycopg.connect(url_of("default", database), autocommit=True) as connection:
        return {
            view: medians(
                {
                    name: lambda query=query: connection.execute(query).fetchall()
                    for name, query in queries.items()
                },
                rounds=40,
                seconds=5,
            )
            for view, queries in ROLL_UPS.items()
        }


def _figures(
    shape: Shape, closings: int, taken: Taken, per_part: dict[str, float], *, is_last: bool
) -> Iterator[Figure]:
    yield Figure(f"{closings} closings, {shape.partners} partners, {shape.calls} lines", "")
    for what, seconds in (("worked out", taken.working), ("settled", taken.settling)):
        each = sum(seconds) / len(seconds)
        part = each / (shape.partners * shape.calls)
        smallest = per_part.setdefault(what, part)
        held = at_most(LINEAR, part / smallest) if is_last else {}
        yield Figure(f"  {what}, each", milliseconds(each))
        yield Figure(
            f"  {what}, the last beside the first", milliseconds(seconds[-1]), milliseconds(seconds[0])
        )
        yield Figure(
            f"  {what}, per 1,000 parts of lines",
            milliseconds(part * 1000),
            milliseconds(smallest * 1000),
            **held,
        )
    first, *_, last = taken.refunds
    yield Figure("  its refunds read, the last beside the first", milliseconds(last), milliseconds(first))


def _beside(before: dict, after: dict, *, held: bool) -> Iterator[Figure]:
    """The roll-up of the fund after its closings, beside a bare sum() of its rows; and the same before them."""
    for view, times in after.items():
        ratio = times["view"] / times["sum"]
        earlier = before[view]["view"] / before[view]["sum"]
        yield Figure(
            f"  {view} after them ({earlier:.2f}× before)",
            milliseconds(times["view"]),
            milliseconds(times["sum"]),
            **(at_most(ROLL_UP, ratio) if held else {"ratio": ratio}),
        )
