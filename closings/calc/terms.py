"""What a later closing is worked out from: its days, its terms, the lines as they are held, and what goes beside.

Money is Decimal in the fund's currency, in whole units of it. Partners are keys, in the order of the register.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from capital.calc.prorata import Key
from closings.calc.interest import InterestTerms
from fees.calc.terms import FeeInterest, InterestEnd

ZERO = Decimal("0.00")


class DistributionsRule(StrEnum):
    """Whether distributions made before a closing are shared anew."""

    RESPLIT = "resplit"
    KEEP = "keep"


class Resplit(StrEnum):
    """How a closing shares a line anew: over the whole register by commitments; only the newcomers' share, taken from
    whoever holds the line by what each holds; or not at all (a fee, a realised deal)."""

    COMMITMENT = "commitment"
    FIXED = "fixed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class EqualisationTerms:
    """`no_interest`: who pays none, such as a GP that raises its commitment."""

    interest: InterestTerms = field(default_factory=InterestTerms)
    interest_end: InterestEnd = InterestEnd.DUE_DATE
    no_interest: Collection[Key] = frozenset()
    fee_interest: FeeInterest = FeeInterest.NONE
    distributions_rule: DistributionsRule = DistributionsRule.RESPLIT


@dataclass(frozen=True, slots=True)
class ClosingDays:
    """The day of a closing, the due date of its notices, and the day of the fund's first closing."""

    on: date
    pay_on: date
    first_on: date

    def interest_until(self, terms: EqualisationTerms) -> date:
        return self.pay_on if terms.interest_end == InterestEnd.DUE_DATE else self.on


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A line of an issued call as it is held before a closing: what each partner was called of it, earlier closings and
    changes included. Who is not named holds nothing.

    `inside`: what of that drew on the commitments (None: all of it); of a distribution, what may be recalled. `paid`:
    what of it is paid (None: all). `excused` stay as they are. `value`: what the line is worth at the closing, where
    newcomers pay a premium in place of interest. A distribution is shared anew with the sign turned, from its own day.
    """

    key: Key
    amount: Decimal
    due_on: date
    held: Mapping[Key, Decimal]
    inside: Mapping[Key, Decimal] | None = None
    paid: Mapping[Key, Decimal] | None = None
    excused: Collection[Key] = frozenset()
    resplit: Resplit = Resplit.COMMITMENT
    value: Decimal | None = None
    is_distribution: bool = False

    @property
    def sign(self) -> int:
        """What holding more of it means for a partner: it pays (1) or gets back (-1)."""
        return -1 if self.is_distribution else 1

    def open_of(self, key: Key) -> Decimal:
        """What a partner was called of it and has not paid."""
        held = self.held.get(key, ZERO)
        return held - held if self.paid is None else max(held - self.paid.get(key, ZERO), ZERO)


@dataclass(frozen=True, slots=True)
class FeeInstalment:
    """A management fee of the past that a newcomer owes, and the day on which the others' was due."""

    amount: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands in a partner's notice beside the lines: fees, which go to the manager, `tax` on them, and its part of
    a call of the same day; `call_inside` is what of that draws on its commitment and is not in `unfunded` yet."""

    fees: tuple[FeeInstalment, ...] = ()
    call: Decimal = ZERO
    call_inside: Decimal = ZERO
    unfunded: Decimal = ZERO
    tax: Decimal = ZERO
