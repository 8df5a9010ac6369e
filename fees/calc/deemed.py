"""A call after a waiver: the GP counts as having paid its share from what the manager waived, and the partners who were
spared the fee pay it for the GP."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from blackgem.lib.money import CENT, split
from capital.calc.prorata import Key
from fees.calc.terms import ZERO


@dataclass(frozen=True, slots=True)
class DeemedCall:
    """A call by commitments. `deemed`: what the GP counts as having paid; `for_gp`: who pays it instead."""

    share: dict[Key, Decimal]
    deemed: Decimal
    for_gp: dict[Key, Decimal]
    gp: Key | None

    @property
    def gp_cash(self) -> Decimal:
        return ZERO if self.gp is None else self.share[self.gp] - self.deemed

    @property
    def lps_cash(self) -> Decimal:
        return sum(self.share.values(), ZERO) - self.gp_cash


def deem(
    amount: Decimal,
    commitments: Mapping[Key, Decimal],
    gp: Key | None,
    waived: Mapping[Key, Decimal],
    used: Decimal,
    unit: Decimal = CENT,
) -> DeemedCall:
    """Split a call; `waived` is what each partner was spared so far, `used` what of that earlier calls took.

    Raises ZeroWeights.
    """
    share = dict(zip(commitments, split(amount, list(commitments.values()), unit), strict=True))
    left = sum(waived.values(), ZERO) - used
    deemed = ZERO if gp is None else min(left, share.get(gp, ZERO))
    spared = {key: part for key, part in waived.items() if part}
    parts = split(deemed, list(spared.values()), unit) if deemed else []
    return DeemedCall(
        share, deemed, dict(zip(spared, parts, strict=True)) if deemed else {}, gp if gp in share else None
    )
