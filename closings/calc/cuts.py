"""What defaults cut of commitments: still weighed by closings, so that nobody takes over what was paid, and moved
with an interest that is transferred, in proportion."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from blackgem.lib.money import round_to_unit
from capital.calc.prorata import Key

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cut:
    """A default cut the commitment of a partner by an amount, above zero."""

    partner: Key
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Passed:
    """A share of what a partner had passed to `taker`: exactly what was agreed, not what its commitment was rounded to,
    because what was cut may be many times what is left."""

    partner: Key
    share: Fraction
    taker: Key


def still_weighed(events: Iterable[Cut | Passed], unit: Decimal) -> dict[Key, Decimal]:
    """What each partner weighs beside what it promises, after these events in their order. What moves is rounded half
    up to the `unit` of the currency, and is all of it where the whole of a commitment moves."""
    cut: defaultdict[Key, Decimal] = defaultdict(lambda: ZERO)
    for event in events:
        if isinstance(event, Cut):
            cut[event.partner] += event.amount
        elif cut[event.partner]:
            moved = round_to_unit(event.share * Fraction(cut[event.partner]), unit)
            cut[event.partner] -= moved
            cut[event.taker] += moved
    return dict(cut)
