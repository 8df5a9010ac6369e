"""Dated facts: what was paid in, written down and paid out, in cents, and what a distribution consists of."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from distributions.calc.accrual import ZERO

Key = Hashable


@dataclass(frozen=True, slots=True)
class Contribution:
    """Money paid in on a day; `deal` is None for fees and expenses.

    It earns the preferred return from `accrues_from` (the day paid, if None). A negative amount is unused money
    that was given back outside the waterfall (see `excess_returned`).
    """

    on: date
    amount: Decimal
    deal: Key | None = None
    accrues_from: date | None = None


@dataclass(frozen=True, slots=True)
class WriteDown:
    """A loss on a deal that is not sold yet: `amount` of its cost is gone."""

    on: date
    amount: Decimal
    deal: Key


@dataclass(frozen=True, slots=True)
class TierPaid:
    """What one tier paid: catch-up and split, to the LP and to the GP, in cents."""

    catch_up_lp: Decimal = ZERO
    catch_up_gp: Decimal = ZERO
    split_lp: Decimal = ZERO
    split_gp: Decimal = ZERO

    @property
    def catch_up(self) -> Decimal:
        return self.catch_up_lp + self.catch_up_gp

    @property
    def split(self) -> Decimal:
        return self.split_lp + self.split_gp

    @property
    def lp(self) -> Decimal:
        return self.catch_up_lp + self.split_lp

    @property
    def gp(self) -> Decimal:
        return self.catch_up_gp + self.split_gp

    @property
    def total(self) -> Decimal:
        return self.lp + self.gp


@dataclass(frozen=True, slots=True)
class Parts:
    """What a distribution (or several) consists of, in cents. The parts add up to `total`."""

    return_of_capital: Decimal = ZERO
    preferred_return: Decimal = ZERO
    tiers: tuple[TierPaid, ...] = ()

    @property
    def catch_up_lp(self) -> Decimal:
        return sum((tier.catch_up_lp for tier in self.tiers), ZERO)

    @property
    def catch_up_gp(self) -> Decimal:
        return sum((tier.catch_up_gp for tier in self.tiers), ZERO)

    @property
    def split_lp(self) -> Decimal:
        return sum((tier.split_lp for tier in self.tiers), ZERO)

    @property
    def split_gp(self) -> Decimal:
        return sum((tier.split_gp for tier in self.tiers), ZERO)

    @property
    def lp_profit_share(self) -> Decimal:
        """The LP's profit above the preferred return: its part of catch-up and split."""
        return self.catch_up_lp + self.split_lp

    @property
    def lp_total(self) -> Decimal:
        return self.return_of_capital + self.preferred_return + self.lp_profit_share

    @property
    def gp_carry(self) -> Decimal:
        """Carried interest, catch-up included."""
        return self.catch_up_gp + self.split_gp

    @property
    def total(self) -> Decimal:
        return self.lp_total + self.gp_carry


#: Of what went through no waterfall.
NO_PARTS = Parts()


@dataclass(frozen=True, slots=True)
class Paid:
    """An earlier distribution as it was paid. `event` tells those of one day apart, across accounts."""

    on: date
    parts: Parts
    deal: Key | None = None
    event: Key | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The facts of one account. `commitment` matters only where fees are measured against it.

    `pref_due` states the accrued preferred return instead of dates: time then earns nothing.
    """

    contributions: tuple[Contribution, ...] = ()
    paid: tuple[Paid, ...] = ()
    write_downs: tuple[WriteDown, ...] = ()
    commitment: Decimal | None = None
    pref_due: Decimal | None = None


def excess_returned(on: date, amount: Decimal, deal: Key | None = None) -> Contribution:
    """Unused money of a call, given back: it lowers what was contributed, and is no profit."""
    return Contribution(on, -amount, deal)


def unfunded_commitment(commitment: Decimal, contributed: Decimal, recallable: Decimal) -> Decimal:
    """What can still be called: commitment − contributions called + recallable capital returned."""
    return commitment - contributed + recallable


def add_parts(parts: Iterable[Parts]) -> Parts:
    """The sum of several distributions, or of several partners' parts of one."""
    listed = list(parts)
    return Parts(
        sum((part.return_of_capital for part in listed), ZERO),
        sum((part.preferred_return for part in listed), ZERO),
        tuple(
            add_tiers(column)
            for column in zip_longest(*(part.tiers for part in listed), fillvalue=TierPaid())
        ),
    )


def add_tiers(tiers: Sequence[TierPaid]) -> TierPaid:
    return TierPaid(
        sum((tier.catch_up_lp for tier in tiers), ZERO),
        sum((tier.catch_up_gp for tier in tiers), ZERO),
        sum((tier.split_lp for tier in tiers), ZERO),
        sum((tier.split_gp for tier in tiers), ZERO),
    )
