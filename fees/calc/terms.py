"""What a management fee is worked out from: the schedule, the partners with their side letters, the fee income.

Money is Decimal in the fund's currency, in whole units of it; rates and shares are fractions (0.02 is 2 %). Periods are
half-open: days = end − start. What was known on which day decides what an instalment could say (`known_on`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import CENT
from blackgem.lib.rates import DayCount
from capital.calc.prorata import Key

ZERO = Decimal("0.00")


class FeeRefused(InvalidInput):
    """Terms, days or amounts with which no fee can be worked out."""


class Frequency(StrEnum):
    """How often a fee falls due: calendar periods, whose first and last may be cut short."""

    QUARTERLY = "quarterly"
    SEMIANNUAL = "semiannual"
    ANNUAL = "annual"

    @property
    def months(self) -> int:
        return {Frequency.QUARTERLY: 3, Frequency.SEMIANNUAL: 6, Frequency.ANNUAL: 12}[self]


class TimeRule(StrEnum):
    """What part of a year's fee a period costs. `BY_PERIOD`: a quarter (a half, a whole) of it, times the days of the
    period over those of the calendar period."""

    BY_PERIOD = "by_period"
    ACT_365 = "act/365"
    ACT_360 = "act/360"
    THIRTY_E_360 = "30E/360"


class Basis(StrEnum):
    """What the rate is taken of. `NET_INVESTED`: cost of what is not realised, written off or permanently written down.
    `LOWER_OF_COST_AND_VALUE`: deal by deal."""

    COMMITMENT = "commitment"
    CONTRIBUTED = "contributed"
    ACQUISITION_COST = "acquisition_cost"
    NET_INVESTED = "net_invested"
    FAIR_VALUE = "fair_value"
    LOWER_OF_COST_AND_VALUE = "lower_of_cost_and_value"


class LateRule(StrEnum):
    """What a late closer pays at its closing: the periods that were billed to others, or the days up to its closing."""

    BILLED = "billed"
    TO_DATE = "to_date"


class OffsetShare(StrEnum):
    """Who shares in fee income: all partners, or those who pay a fee."""

    ALL = "all"
    FEE_PAYING = "fee_paying"


class OffsetKey(StrEnum):
    """By what they share in it: commitments, or for income of a deal their shares in that deal."""

    COMMITMENT = "commitment"
    DEAL = "deal"


class OffsetAfterClosing(StrEnum):
    """What a later closing does to income that was recognised before: nothing, or it is shared anew, as if all had been
    there from the start."""

    KEEP = "keep"
    RESPLIT = "resplit"


class DiscountOrder(StrEnum):
    """Whether a discount is taken of the whole fee, or of what the offset left of it."""

    DISCOUNT_FIRST = "discount_first"
    OFFSET_FIRST = "offset_first"


class FeeInterest(StrEnum):
    """Interest on the fees of late closers: none, on each instalment from its own day, or on all from the start."""

    NONE = "none"
    PER_INSTALMENT = "per_instalment"
    FIRST_CLOSING = "first_closing"


class InterestEnd(StrEnum):
    """The day on which that interest ends: the due date of the late closer's own notice, or its closing."""

    DUE_DATE = "due_date"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When instalments fall due, from a day on. `starts_on` None: from the first day with a fee."""

    frequency: Frequency = Frequency.QUARTERLY
    in_advance: bool = True
    time_rule: TimeRule = TimeRule.BY_PERIOD
    starts_on: date | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """Base and yearly rate from a day on; `known_on` None: known from the beginning."""

    starts_on: date
    basis: Basis
    rate: Decimal
    known_on: date | None = None


@dataclass(frozen=True, slots=True)
class LateInterest:
    """Simple interest on what late closers catch up with; it goes to the manager."""

    charged: FeeInterest = FeeInterest.NONE
    rate: Decimal = Decimal(0)
    day_count: DayCount = DayCount.ACT_365
    end: InterestEnd = InterestEnd.DUE_DATE


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """The fee of a fund from its first day, `start`, to the first day without one, `until`. `vat_rate`: tax on top of
    the net fee. `inside`: fees draw on the commitment."""

    start: date
    until: date
    phases: tuple[Phase, ...]
    schedules: tuple[Schedule, ...] = (Schedule(),)
    late_rule: LateRule = LateRule.BILLED
    late_interest: LateInterest = field(default_factory=LateInterest)
    offset_share: OffsetShare = OffsetShare.ALL
    offset_key: OffsetKey = OffsetKey.COMMITMENT
    offset_after_closing: OffsetAfterClosing = OffsetAfterClosing.KEEP
    discount_order: DiscountOrder = DiscountOrder.DISCOUNT_FIRST
    vat_rate: Decimal = Decimal(0)
    inside: bool = True
    unit: Decimal = CENT


@dataclass(frozen=True, slots=True)
class Tranche:
    """A commitment or an increase of one, and the due date of what it catches up with."""

    amount: Decimal
    admitted_on: date
    pay_on: date


@dataclass(frozen=True, slots=True)
class Move:
    """What of a commitment passed to it or from it, or was taken off it, on a day. It bears fees of instalments from
    then on: what was billed before stays with who had it then."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OwnRate:
    """A rate of a side letter, from a day on; one above the phase's counts as the phase's. Without a rate: `off` is the
    share of the gross fee that it takes off."""

    starts_on: date
    rate: Decimal | None
    known_on: date
    off: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class AmountWaived:
    """An amount of its fees that a partner is let off, of what falls due from a day on, late fees included."""

    starts_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DealBase:
    """A partner's part of a deal. `fair_value` None: not valued."""

    cost: Decimal
    realised: Decimal = ZERO
    written_off: Decimal = ZERO
    permanent_write_down: Decimal = ZERO
    fair_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BaseEntry:
    """What a partner's base was at the end of a day: one amount, or its deals; and when that was known."""

    as_of: date
    known_on: date
    amount: Decimal | None = None
    deals: tuple[DealBase, ...] = ()


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner with its side letter: own rates, or `discount`, a share of the gross fee. `fee_free`: the GP."""

    key: Key
    tranches: tuple[Tranche, ...]
    fee_free: bool = False
    own_rates: tuple[OwnRate, ...] = ()
    discount: Decimal = Decimal(0)
    waived: tuple[AmountWaived, ...] = ()
    bases: tuple[BaseEntry, ...] = ()
    brought_forward: Decimal = ZERO
    moves: tuple[Move, ...] = ()

    def commitment_on(self, day: date, *, billed_on: date | None = None) -> Decimal:
        """What it has committed by a day, a closing of that day included: from the start, but for what moved since an
        instalment was billed."""
        admitted = sum((tranche.amount for tranche in self.tranches if tranche.admitted_on <= day), ZERO)
        by = day if billed_on is None else min(day, billed_on)
        return admitted + sum((move.amount for move in self.moves if move.on <= by), ZERO)

    def is_admitted(self, day: date) -> bool:
        admitted = any(tranche.admitted_on <= day for tranche in self.tranches)
        return admitted or any(move.on <= day for move in self.moves)


@dataclass(frozen=True, slots=True)
class FeeIncome:
    """What the manager or its affiliates received from a deal, and the share of it that is offset. `shares`: each
    partner's share in that deal, where the terms split it so."""

    received_on: date
    category: str
    amount: Decimal
    offset: Decimal = Decimal(1)
    deal: Key | None = None
    shares: Mapping[Key, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """An amount of an instalment that the manager waives for all who pay it; it counts as its own contribution."""

    on: date
    amount: Decimal
