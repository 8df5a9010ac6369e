"""Splitting up to caps: whoever's share would pass its cap takes the cap and leaves the pool; the rest is split again.

What nobody can take is left over; whoever asked says what that means.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from blackgem.lib.money import CENT, Weight, ZeroWeights, from_units, split, to_units


@dataclass(frozen=True, slots=True)
class Filled:
    """Whole units by place: what each was given, who took its cap, and what nobody could take."""

    given: list[int]
    capped: frozenset[int]
    left: int


def fill(
    total: int,
    pool: Sequence[int],
    caps: Sequence[int | None],
    share: Callable[[int, Sequence[int]], Sequence[int]],
) -> Filled:
    """Fill the places of `pool` up to their caps (None: no cap) with `total` units; the other places are given nothing.

    `share(left, pool)` splits what is left over those places of the pool that are not at their cap.
    """
    given, left, pool = [0] * len(caps), total, list(pool)
    capped: set[int] = set()
    while pool:
        shares = dict(zip(pool, share(left, pool), strict=True))
        over = {i: cap for i in pool if (cap := caps[i]) is not None and shares[i] > cap}
        for i, units in (over or shares).items():
            given[i] = units
            left -= units
        if not over:
            break
        capped |= over.keys()
        pool = [i for i in pool if i not in over]
    return Filled(given, frozenset(capped), left)


def by_weight(weights: Sequence[Weight]) -> Callable[[int, Sequence[int]], list[int]]:
    """The `share` of `fill` that splits whole units by these weights, by largest remainder."""

    def share(left: int, pool: Sequence[int]) -> list[int]:
        if not left:
            return [0] * len(pool)
        return [int(part) for part in split(left, [weights[i] for i in pool], Decimal(1))]

    return share


def cap_units(cap: Decimal | None, unit: Decimal) -> int | None:
    """The whole units within a cap, none where it is below zero; None without a cap."""
    return None if cap is None else max(0, Fraction(cap) // Fraction(unit))


def split_capped(
    total: Decimal, weights: Sequence[Weight], caps: Sequence[Decimal | None], unit: Decimal = CENT
) -> tuple[list[Decimal], Decimal]:
    """Split `total` by weight up to caps: the parts, and what of it nobody can take.

    A negative total is the mirror of its positive. Raises as `split`.
    """
    if not any(weights):
        raise ZeroWeights
    count = to_units(total, unit)
    sign = 1 if count >= 0 else -1
    pool = [i for i, weight in enumerate(weights) if weight]
    filled = fill(abs(count), pool, [cap_units(cap, unit) for cap in caps], by_weight(weights))
    assert sum(filled.given) + filled.left == abs(count), "the parts and what is left over equal the whole"
    return [from_units(sign * units, unit) for units in filled.given], from_units(sign * filled.left, unit)
