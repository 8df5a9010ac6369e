"""A partner in default: interest, what the others are asked for in its place, and what it loses.

Interest is paid on, and never a contribution. A remedy takes from the defaulting partner exactly what it gives to the
others; no remedy lowers what it owes, and what nobody can be asked for stays uncovered and is said so. Whether it may
vote is not a figure, and not decided here. Source: ILPA Model LPA, 6.6.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import product

from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import CENT, Weight, round_to_unit, split, to_units
from blackgem.lib.rates import DayCount, days_between, year_fraction
from capital.calc.capped import split_capped
from capital.calc.prorata import Key, Line, Partner, split_lines
from closings.calc.terms import ZERO
from closings.calc.transfers import RowKind, Transfer, in_order

HALF = Fraction(1, 2)


class DefaultRefused(InvalidInput):
    """Amounts, rates or days that cannot be those of a default."""


class CapBase(StrEnum):
    """What the cap of a shortfall call is a part of: a partner's own item of that call, or all it ever contributed."""

    ITEM = "item"
    CONTRIBUTED = "contributed"


class InterestTo(StrEnum):
    """Whose the interest is that costs leave: the other partners', or the fund's own income."""

    OTHERS = "others"
    FUND = "fund"


@dataclass(frozen=True, slots=True)
class Item:
    """What the defaulting partner owes of a call; `fee_part` of it is never asked of the others."""

    amount: Decimal
    due_on: date
    fee_part: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Other:
    """A partner that is not in default. `item`: its own part of the same call."""

    key: Key
    commitment: Decimal
    remaining: Decimal
    item: Decimal = ZERO
    contributed: Decimal = ZERO


# ---------------------------------------------------------------- interest


@dataclass(frozen=True, slots=True)
class LatePayment:
    """A payment on the item: how many days late, and the interest that it bears."""

    on: date
    amount: Decimal
    days: int
    interest: Decimal


@dataclass(frozen=True, slots=True)
class DefaultInterest:
    """What was paid and when; `accrued` is the interest so far on what is `unpaid`."""

    payments: tuple[LatePayment, ...]
    unpaid: Decimal
    accrued: Decimal

    @property
    def paid(self) -> Decimal:
        """Interest on what was paid."""
        return sum((payment.interest for payment in self.payments), ZERO)


def default_interest(
    item: Item,
    payments: Sequence[tuple[date, Decimal]],
    rate: Decimal,
    *,
    day_count: DayCount = DayCount.ACT_365,
    as_of: date | None = None,
    unit: Decimal = CENT,
) -> DefaultInterest:
    """Simple interest from the due date, on each payment to its day, and on the rest to `as_of`; none on an early one.

    Raises DefaultRefused (`negative_amount`, `fee_part_exceeds_item`, `rate_out_of_range`, `payment_exceeds_item`,
    `date_order`).
    """
    _check_item(item, unit)
    _check_amounts(unit, *(amount for _, amount in payments))
    if not 0 <= rate <= 1:
        raise DefaultRefused("rate_out_of_range", "A rate of interest lies between 0 and 1.")
    unpaid = item.amount - sum((amount for _, amount in payments), ZERO)
    if unpaid < 0:
        raise DefaultRefused("payment_exceeds_item", "More was paid than is owed.")
    if as_of is not None and any(on > as_of for on, _ in payments):
        raise DefaultRefused("date_order", "No payment is later than the day on which interest is looked at.")

    def interest(amount: Decimal, on: date) -> Decimal:
        years = max(year_fraction(item.due_on, on, day_count), Fraction(0))
        return round_to_unit(Fraction(amount) * Fraction(rate) * years, unit)

    late = tuple(
        LatePayment(on, amount, max(days_between(item.due_on, on, day_count), 0), interest(amount, on))
        for on, amount in payments
    )
    return DefaultInterest(late, unpaid, interest(unpaid, as_of or item.due_on))


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Interest that was paid: what of it covers costs, and whose the rest is."""

    costs_covered: Decimal
    others: dict[Key, Decimal]
    fund: Decimal


def pass_on(
    interest: Decimal,
    costs: Decimal,
    others: Sequence[Other],
    *,
    to: InterestTo = InterestTo.OTHERS,
    unit: Decimal = CENT,
) -> PassedOn:
    """Costs first; the rest to the other partners by commitments, or to the fund. Raises DefaultRefused
    (`negative_amount`) and ZeroWeights."""
    _check_amounts(unit, interest, costs)
    _check_others(others, unit)
    covered = min(costs, interest)
    rest = interest - covered
    if to == InterestTo.FUND:
        return PassedOn(covered, {one.key: ZERO for one in others}, rest)
    return PassedOn(covered, _split(rest, {one.key: one.commitment for one in others}, unit), ZERO)


# ---------------------------------------------------------------- what the others are asked for


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A call on the others in place of the defaulting partner; `uncovered` is what none of them can be asked for."""

    amount: Decimal
    caps: dict[Key, Decimal]
    extra: dict[Key, Decimal]
    uncovered: Decimal

    @property
    def called(self) -> Decimal:
        return self.amount - self.uncovered

    @property
    def left_under_cap(self) -> dict[Key, Decimal]:
        return {key: cap - self.extra[key] for key, cap in self.caps.items()}


def call_shortfall(
    item: Item,
    others: Sequence[Other],
    *,
    amount: Decimal | None = None,
    cap: Fraction = HALF,
    cap_base: CapBase = CapBase.ITEM,
    unit: Decimal = CENT,
) -> Shortfall:
    """Ask the others for an amount (None: the item without its fee part) by remaining commitments, each up to its cap.

    Raises DefaultRefused (`negative_amount`, `fee_part_exceeds_item`, `shortfall_exceeds_item`, `rate_out_of_range`)
    and ZeroWeights.
    """
    _check_item(item, unit)
    _check_others(others, unit)
    most = item.amount - item.fee_part
    asked = most if amount is None else amount
    _check_amounts(unit, asked)
    if asked > most:
        raise DefaultRefused("shortfall_exceeds_item", "No more is asked than the item without its fee part.")
    if not 0 <= cap <= 1:
        raise DefaultRefused("rate_out_of_range", "The cap of a shortfall call lies between 0 and 1.")
    based = {one.key: one.item if cap_base == CapBase.ITEM else one.contributed for one in others}
    caps = {
        one.key: min(one.remaining, round_to_unit(cap * Fraction(based[one.key]), unit)) for one in others
    }
    parts, uncovered = split_capped(asked, [one.remaining for one in others], list(caps.values()), unit)
    return Shortfall(asked, caps, dict(zip(caps, parts, strict=True)), uncovered)


# ---------------------------------------------------------------- what the defaulting partner loses


@dataclass(frozen=True, slots=True)
class Forfeited:
    """What the defaulting partner loses of a figure, and who of the others has it now."""

    moved: Decimal
    others: dict[Key, Decimal]

    def changes(self, defaulter: Key) -> dict[Key, Decimal]:
        """The figure's change for every partner; 0.00 in all."""
        return {defaulter: -self.moved} | self.others


def forfeit(share: Fraction, figure: Decimal, others: Sequence[Other], *, unit: Decimal = CENT) -> Forfeited:
    """A share of a figure (a capital account, a commitment, an item) passes to the others by remaining commitments.

    Raises DefaultRefused (`share_out_of_range`, `negative_amount`) and ZeroWeights.
    """
    check_share(share)
    _check_others(others, unit)
    moved = round_to_unit(share * Fraction(figure), unit)
    return Forfeited(moved, _split(moved, {one.key: one.remaining for one in others}, unit))


def forfeit_rows(
    found: Transfer, others: Sequence[Other], *, unit: Decimal = CENT
) -> tuple[dict[Key, Decimal], ...]:
    """What each of the others takes of every row that a forfeiture moves, worked out as a transfer: row by row by
    remaining commitments; what rounding leaves to a partner is carried to the next row of the kind. Nobody gives more
    back of a line than it takes of it. Raises ZeroWeights."""
    rows = in_order(enumerate(one.row for one in found.rows))
    partners = [Partner(one.key, one.remaining) for one in others]
    taken: dict[Key, dict[Key, Decimal]] = {}
    for kind, sign in product(RowKind, (1, -1)):
        moved = [(number, sign * found.rows[number].moved) for number, row in rows if row.kind == kind]
        lines = [Line(number, part, reduces_unfunded=False) for number, part in moved if part > 0]
        for line in split_lines(lines, partners, unit=unit).lines:
            taken[line.key] = {part.key: sign * part.amount for part in line.parts}
    none = {one.key: ZERO for one in others}
    of_lines: dict[object, list[dict[Key, Decimal]]] = {}
    for number, row in rows:
        if row.of is not None and number in taken:
            of_lines.setdefault((row.kind, row.of), []).append(taken[number])
    for parts in of_lines.values():
        _give_back_what_is_taken(parts)
    return tuple(taken.get(number, none) for number in range(len(rows)))


def _give_back_what_is_taken(parts: list[dict[Key, Decimal]]) -> None:
    """Of the rows of one line what each takes: where one would give back more, who takes most gives that back."""
    sums: dict[Key, Decimal] = {}
    for part in parts:
        for key, amount in part.items():
            sums[key] = sums.get(key, ZERO) + amount
    for part in parts:
        for key in part:
            most = max(sums, key=lambda one: sums[one])
            amount = min(-sums[key], -part[key], sums[most])
            if amount > 0:
                part[key] += amount
                part[most] -= amount
                sums[key] += amount
                sums[most] -= amount


@dataclass(frozen=True, slots=True)
class Sale:
    """A forced sale: the price, and what of it the defaulting partner is paid."""

    gross: Decimal
    net: Decimal


def forced_sale(
    contributions: Decimal,
    value: Decimal,
    *,
    share: Fraction = HALF,
    payable: Iterable[Decimal] = (),
    unit: Decimal = CENT,
) -> Sale:
    """A share of the lesser of contributions and value, less what the defaulting partner owes beside the item: interest
    paid and accrued, and costs. Raises DefaultRefused (`share_out_of_range`, `negative_amount`)."""
    check_share(share)
    owed = list(payable)
    _check_amounts(unit, contributions, value, *owed)
    gross = round_to_unit(share * Fraction(min(contributions, value)), unit)
    return Sale(gross, max(gross - sum(owed, ZERO), ZERO))


def reduced_commitment(
    commitment: Decimal,
    contributed: Decimal,
    distributed: Decimal,
    drawn: Decimal,
    *,
    unit: Decimal = CENT,
) -> Decimal:
    """A commitment that a default cuts to contributions net of distributions: never raised, and never below what it has
    drawn already (called inside, less what may be called again). Raises DefaultRefused (`negative_amount`)."""
    _check_amounts(unit, commitment, contributed, distributed, drawn)
    return min(commitment, max(contributed - distributed, drawn))


def check_share(share: Fraction) -> None:
    """Raise DefaultRefused(`share_out_of_range`) for a share that is nothing, or more than the whole."""
    if not 0 < share <= 1:
        raise DefaultRefused("share_out_of_range", "A share is above 0, and 1 at most.")


def _split(total: Decimal, weights: Mapping[Key, Weight], unit: Decimal) -> dict[Key, Decimal]:
    return dict(zip(weights, split(total, list(weights.values()), unit), strict=True))


def _check_item(item: Item, unit: Decimal) -> None:
    _check_amounts(unit, item.amount, item.fee_part)
    if item.fee_part > item.amount:
        raise DefaultRefused("fee_part_exceeds_item", "The part for the fee is more than the item.")


def _check_others(others: Iterable[Other], unit: Decimal) -> None:
    for one in others:
        _check_amounts(unit, one.commitment, one.remaining, one.item, one.contributed)


def _check_amounts(unit: Decimal, *amounts: Decimal) -> None:
    if min(amounts, default=ZERO) < 0:
        raise DefaultRefused("negative_amount", "No amount of a default is below zero.")
    for amount in amounts:
        to_units(amount, unit)
