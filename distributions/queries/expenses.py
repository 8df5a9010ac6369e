"""What funds pay from cash on hand for single partners, such as a fee: apps above say so, for the net asset value."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet

from blackgem.lib.knowledge import Knowledge
from funds.models import Fund


class Expense(NamedTuple):
    """`amount` left the fund's account on a day for the part of one partner; below zero it was taken back. It was owed
    from a moment on (`since`)."""

    fund_id: int
    on: date
    commitment_id: int
    amount: Decimal
    since: datetime


Reader = Callable[[Mapping[Fund, date], Knowledge], QuerySet]
_READERS: list[Reader] = []


def register_expenses(reader: Reader) -> None:
    """`reader` answers a query of the columns of `Expense`: what left by the day of each fund, as known at a time."""
    _READERS.append(reader)


def expenses_of(days: Mapping[Fund, date], known: Knowledge) -> list[QuerySet]:
    return [reader(days, known) for reader in _READERS]


def by_fund(rows: Iterable[Iterable[tuple]]) -> dict[int, tuple[Expense, ...]]:
    """What was read of each, by fund."""
    found: dict[int, list[Expense]] = {}
    for one in (Expense._make(row) for some in rows for row in some):
        found.setdefault(one.fund_id, []).append(one)
    return {fund: tuple(some) for fund, some in found.items()}
