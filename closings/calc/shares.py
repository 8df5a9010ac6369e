"""What each partner holds of a line after a closing, by the register after it."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from blackgem.lib.money import split
from capital.calc.prorata import Key
from closings.calc.terms import ZERO, HeldLine, Resplit


def held_after(
    line: HeldLine, register: Mapping[Key, Decimal], newcomers: Collection[Key], unit: Decimal
) -> tuple[dict[Key, Decimal], dict[Key, Decimal]]:
    """What each partner of the register holds of a line after a closing, and what of that is inside its commitment: the
    two are split each by itself. Excused partners keep what they hold. Raises ZeroWeights."""
    inside = line.held if line.inside is None else line.inside
    pool = _pool(line, register, newcomers)
    holds = {key for key, held in line.held.items() if held}
    joining = set(newcomers) - holds if line.resplit == Resplit.FIXED else None
    wholes = [(held, sum((held.get(key, ZERO) for key in pool), ZERO)) for held in (line.held, inside)]
    after, inside_after = (
        {key: held.get(key, ZERO) for key in register}
        | (_shared(total, held, pool, joining, unit) if total and pool else {})
        for held, total in wholes
    )
    for (held, _), shared in zip(wholes, (after, inside_after), strict=True):
        assert sum(shared.values()) == sum(held.values()), (
            "what is held of a line is the line, before and after"
        )
    return after, inside_after


def _pool(line: HeldLine, register: Mapping[Key, Decimal], newcomers: Collection[Key]) -> dict[Key, Decimal]:
    """Who shares in a line, with commitments."""
    if line.resplit == Resplit.KEPT:
        return {}
    pool = {key: weight for key, weight in register.items() if key not in line.excused}
    if line.resplit == Resplit.COMMITMENT:
        return pool
    return {key: weight for key, weight in pool.items() if key in newcomers or line.held.get(key)}


def _shared(
    total: Decimal,
    held: Mapping[Key, Decimal],
    pool: Mapping[Key, Decimal],
    joining: Collection[Key] | None,
    unit: Decimal,
) -> dict[Key, Decimal]:
    """A whole over a pool by commitments; with `joining`, only those take their share, and from each of the others by
    what it holds."""
    shares = dict(zip(pool, split(total, list(pool.values()), unit), strict=True))
    if joining is None:
        return shares
    taken = {key: share for key, share in shares.items() if key in joining}
    holders = {key: held.get(key, ZERO) for key in pool if key not in joining}
    given = split(sum(taken.values(), ZERO), list(holders.values()), unit)
    left = {key: held - part for (key, held), part in zip(holders.items(), given, strict=True)}
    return taken | left
