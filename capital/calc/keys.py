"""The key of a line: by what partners share in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import CENT, Weight, ZeroWeights
from capital.calc.prorata import ExceedsUnfunded, Key, Share, split_call


class SplitBy(StrEnum):
    """What a partner's share in a line is in proportion to; `FIXED`: nothing, every amount is set by a person."""

    COMMITMENT = "commitment"
    REMAINING = "remaining"
    SHARING = "sharing"
    FIXED = "fixed"


class KeyRefused(InvalidInput):
    """Figures of partners with which nothing can be called."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A partner as a call finds it: what it committed, and what of that may still be called."""

    key: Key
    commitment: Decimal
    remaining: Decimal

    def weight(self, split_by: SplitBy) -> Decimal:
        """Its weight by one of its own two figures."""
        return self.remaining if split_by == SplitBy.REMAINING else self.commitment


@dataclass(frozen=True, slots=True)
class NextCall:
    """A call by each key, and what remains of the commitments of those not excused after it was made by remaining."""

    by_commitment: dict[Key, Decimal]
    by_remaining: dict[Key, Decimal]
    by_sharing: dict[Key, Decimal] | None
    remaining_after: dict[Key, Decimal]


def check_partners(
    amount: Decimal, partners: Sequence[Standing], named: Collection[Key], weights: Sequence[Weight] = ()
) -> None:
    """Raise KeyRefused where an amount or a weight is below zero, or somebody named is no partner."""
    figures = [amount, *weights, *(figure for one in partners for figure in (one.commitment, one.remaining))]
    if any(figure < 0 for figure in figures):
        raise KeyRefused("negative_amount", "No amount of a call or of a partner is below zero.")
    if unknown := set(named) - {one.key for one in partners}:
        raise KeyRefused("unknown_partner", f"{', '.join(map(str, sorted(unknown, key=str)))}: no partner.")


def next_call(
    amount: Decimal,
    partners: Sequence[Standing],
    *,
    excused: Collection[Key] = (),
    sharing: Mapping[Key, Weight] | None = None,
    unit: Decimal = CENT,
) -> NextCall:
    """What each partner would be called by each key; by commitment nobody is called more than remains.

    `sharing` holds the partners' shares in a deal. Raises KeyRefused (`negative_amount`, `unknown_partner`,
    `exceeds_remaining`) and ZeroWeights.
    """
    check_partners(amount, partners, {*excused, *(sharing or {})}, list((sharing or {}).values()))
    asked = [one for one in partners if one.key not in excused]
    if not any(one.commitment for one in asked):
        raise ZeroWeights

    def called(weights: Mapping[Key, Weight], caps: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
        shares = [
            Share(one.key, weights.get(one.key, 0), cap=caps.get(one.key), excused=one.key in excused)
            for one in partners
        ]
        return {part.key: part.amount for part in split_call(amount, shares, unit=unit)}

    remaining = {one.key: one.remaining for one in partners}
    try:
        by_commitment = called({one.key: one.commitment for one in partners}, remaining)
    except ExceedsUnfunded as error:
        raise KeyRefused(
            "exceeds_remaining", f"{error.shortfall} more than remains of the commitments."
        ) from error
    by_remaining = called(remaining, {})
    return NextCall(
        by_commitment,
        by_remaining,
        None if sharing is None else called(sharing, {}),
        {one.key: one.remaining - by_remaining[one.key] for one in asked},
    )
