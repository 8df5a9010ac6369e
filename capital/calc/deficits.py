"""The rule of the largest deficit: whole units over claims that carry a residual. Nothing here rounds."""

from collections.abc import Sequence
from fractions import Fraction
from heapq import heapify, heappop, heapreplace
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
    _hand_out(missing, given, [(-left[i], -claim.weight, i) for i, claim in enumerate(claims)], scale)
    _take_back(-missing, given, [(left[i], claim.weight, -i) for i, claim in enumerate(claims)], scale)
    return given


def _hand_out(count: int, given: list[int], ranks: list[_Rank], scale: int) -> None:
    """Give `count` units one by one to whoever ranks first; each takes `scale` off the deficit behind it."""
    heapify(ranks)
    for _ in range(count):
        rank, weight, i = ranks[0]
        given[i] += 1
        heapreplace(ranks, (rank + scale, weight, i))


def _take_back(count: int, given: list[int], ranks: list[_Rank], scale: int) -> None:
    """Take `count` units one by one from whoever ranks first and still has one."""
    ranks = [rank for rank in ranks if given[-rank[2]]]
    heapify(ranks)
    for _ in range(count):
        rank, weight, minus_i = ranks[0]
        given[-minus_i] -= 1
        if given[-minus_i]:
            heapreplace(ranks, (rank + scale, weight, minus_i))
        else:
            heappop(ranks)
