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
class Lowered:
    """A commitment that promised `promised` fell by `amount`, above zero: by a default, or to the partner `taker`."""

    partner: Key
    amount: Decimal
    promised: Decimal
    taker: Key | None = None


def still_weighed(events: Iterable[Lowered], unit: Decimal) -> dict[Key, Decimal]:
    """What each partner weighs beside what it promises, after these events in their order. What moves is rounded half
    up to the `unit` of the currency, and is all of it where the whole of a commitment moves."""
    cut: defaultdict[Key, Decimal] = defaultdict(lambda: ZERO)
    for event in events:
        if event.taker is None:
            cut[event.partner] += event.amount
        elif cut[event.partner]:
            share = Fraction(event.amount) / Fraction(event.promised)
            moved = round_to_unit(share * Fraction(cut[event.partner]), unit)
            cut[event.partner] -= moved
            cut[event.taker] += moved
    return dict(cut)
