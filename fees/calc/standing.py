"""Where each partner stands between two instalments: what it was charged, what of its offsets and credits is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from capital.calc.prorata import Key
from fees.calc.charges import Part
from fees.calc.terms import ZERO


@dataclass(frozen=True, slots=True)
class Standing:
    """`charged`: what a partner was charged for each period, by its first day: gross − discount, true-ups and catch-ups
    included; `parts`: how it came about, where that is known. `credit`: what true-ups gave back and no instalment has
    taken up. `brought_forward`, `recognised`, `applied`: its offsets; `waived`: what it was let off as one of all;
    `let_off`: by its own side letter."""

    charged: Mapping[date, Decimal] = field(default_factory=dict)
    parts: Mapping[date, Sequence[Part]] = field(default_factory=dict)
    credit: Decimal = ZERO
    brought_forward: Decimal = ZERO
    recognised: Decimal = ZERO
    applied: Decimal = ZERO
    waived: Decimal = ZERO
    let_off: Decimal = ZERO

    @property
    def offset_left(self) -> Decimal:
        """Below zero where a later closing left it with less than it has applied: that is taken back."""
        return self.brought_forward + self.recognised - self.applied

    @property
    def charged_in_all(self) -> Decimal:
        return sum(self.charged.values(), ZERO)


@dataclass(frozen=True, slots=True)
class State:
    """All partners, in their order, and which entries of the fee income (by position) were recognised on
    which day."""

    partners: Mapping[Key, Standing]
    recognised: Mapping[int, date] = field(default_factory=dict)
