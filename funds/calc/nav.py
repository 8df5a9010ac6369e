"""What a net asset value is worth to each partner."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from blackgem.lib.money import CENT, ZeroWeights, split

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Nav:
    """A partner's share of the fund's net asset value on a day, in the fund's currency."""

    on: date
    amount: Decimal


def share_nav(amount: Decimal, paid_in: Mapping[Key, Decimal], unit: Decimal = CENT) -> dict[Key, Decimal]:
    """A fund's NAV by what each partner had paid in, before carried interest: in whole units, and adding up.

    Empty where nobody had paid anything.
    """
    try:
        return dict(zip(paid_in, split(amount, list(paid_in.values()), unit), strict=True))
    except ZeroWeights:
        return {}
