"""A transfer: an interest in a fund, or an exact share of it, passes from one partner to another.

What moves of a row is rounded on the running sum of its kind, so that no rounding drifts; the transferor keeps the
difference, so that every row and every sum of the fund stays what it was. A row that moves is the same row in another
hand: its kind, its deal, its due date and the day from which it accrues are those of the original, and its value date
is the day on which the transfer takes effect. What was paid for the interest is between the two, and in no figure here.

Rows of one line of a call, or of one distribution, follow one another in the running sum, with what was given back of
them: so neither of the two holds less than nothing of the line.
Source: ILPA Model LPA, 17.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import CENT, round_to_unit, to_units
from capital.calc.prorata import Key
from closings.calc.terms import ZERO


class TransferRefused(InvalidInput):
    """A share, an amount or a day with which nothing can be transferred."""


class RowKind(StrEnum):
    """What a row counts as. Each kind is rounded on a running sum of its own; `OPEN_CALL`: called and not paid yet."""

    CONTRIBUTION = "contribution"
    DISTRIBUTION = "distribution"
    RECALLABLE = "recallable"
    OPEN_CALL = "open_call"


class OpenItems(StrEnum):
    """What a transfer does about what the transferor owes: it waits until that is paid, or the transferee assumes it
    with the share that it takes."""

    REFUSE = "refuse"
    ASSUME = "assume"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a partner's history. Amounts are above zero, those of a reversal below; `outside` the commitment. `of`
    is the line of a call that it paid, or the distribution that it paid out; None where it stands alone."""

    kind: RowKind
    due_on: date
    amount: Decimal
    key: Key | None = None
    deal: Key | None = None
    accrues_from: date | None = None
    outside: bool = False
    of: Key | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """An interest: its commitment, its rows in their order, and the balances that follow it. `released`: what of the
    commitment may no longer be called. `residual`: what rounding called too little so far, or too much where below
    zero; an exact fraction that is never rounded."""

    commitment: Decimal
    rows: tuple[Row, ...] = ()
    capital_account: Decimal = ZERO
    offset_balance: Decimal = ZERO
    released: Decimal = ZERO
    residual: Fraction = Fraction(0)

    @property
    def contributed(self) -> Decimal:
        return self._sum(RowKind.CONTRIBUTION)

    @property
    def contributed_outside(self) -> Decimal:
        return self._sum(RowKind.CONTRIBUTION, outside=True)

    @property
    def distributed(self) -> Decimal:
        return self._sum(RowKind.DISTRIBUTION, RowKind.RECALLABLE)

    @property
    def recallable(self) -> Decimal:
        return self._sum(RowKind.RECALLABLE)

    @property
    def open_call(self) -> Decimal:
        return self._sum(RowKind.OPEN_CALL)

    @property
    def unfunded(self) -> Decimal:
        drawn = self._sum(RowKind.CONTRIBUTION, RowKind.OPEN_CALL, outside=False)
        return self.commitment - self.released - drawn + self.recallable

    def _sum(self, *kinds: RowKind, outside: bool | None = None) -> Decimal:
        rows = (row for row in self.rows if row.kind in kinds and outside in (None, row.outside))
        return sum((row.amount for row in rows), ZERO)


#: What moves as one figure, rounded once.
_BALANCES = ("commitment", "capital_account", "offset_balance", "released")


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A row, and what of it moved. `counted`: not one that falls due after the transfer took effect, which stays."""

    row: Row
    moved: Decimal
    counted: bool

    @property
    def kept(self) -> Decimal:
        return self.row.amount - self.moved


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer, worked out. `before`, `moved` and `kept` are of the rows that counted; `left` is all that the
    transferor has after it, later rows included, for the transfer that comes next."""

    share: Fraction
    effective_on: date
    rows: tuple[MovedRow, ...]
    before: Holding
    moved: Holding
    kept: Holding

    @property
    def left(self) -> Holding:
        return replace(self.kept, rows=tuple(_with(one.row, one.kept) for one in self.rows))

    @property
    def overdraws(self) -> bool:
        """Whether rounding leaves one of the two with more drawn than it committed, where the whole had not."""
        return self.before.unfunded >= 0 and min(self.moved.unfunded, self.kept.unfunded) < 0


def share_of(amount: Decimal, commitment: Decimal) -> Fraction:
    """The exact share of an interest that an amount of its commitment is. Raises TransferRefused (`negative_amount`,
    `amount_exceeds_commitment`, `share_out_of_range`)."""
    if amount < 0:
        raise TransferRefused("negative_amount", "No amount of a commitment that moves is below zero.")
    if amount > commitment:
        raise TransferRefused("amount_exceeds_commitment", "No more moves than is committed.")
    return check_share(Fraction(amount) / Fraction(commitment) if commitment else Fraction(0))


def check_share(share: Fraction) -> Fraction:
    """Return a share that may move; raise TransferRefused(`share_out_of_range`) for one that may not."""
    if not 0 < share <= 1:
        raise TransferRefused("share_out_of_range", "The share that moves is above 0, and 1 at most.")
    return share


def transfer(
    holding: Holding,
    share: Fraction,
    effective_on: date,
    *,
    open_items: OpenItems = OpenItems.REFUSE,
    unit: Decimal = CENT,
) -> Transfer:
    """Move a share of a holding on a day. Rows that fall due later stay; open calls move whenever they are due.

    Raises TransferRefused (`share_out_of_range`, `negative_amount`, `open_item_unpaid`), and MoneyError for an amount
    that is no whole number of units.
    """
    check_share(share)
    for amount in (*(getattr(holding, name) for name in _BALANCES), *(row.amount for row in holding.rows)):
        to_units(amount, unit)
    if min(holding.commitment, holding.released, holding.offset_balance) < 0:
        raise TransferRefused("negative_amount", "No commitment and no balance of offsets is below zero.")
    if open_items == OpenItems.REFUSE and any(_is_open(row) and row.amount for row in holding.rows):
        raise TransferRefused("open_item_unpaid", "What was called of the transferor is not paid yet.")
    rows = _moved(holding.rows, share, effective_on, unit)
    counted = [one for one in rows if one.counted]

    moved = {name: round_to_unit(share * Fraction(getattr(holding, name)), unit) for name in _BALANCES}
    kept = {name: getattr(holding, name) - part for name, part in moved.items()}
    residual = share * holding.residual
    return Transfer(
        share,
        effective_on,
        rows,
        before=replace(holding, rows=tuple(one.row for one in counted)),
        moved=Holding(rows=tuple(_with(one.row, one.moved) for one in counted), residual=residual, **moved),
        kept=Holding(
            rows=tuple(_with(one.row, one.kept) for one in counted),
            residual=holding.residual - residual,
            **kept,
        ),
    )


def cumulative(amounts: Iterable[Decimal], share: Fraction, unit: Decimal = CENT) -> Iterator[Decimal]:
    """What moves of each amount: the share of the running sum, rounded half away from zero, less what moved before."""
    whole, moved = Fraction(0), ZERO
    for amount in amounts:
        whole += Fraction(amount)
        part = round_to_unit(share * whole, unit) - moved
        moved += part
        yield part


def _moved(rows: Sequence[Row], share: Fraction, effective_on: date, unit: Decimal) -> tuple[MovedRow, ...]:
    """Every row in its place, with what of it moves: by kind, in the order in which rows fall due, those of one line or
    distribution together."""
    moved: dict[int, Decimal] = {}
    for kind in RowKind:
        listed = [
            (number, row)
            for number, row in in_order(enumerate(rows))
            if row.kind == kind and (row.due_on <= effective_on or _is_open(row))
        ]
        parts = cumulative((row.amount for _, row in listed), share, unit)
        moved |= {number: part for (number, _), part in zip(listed, parts, strict=True)}
    return tuple(
        MovedRow(row, moved.get(number, row.amount - row.amount), number in moved)
        for number, row in enumerate(rows)
    )


def in_order(rows: Iterable[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """Numbered rows as they fall due; those of a kind of one line or distribution together, where the first of them
    stands."""
    by_day = sorted(rows, key=lambda pair: (pair[1].due_on, pair[0]))
    first: dict[object, int] = {}
    for place, (number, row) in enumerate(by_day):
        first.setdefault(_group(number, row), place)
    return sorted(by_day, key=lambda pair: first[_group(*pair)])


def _group(number: int, row: Row) -> object:
    return number if row.of is None else (row.kind, row.of)


def _is_open(row: Row) -> bool:
    return row.kind == RowKind.OPEN_CALL


def _with(row: Row, amount: Decimal) -> Row:
    return replace(row, amount=amount)


# ---------------------------------------------------------------- income of the period of a transfer


@dataclass(frozen=True, slots=True)
class Income:
    """The part of a period's income that belongs to what moved, and whose it is."""

    share: Decimal
    transferor: Decimal

    @property
    def transferee(self) -> Decimal:
        return self.share - self.transferor


def income_by_days(
    amount: Decimal, share: Fraction, effective_on: date, start: date, end: date, unit: Decimal = CENT
) -> Income:
    """By days of [start, end): those before the transfer are the transferor's. Raises TransferRefused(`date_order`) for
    a transfer on none of them."""
    if not start <= effective_on < end:
        raise TransferRefused("date_order", "The transfer takes effect on a day of the period of the income.")
    part = round_to_unit(share * Fraction(amount), unit)
    days = Fraction((effective_on - start).days, (end - start).days)
    return Income(part, round_to_unit(Fraction(part) * days, unit))


def income_by_closing(
    items: Iterable[tuple[date, Decimal]], share: Fraction, effective_on: date, unit: Decimal = CENT
) -> Income:
    """By an interim closing of the books: what arose before the transfer took effect is the transferor's."""
    listed = list(items)
    earlier = sum((amount for on, amount in listed if on < effective_on), ZERO)
    whole = sum((amount for _, amount in listed), ZERO)
    return Income(
        round_to_unit(share * Fraction(whole), unit), round_to_unit(share * Fraction(earlier), unit)
    )
