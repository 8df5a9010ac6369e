"""The rule of the largest deficit: whole units over claims that carry a residual. Nothing here rounds."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple


class Claim(NamedTuple):
    """A weight above zero, and how many units its holder was given too little (or too much) so far."""

    weight: int
    residual: Fraction


_Rank = tuple[int, int, int]  # deficit, weight, place in the list


def share_out(total: int, claims: Sequence[Claim]) -> list[int]:
    """Each claim's whole units of its deficit (exact share + residual), the odd ones by what is left of it.

    Leftover units go to the largest remaining deficits, ties to the larger weight, then to list order. The
    residuals of a pool that has changed need not cancel out: the whole deficits can then pass the total, and
    units are taken back from the smallest remaining deficits, in the reverse order.
    """
    all_weights = sum(claim.weight for claim in claims)
    scale = lcm(all_weights, *(claim.residual.denominator for claim in claims))
    deficits = [
        total * claim.weight * (scale // all_weights)
        + claim.residual.numerator * (scale // claim.residual.denominator)
        for claim in claims
    ]
    given = [max(0, deficit // scale) for deficit in deficits]
    left = [deficit - units * scale for deficit, units in zip(deficits, given, strict=True)]
    missing = total - sum(given)
    if missing > 0:
        ranks = [(-left[i], -claim.weight, i) for i, claim in enumerate(claims)]
        for i, units in enumerate(_in_turn(missing, ranks, [missing] * len(claims), scale)):
            given[i] += units
    elif missing < 0:
        ranks = [(left[i], claim.weight, -i) for i, claim in enumerate(claims)]
        for i, units in enumerate(_in_turn(-missing, ranks, given, scale)):
            given[i] -= units
    return given


def _in_turn(count: int, ranks: list[_Rank], most: Sequence[int], scale: int) -> list[int]:
    """How many of `count` units each takes, if they go one by one to whoever ranks lowest, and each adds `scale` to the
    rank of its taker, who takes at most so many. `count` is at most the sum of `most`.

    All units below a level of the rank go at once, and the level is searched for: the work does not grow with `count`.
    """

    def taken_below(level: int) -> list[int]:
        return [
            min(limit, max(0, -((rank - level) // scale)))
            for (rank, _, _), limit in zip(ranks, most, strict=True)
        ]

    lowest = min(rank for rank, _, _ in ranks)
    highest = max(rank for rank, _, _ in ranks) + (count + 1) * scale
    while highest - lowest > 1:
        level = (lowest + highest) // 2
        if sum(taken_below(level)) <= count:
            lowest = level
        else:
            highest = level
    taken = taken_below(lowest)
    # What is left goes to whoever stands on that very level: one each.
    on_level = [
        i for i, (rank, _, _) in enumerate(ranks) if rank + taken[i] * scale == lowest and taken[i] < most[i]
    ]
    for i in sorted(on_level, key=lambda i: ranks[i][1:])[: count - sum(taken)]:
        taken[i] += 1
    return taken
