"""What each partner owes and gets back by a closing, once distributions that are shared anew are netted in.

A partner that takes over a part of earlier lines owes that capital with interest; what it is given of distributions
made before pays so much of the capital at once, and its interest on that comes off. A partner that gets capital back is
paid what it gives back of distributions by so much less. Money is Decimal in the fund's currency, none below zero.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from blackgem.lib.money import split
from closings.calc.equalise import LineChange
from closings.calc.interest import EqualisationRefused

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Side:
    """`asked` capital and `interest` with premium are owed, of which `set_off` is paid by a part of distributions;
    `refund` and `passed_on` go back, of which `given_back` is paid by what the partner gives of distributions."""

    asked: Decimal = ZERO
    interest: Decimal = ZERO
    set_off: Decimal = ZERO
    refund: Decimal = ZERO
    passed_on: Decimal = ZERO
    given_back: Decimal = ZERO


def lacking(line: LineChange, unit: Decimal) -> dict[Hashable, Decimal]:
    """What each later partner pays of a line that was not paid before: to the fund, and to no earlier partner."""
    pays = {key: delta for key, delta in line.delta.items() if delta > 0}
    lacks = sum(line.reduces_open.values(), ZERO)
    return dict(zip(pays, split(lacks, list(pays.values()), unit), strict=True)) if lacks and pays else {}


def sides_of(
    lines: Iterable[LineChange], shares: Iterable[LineChange], partners: Iterable[Hashable], unit: Decimal
) -> dict[Hashable, Side]:
    """By partner; `shares` are the changes of distributions. Raises EqualisationRefused("side_turns") where a partner's
    part of distributions, or the interest on it, exceeds what it owes earlier partners or gets back from later ones
    beside it: such a deal is left out.
    """
    lines, shares = tuple(lines), tuple(shares)
    to_fund = [lacking(one, unit) for one in lines]
    return {
        key: _side(key, lines, shares, sum((one.get(key, ZERO) for one in to_fund), ZERO)) for key in partners
    }


def _side(key: Hashable, lines: tuple[LineChange, ...], shares: tuple[LineChange, ...], to_fund) -> Side:
    asked = refund = interest = passed_on = set_off = given_back = ZERO
    for one in lines:
        asked += max(one.delta[key], ZERO)
        refund += max(-one.delta[key], ZERO) - one.reduces_open[key]
        interest += max(one.interest[key], ZERO) + max(one.premium[key], ZERO)
        passed_on -= min(one.interest[key], ZERO) + min(one.premium[key], ZERO)
    for one in shares:
        set_off += max(-one.delta[key], ZERO)
        given_back += max(one.delta[key], ZERO)
        interest += min(one.interest[key], ZERO)
        passed_on -= max(one.interest[key], ZERO)
    if set_off > asked - to_fund or given_back > refund or min(interest, passed_on) < 0:
        raise EqualisationRefused(
            "side_turns",
            "More was distributed before than is shared anew of what was called: leave its deal out, or let "
            "distributions stay with those who got them.",
        )
    return Side(asked, interest, set_off, refund, passed_on, given_back)
