"""Which amounts go from whom to whom, where only what each gives and takes is decided."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from blackgem.lib.money import CENT, split

ZERO = Decimal("0.00")
Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row", bound=Hashable)


def moves(
    rows: Mapping[Key, Sequence[tuple[Row, Decimal]]], deltas: Mapping[Key, Decimal]
) -> Iterator[tuple[Row, Key, Key, Decimal]]:
    """Row, giver, taker and amount, in the order of `deltas`: each giver (delta above zero) gives of its rows in their
    order, and each taker takes in order. `deltas` add up to zero, and nobody gives more than its rows hold."""
    assert sum(deltas.values(), ZERO) == 0, "what is given is taken"
    takers = [key for key, delta in deltas.items() if delta < 0]
    wants = {key: -deltas[key] for key in takers}
    for giver, delta in deltas.items():
        for row, held in rows.get(giver, ()):
            part = max(min(held, delta), ZERO)
            delta -= part
            while part > 0:
                taker = takers[0]
                taken = min(part, wants[taker])
                yield row, giver, taker, taken
                part -= taken
                wants[taker] -= taken
                if not wants[taker]:
                    takers.pop(0)
        assert delta <= 0, "nobody gives more than it holds"


def parts_moved(
    held: Mapping[Key, Sequence[Decimal]], deltas: Mapping[Key, Decimal], unit: Decimal = CENT
) -> dict[Key, tuple[Decimal, ...]]:
    """What each partner gives (above zero) or takes of the parts of which a share is made, such as capital and
    preferred return: a giver of each part by how much of it it holds, takers of what was given of each. For every
    partner the parts add up to its delta, and for every part the partners to zero."""
    size = max((len(parts) for parts in held.values()), default=0)
    given = {key: split(delta, list(held[key]), unit) for key, delta in deltas.items() if delta > 0}
    pot = [sum((parts[place] for parts in given.values()), ZERO) for place in range(size)]
    taken = {}
    for key, delta in deltas.items():
        if delta < 0:
            parts = split(-delta, pot, unit)
            pot = [left - part for left, part in zip(pot, parts, strict=True)]
            taken[key] = tuple(-part for part in parts)
    return {key: tuple(parts) for key, parts in given.items()} | taken
