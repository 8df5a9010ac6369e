"""What a distribution gives back of the money that was called, and how much of it may be called again.

The rule: a distribution that is recallable gives back lines on which the partner paid, those of its deal or else all,
by what was paid on each and not given back yet. What was called outside the commitment restores nothing; what was
inside restores as the fund's terms say, and never beyond the most that may stand unfunded. Unused money of a call that
goes back always restores what it drew on the commitment. Amounts in the currency of `unit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from blackgem.lib.money import split

ZERO = Decimal(0)
#: Lines that pay for running the fund, or what a waived fee is used for, by their kind in the ledger.
FEES = frozenset({"management_fee", "partnership_expenses", "organisational_costs", "deemed_contribution"})


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A call line of one partner: `paid` on it and not given back yet, and whether it drew on the commitment."""

    line: int
    kind: str
    deal: int | None
    within: bool
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Recall:
    """The terms. `until`: the last day on which a distribution restores; `gains`: profit restores too."""

    capital: bool = True
    fees: bool = True
    gains: bool = False
    until: date | None = None
    max_unfunded: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class LineGivenBack:
    """`amount` of a line goes back; `restores` of it may be called again."""

    line: int
    amount: Decimal
    restores: Decimal


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What one partner gets back by line, and all that restores its unfunded commitment, gains included."""

    lines: tuple[LineGivenBack, ...] = ()
    restores: Decimal = ZERO


def give_back(
    lines: Sequence[PaidLine],
    recall: Recall,
    *,
    capital: Decimal,
    profit: Decimal,
    deal: int | None,
    on: date,
    room: Decimal,
    unused: bool,
    unit: Decimal,
) -> GivenBack:
    """What a recallable distribution to one partner gives back.

    `capital` is its return of capital, `profit` the rest of its gross amount; `room` how much more may be unfunded
    before the most that the terms allow; `unused` says that it is unused money of a call. What goes back beyond what
    was paid on the lines names none and restores nothing.
    """
    named = [one for one in lines if one.paid > 0 and (deal is None or one.deal == deal)]
    amount = min(capital, sum((one.paid for one in named), ZERO))
    parts = [] if not amount else split(amount, [one.paid for one in named], unit=unit)
    in_time = unused or recall.until is None or on <= recall.until
    found = [
        LineGivenBack(
            one.line, part, part if in_time and ((unused and one.within) or _restores(one, recall)) else ZERO
        )
        for one, part in zip(named, parts, strict=False)
        if part
    ]
    gains = profit if recall.gains and in_time and not unused else ZERO
    return _within(room.quantize(unit, ROUND_FLOOR), found, gains)


def _restores(line: PaidLine, recall: Recall) -> bool:
    return line.within and (recall.fees if line.kind in FEES else recall.capital)


def _within(room: Decimal, found: list[LineGivenBack], gains: Decimal) -> GivenBack:
    """Lines first, then gains, up to the room that is left."""
    left, kept = max(room, ZERO), []
    for one in found:
        restores = min(one.restores, left)
        left -= restores
        kept.append(replace(one, restores=restores))
    restores = sum((one.restores for one in kept), ZERO) + min(gains, left)
    return GivenBack(tuple(kept), restores)
