"""A call after partners were excused from it: what they leave is asked of the others, each up to a limit.

An excused partner keeps the part of its first share that it is not excused from. All the rest of the call is split
anew over the others, so that a share may also fall, where the first call was split by another key than the revised one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from blackgem.lib.money import CENT, round_to_unit, split
from capital.calc.capped import split_capped
from capital.calc.keys import KeyRefused, SplitBy, Standing, check_partners
from capital.calc.prorata import Key

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Revision:
    """A call before and after excuses. `limits`: what each of the others may be asked for at most.

    `uncovered` is what of the amount nobody can be asked for.
    """

    first: dict[Key, Decimal]
    revised: dict[Key, Decimal]
    limits: dict[Key, Decimal]
    called: Decimal
    uncovered: Decimal

    @property
    def change(self) -> dict[Key, Decimal]:
        """What is asked for more than before, or less."""
        return {key: self.revised[key] - first for key, first in self.first.items()}


def revise(
    amount: Decimal,
    partners: Sequence[Standing],
    excused: Mapping[Key, Fraction],
    *,
    limit: Fraction = HALF,
    first_key: SplitBy = SplitBy.COMMITMENT,
    revised_key: SplitBy = SplitBy.REMAINING,
    unit: Decimal = CENT,
) -> Revision:
    """Split `amount` again after `excused` (a share of 1: from all of it).

    Nobody is asked for more than remains of its commitment, nor for more than its first share and `limit` of it.
    Raises KeyRefused (`negative_amount`, `unknown_partner`, `share_out_of_range`, `rate_out_of_range`) and ZeroWeights.
    """
    check_partners(amount, partners, excused.keys())
    if any(not 0 < share <= 1 for share in excused.values()):
        raise KeyRefused("share_out_of_range", "A share that is excused is above 0, and 1 at most.")
    if not 0 <= limit <= 1:
        raise KeyRefused("rate_out_of_range", "The limit of a revised call lies between 0 and 1.")
    parts = split(amount, [one.weight(first_key) for one in partners], unit)
    first = {one.key: part for one, part in zip(partners, parts, strict=True)}
    kept = {key: round_to_unit(Fraction(first[key]) * (1 - share), unit) for key, share in excused.items()}
    others = {one.key: one for one in partners if one.key not in excused}
    limits = limits_of(
        {key: first[key] for key in others}, {key: one.remaining for key, one in others.items()}, limit, unit
    )
    weights = {key: one.weight(revised_key) for key, one in others.items()}
    others_parts, uncovered = ask_others(amount - sum(kept.values()), weights, limits, unit=unit)
    asked = kept | others_parts
    return Revision(first, {key: asked[key] for key in first}, limits, amount - uncovered, uncovered)


def limits_of(
    first: Mapping[Key, Decimal], remaining: Mapping[Key, Decimal | None], limit: Fraction, unit: Decimal
) -> dict[Key, Decimal]:
    """What each of the others may be asked for at most: its first part and `limit` of that, and no more than remains of
    its commitment (None: that does not matter)."""
    most = {key: round_to_unit(Fraction(part) * (1 + limit), unit) for key, part in first.items()}
    return {
        key: asked if (left := remaining[key]) is None else min(left, asked) for key, asked in most.items()
    }


def ask_others(
    amount: Decimal, weights: Mapping[Key, Decimal], limits: Mapping[Key, Decimal], *, unit: Decimal = CENT
) -> tuple[dict[Key, Decimal], Decimal]:
    """Split what an excused partner leaves over the others, each up to its limit, and what of it nobody can be asked
    for. Raises ZeroWeights where no commitment of theirs remains."""
    parts, uncovered = split_capped(amount, list(weights.values()), [limits[key] for key in weights], unit)
    return dict(zip(weights, parts, strict=True)), uncovered
