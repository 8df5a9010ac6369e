"""The tiers of a waterfall as an agreement states them, as a side letter changes them, and what contradicts itself.

Rates are fractions per year (0.08 is 8 %), shares are fractions of an amount (carry 0.20, catch-up 1.00).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from blackgem.lib.errors import Problem


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: above `hurdle`, the GP catches up at `catch_up` until it holds `carry` of the profit.

    The hurdle of the first tier is the rate of the preferred return. No catch-up: `catch_up` 0 or = `carry`.
    """

    hurdle: Decimal
    catch_up: Decimal
    carry: Decimal

    @property
    def catches_up(self) -> bool:
        return self.catch_up > self.carry


def tiers_with_letter(
    tiers: Sequence[Tier],
    *,
    hurdle: Decimal | None = None,
    catch_up: Decimal | None = None,
    carry: Decimal | None = None,
) -> tuple[Tier, ...]:
    """The tiers as one partner's side letter changes them; what it leaves out stays.

    `hurdle` replaces the first tier's (the preferred return), `catch_up` and `carry` those of every tier.
    """
    return tuple(
        Tier(
            hurdle=tier.hurdle if hurdle is None or number else hurdle,
            catch_up=tier.catch_up if catch_up is None else catch_up,
            carry=tier.carry if carry is None else carry,
        )
        for number, tier in enumerate(tiers)
    )


def tier_problems(tiers: Sequence[Tier]) -> list[Problem]:
    """Every reason why no waterfall has such tiers; each field reads like `tiers.0.catch_up`.

    Codes: `rate_out_of_range` (a rate or share outside [0, 1], or a carry of 1), `catch_up_below_carry` (0 < catch-up <
    carry: such a GP would never catch up), `tiers_out_of_order` (a hurdle that does not rise from tier to tier, so that
    the tier below it would never pay; or a carry that falls, which is not supported).
    """
    wrong = [problem for number, tier in enumerate(tiers) for problem in _problems_of(number, tier)]
    return wrong or [
        problem
        for number, (below, above) in enumerate(pairwise(tiers), start=1)
        for problem in _problems_between(number, below, above)
    ]


def is_share(rate: Decimal) -> bool:
    """Whether a rate is a number from 0 to 1."""
    return rate.is_finite() and 0 <= rate <= 1


def _problems_of(number: int, tier: Tier) -> Iterator[Problem]:
    named = {"hurdle": tier.hurdle, "catch_up": tier.catch_up, "carry": tier.carry}
    wrong = [name for name, rate in named.items() if not is_share(rate)]
    for name in wrong:
        yield Problem(
            "rate_out_of_range",
            f"The {name.replace('_', '-')} of tier {number + 1} has to lie between 0 and 100 %.",
            f"tiers.{number}.{name}",
        )
    if wrong:
        return
    if tier.carry == 1:
        yield Problem(
            "rate_out_of_range",
            f"The carry of tier {number + 1} has to be less than 100 %.",
            f"tiers.{number}.carry",
        )
    elif 0 < tier.catch_up < tier.carry:
        yield Problem(
            "catch_up_below_carry",
            f"In tier {number + 1} the GP would never catch up: the catch-up has to be more than the carry, "
            "or 0 for none.",
            f"tiers.{number}.catch_up",
        )


def _problems_between(number: int, below: Tier, above: Tier) -> Iterator[Problem]:
    if above.hurdle <= below.hurdle:
        yield Problem(
            "tiers_out_of_order",
            f"Hurdles rise from tier to tier: that of tier {number + 1} ({_percent(above.hurdle)}) has to be more "
            f"than that of tier {number} ({_percent(below.hurdle)}).",
            f"tiers.{number}.hurdle",
        )
    if above.carry < below.carry:
        yield Problem(
            "tiers_out_of_order",
            f"A carried interest that falls from tier to tier is not supported: {_percent(below.carry)} in tier "
            f"{number}, {_percent(above.carry)} in tier {number + 1}.",
            f"tiers.{number}.carry",
        )


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %"
