"""Splitting a capital call over the partners, so that rounding never drifts from call to call.

What each partner is called is its exact share of the call plus its rounding residual of earlier calls, in
whole cents. The residual is all that is carried forward: never the effect of an excuse, a late closing or an
amount that a person set. With an unchanged pool this is the cumulative form: after every call each partner
stands at its exact share of all that was called (to less than a cent, as long as its share of each call is a
cent or more), and exactly at its commitment once 100 % is called. Nobody is ever called a negative cent, which
plain largest remainders on the cumulative amount can do (the Alabama paradox).

Money is Decimal in the fund's currency, counted in whole units (cents); residuals are exact fractions of it.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm
from typing import NoReturn

from blackgem.lib.money import (
    CENT,
    MoneyError,
    Weight,
    ZeroWeights,
    as_integers,
    from_units,
    to_units,
    whole_weights,
)
from capital.calc.capped import cap_units, fill
from capital.calc.deficits import Claim, share_out

Key = Hashable


class Basis(StrEnum):
    """How a partner's part came about. Only what is pro rata carries a rounding residual."""

    PRO_RATA = "pro_rata"
    EDITED = "edited"
    CAPPED = "capped"
    EXCUSED = "excused"


class ProrataError(ValueError):
    """A split that cannot be made. `keys` are the partners that it is about."""

    code = "call.cannot_be_split"

    def __init__(self, message: str, *, keys: Iterable[Key] = ()) -> None:
        super().__init__(message)
        self.keys = tuple(keys)


class ExceedsUnfunded(ProrataError):
    """The call asks for `shortfall` more than the partners `keys` have left unfunded."""

    code = "call.exceeds_uncalled"

    def __init__(self, keys: Iterable[Key], shortfall: Decimal) -> None:
        super().__init__(f"{shortfall} more than is unfunded", keys=keys)
        self.shortfall = shortfall


class ItemsDoNotAddUp(ProrataError):
    """Amounts set by a person leave `difference` (total minus amounts) that nobody is there to take."""

    code = "call.items_do_not_add_up"

    def __init__(self, difference: Decimal) -> None:
        super().__init__(f"the amounts miss the total by {difference}")
        self.difference = difference


@dataclass(frozen=True, slots=True)
class Share:
    """A partner's claim on a part of a total.

    `weight` is what the line is split by, `residual` its rounding residual so far, `cap` what it has unfunded (None: no
    limit), `fixed` an amount that a person set. An excused partner takes nothing.
    """

    key: Key
    weight: Weight
    residual: Fraction = Fraction(0)
    cap: Decimal | None = None
    fixed: Decimal | None = None
    excused: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What a partner is called, and why it is that amount."""

    key: Key
    amount: Decimal
    basis: Basis


@dataclass(frozen=True, slots=True)
class PastPart:
    """A part of an earlier line, with the weight that it was worked out from."""

    key: Key
    weight: Decimal
    amount: Decimal
    basis: str


# ---------------------------------------------------------------- one amount


def split_call(total: Decimal, shares: Sequence[Share], *, unit: Decimal = CENT) -> list[Part]:
    """Split `total` over `shares` in whole units, in their order; the parts add up to it exactly.

    Excused partners and fixed amounts leave the pool first. A partner whose part would pass its cap is called
    its cap and leaves the pool, and the rest is split again. Raises ExceedsUnfunded, ItemsDoNotAddUp,
    ZeroWeights, and MoneyError if `total` is no whole number of units or a fixed amount is negative.
    """
    asked = to_units(total, unit)
    settled = {i: part for i, share in enumerate(shares) if (part := _settled_part(share))}
    _check_fixed(shares, unit)
    left = asked - sum(to_units(part.amount, unit) for part in settled.values())
    if asked < 0 or left < 0 or (left and len(settled) == len(shares)):
        raise ItemsDoNotAddUp(from_units(left, unit))
    pool = [i for i in range(len(shares)) if i not in settled]
    pooled = dict(zip(pool, _split_pool(left, [shares[i] for i in pool], unit), strict=True))
    parts = [settled.get(i) or pooled[i] for i in range(len(shares))]
    assert sum(to_units(part.amount, unit) for part in parts) == asked, "the parts of a call equal the call"
    return parts


def _settled_part(share: Share) -> Part | None:
    """The part of a partner that stands outside the pool."""
    if share.excused:
        return Part(share.key, Decimal("0.00"), Basis.EXCUSED)
    if share.fixed is not None:
        return Part(share.key, share.fixed, Basis.EDITED)
    return None


def _check_fixed(shares: Sequence[Share], unit: Decimal) -> None:
    """Amounts set by a person are zero or more, and within the cap."""
    excess: dict[Key, int] = {}
    for share in shares:
        if share.fixed is None or share.excused:
            continue
        units, cap = to_units(share.fixed, unit), cap_units(share.cap, unit)
        if units < 0:
            raise MoneyError("amount.min_value", "An amount that is called cannot be negative.")
        if cap is not None and units > cap:
            excess[share.key] = units - cap
    if excess:
        raise ExceedsUnfunded(excess, from_units(sum(excess.values()), unit))


def _split_pool(left: int, shares: Sequence[Share], unit: Decimal) -> list[Part]:
    """Split `left` units over partners of whom nothing is set yet, each up to its cap."""
    claims = _claims(shares, unit)
    filled = fill(
        left,
        [i for i, claim in enumerate(claims) if claim.weight],
        [cap_units(share.cap, unit) for share in shares],
        lambda units, pool: share_out(units, [claims[i] for i in pool]),
    )
    if filled.left:
        _refuse_pool([shares[i].key for i in sorted(filled.capped)], from_units(filled.left, unit))
    return [
        Part(share.key, from_units(units, unit), Basis.CAPPED if i in filled.capped else Basis.PRO_RATA)
        for i, (share, units) in enumerate(zip(shares, filled.given, strict=True))
    ]


def _refuse_pool(capped: Sequence[Key], shortfall: Decimal) -> NoReturn:
    """Nobody is left in the pool: all are at their cap, or nobody had a weight."""
    if capped:
        raise ExceedsUnfunded(capped, shortfall)
    raise ZeroWeights


def _claims(shares: Sequence[Share], unit: Decimal) -> list[Claim]:
    weights = whole_weights([share.weight for share in shares])
    units = 1 / Fraction(unit)
    return [Claim(weight, share.residual * units) for weight, share in zip(weights, shares, strict=True)]


# ---------------------------------------------------------------- the residual of earlier lines


def residuals(history: Iterable[Sequence[PastPart]]) -> dict[Key, Fraction]:
    """Each partner's rounding residual over `history`, whose entries are the parts of one past line each.

    Per line, over its own pro-rata pool: the partner's exact share minus what it was called; nothing for a
    part that was edited, capped or excused. Exact, in the fund's currency; positive where it was called too
    little.
    """
    by_denominator: dict[int, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
    for line in history:
        pool = [part for part in line if part.basis == Basis.PRO_RATA]
        weights = whole_weights([part.weight for part in pool])
        amounts, scale = as_integers([part.amount for part in pool])
        all_weights, called = sum(weights), sum(amounts)
        if all_weights:
            owed = by_denominator[all_weights * scale]
            for part, weight, amount in zip(pool, weights, amounts, strict=True):
                owed[part.key] += called * weight - amount * all_weights
    return _sum_fractions(by_denominator)


def _sum_fractions(by_denominator: Mapping[int, Mapping[Key, int]]) -> dict[Key, Fraction]:
    """One fraction per key, added over a common denominator, which spares a long reduction per addend."""
    common = lcm(*by_denominator)
    sums: dict[Key, int] = defaultdict(int)
    for denominator, numerators in by_denominator.items():
        factor = common // denominator
        for key, numerator in numerators.items():
            sums[key] += numerator * factor
    return {key: Fraction(total, common) for key, total in sums.items()}


# ---------------------------------------------------------------- a call with several lines


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a call: its amount, who is excused from it, and the amounts that a person set on it.

    A line that does not reduce the unfunded commitment has no cap. `weights` are what it is split by, where that is
    something else than the partners' own weights; `by_hand`: nothing, and who has no amount on it owes nothing.
    """

    key: Key
    amount: Decimal
    reduces_unfunded: bool = True
    excused: Collection[Key] = frozenset()
    fixed: Mapping[Key, Decimal] = field(default_factory=dict)
    weights: Mapping[Key, Decimal] | None = None
    by_hand: bool = False

    def weight_of(self, partner: "Partner") -> Decimal:
        """What a partner's share in this line is in proportion to."""
        return partner.weight if self.weights is None else self.weights.get(partner.key, Decimal(0))


@dataclass(frozen=True, slots=True)
class Partner:
    """A participating commitment: its amount as `weight`, its residual so far, and what it has unfunded."""

    key: Key
    weight: Decimal
    residual: Fraction = Fraction(0)
    unfunded: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineParts:
    """A line, split: one part per partner, in the partners' order."""

    key: Key
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class CallSplit:
    """A call, split: its parts add up to each line, and through `items` to each partner and to the call."""

    lines: tuple[LineParts, ...]

    @property
    def items(self) -> dict[Key, Decimal]:
        """What each partner is called in all."""
        items: dict[Key, Decimal] = {}
        for line in self.lines:
            for part in line.parts:
                items[part.key] = items.get(part.key, Decimal("0.00")) + part.amount
        return items

    @property
    def total(self) -> Decimal:
        """What the call asks for in all."""
        return sum(self.items.values(), Decimal("0.00"))


def split_lines(lines: Sequence[Line], partners: Sequence[Partner], *, unit: Decimal = CENT) -> CallSplit:
    """Split a call line by line, as a series: residual and unfunded commitment run on from line to line.

    Raises as `split_call`; ExceedsUnfunded names the whole shortfall where the call as such asks too much.
    """
    _check_capacity(lines, partners)
    now = list(partners)
    done = []
    for line in lines:
        parts = split_call(line.amount, [_share(partner, line) for partner in now], unit=unit)
        now = _after(line, now, parts)
        done.append(LineParts(line.key, tuple(parts)))
    split = CallSplit(tuple(done))
    assert split.total == sum(line.amount for line in lines), "the items of a call equal its lines"
    return split


def _share(partner: Partner, line: Line) -> Share:
    return Share(
        partner.key,
        line.weight_of(partner),
        residual=partner.residual,
        cap=partner.unfunded if line.reduces_unfunded else None,
        fixed=line.fixed.get(partner.key),
        excused=partner.key in line.excused,
    )


def _after(line: Line, partners: Sequence[Partner], parts: Sequence[Part]) -> list[Partner]:
    """The partners as they stand after a line."""
    past = [
        PastPart(part.key, line.weight_of(partner), part.amount, part.basis)
        for partner, part in zip(partners, parts, strict=True)
    ]
    change = residuals([past])
    return [
        replace(
            partner,
            residual=partner.residual + change.get(partner.key, 0),
            unfunded=_less(partner.unfunded, part.amount) if line.reduces_unfunded else partner.unfunded,
        )
        for partner, part in zip(partners, parts, strict=True)
    ]


def _less(unfunded: Decimal | None, amount: Decimal) -> Decimal | None:
    return None if unfunded is None else unfunded - amount


def _check_capacity(lines: Sequence[Line], partners: Sequence[Partner]) -> None:
    room = [max(partner.unfunded, Decimal(0)) for partner in partners if partner.unfunded is not None]
    asked = sum((line.amount for line in lines if line.reduces_unfunded), Decimal("0.00"))
    if len(room) == len(partners) and asked > sum(room):
        raise ExceedsUnfunded((partner.key for partner in partners), asked - sum(room))
