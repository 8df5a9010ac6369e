"""Amounts that a person set, fitted into a call that was split pro rata.

An edit changes the partner that it names, on that partner's own lines, in proportion to what it was called on each. On
every line only the difference is spread, in whole units, over the others of that line, by their commitments: an edit by
δ moves nobody by more than its share of δ, rounded to a unit on each line. Who is excused from a line stays out of it.

Where everybody's amount on a line is set, nobody is left to take a difference there: it is then moved between the lines
of those whose amount was set in all, so that every line and every partner still adds up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from blackgem.lib.money import CENT, MoneyError, from_units, split, to_units
from capital.calc.prorata import (
    Basis,
    CallSplit,
    ExceedsUnfunded,
    ItemsDoNotAddUp,
    Key,
    Line,
    LineParts,
    Part,
    Partner,
    split_lines,
)


def split_edited(
    lines: Sequence[Line],
    partners: Sequence[Partner],
    items: Mapping[Key, Decimal],
    *,
    unit: Decimal = CENT,
) -> CallSplit:
    """Split a call pro rata and fit in what a person set: `items` in all, `Line.fixed` on a line, never both.

    Raises as `split_lines`, ItemsDoNotAddUp where nobody is left to take the difference, and MoneyError for a negative
    amount.
    """
    if any(amount < 0 for amount in [*items.values(), *(a for line in lines for a in line.fixed.values())]):
        raise MoneyError("amount.min_value", "An amount that is called cannot be negative.")
    base = _pro_rata(lines, partners, items, unit)
    if not items and not any(line.fixed for line in lines):
        return base
    return _Fitting(lines, partners, items, base, unit).fit()


def _pro_rata(lines, partners, items, unit) -> CallSplit:
    """The call without edits. Caps bind those whose amounts it decides: with none of them left, it has none."""
    plain = [replace(line, fixed={}) for line in lines]
    try:
        return split_lines(plain, partners, unit=unit)
    except ExceedsUnfunded:
        if any(p.key not in items and any(p.key not in line.fixed for line in lines) for p in partners):
            raise
        return split_lines(plain, [replace(partner, unfunded=None) for partner in partners], unit=unit)


@dataclass
class _Fitting:
    """The parts of a call in whole units, by line and partner, while edits are fitted in."""

    lines: Sequence[Line]
    partners: Sequence[Partner]
    items: Mapping[Key, Decimal]
    base: CallSplit
    unit: Decimal

    def __post_init__(self) -> None:
        self.grid = [
            {part.key: to_units(part.amount, self.unit) for part in one.parts} for one in self.base.lines
        ]
        self.limited: set[tuple[int, Key]] = set()

    def fit(self) -> CallSplit:
        for index, line in enumerate(self.lines):
            for key, amount in line.fixed.items():
                self.grid[index][key] = to_units(amount, self.unit)
        for key, amount in self.items.items():
            self._set_item(key, to_units(amount, self.unit))
        self._check_sum()
        self._move_between_lines()
        for index in range(len(self.lines)):
            self._spread(index, self._gap(index))
        return CallSplit(
            tuple(
                LineParts(one.key, tuple(self._part(index, part) for part in one.parts))
                for index, one in enumerate(self.base.lines)
            )
        )

    def _set_item(self, key: Key, units: int) -> None:
        """Change a partner's amount on its own lines, by what it was called on each."""
        own = [i for i, line in enumerate(self.lines) if key not in line.excused]
        weights = [self.grid[i][key] for i in own]
        if not any(weights):
            weights = [to_units(self.lines[i].amount, self.unit) for i in own]
        change = units - sum(self.grid[i][key] for i in own)
        if change and not any(weights):
            raise ItemsDoNotAddUp(from_units(-change, self.unit))
        for i, share in zip(own, _shares(change, weights), strict=True):
            self.grid[i][key] += share

    def _check_sum(self) -> None:
        """Where everybody's amounts are set, they are the call."""
        lines = range(len(self.lines))
        missing = sum(map(self._gap, lines))
        if missing and not any(map(self._pool, lines)):
            raise ItemsDoNotAddUp(from_units(missing, self.unit))

    # -- what is left to be taken by others

    def _gap(self, index: int) -> int:
        """What a line's parts miss of its amount."""
        return to_units(self.lines[index].amount, self.unit) - sum(self.grid[index].values())

    def _pool(self, index: int) -> list[Partner]:
        """Those of a line of whom nothing is set."""
        line = self.lines[index]
        settled = {*line.excused, *line.fixed, *self.items}
        return [one for one in self.partners if one.weight and one.key not in settled]

    def _spread(self, index: int, gap: int) -> None:
        """Give a difference to the pool of its line, or take it from it, by weight, between zero and the caps."""
        pool = self._pool(index)
        sign = 1 if gap > 0 else -1
        while gap:
            if not pool:
                self._refuse(index, gap)
            shares = _shares(gap, [one.weight for one in pool])
            rooms = [self._room(index, one, sign) for one in pool]
            full = {
                one.key: sign * room
                for one, share, room in zip(pool, shares, rooms, strict=True)
                if room is not None and abs(share) > room
            }
            given = full or {one.key: share for one, share in zip(pool, shares, strict=True)}
            for key, units in given.items():
                self.grid[index][key] += units
                gap -= units
            self.limited |= {(index, key) for key in full}
            pool = [one for one in pool if one.key not in full]

    def _room(self, index: int, partner: Partner, sign: int) -> int | None:
        """How many units a partner can take on a line, or give up; None without a limit."""
        if sign < 0:
            return self.grid[index][partner.key]
        if partner.unfunded is None or not self.lines[index].reduces_unfunded:
            return None
        taken = sum(
            parts[partner.key]
            for parts, line in zip(self.grid, self.lines, strict=True)
            if line.reduces_unfunded
        )
        return max(0, Fraction(partner.unfunded) // Fraction(self.unit) - taken)

    def _refuse(self, index: int, gap: int) -> None:
        left, pool = from_units(gap, self.unit), self._pool(index)
        if pool and gap > 0:
            raise ExceedsUnfunded([one.key for one in pool], left)
        raise ItemsDoNotAddUp(left)

    # -- where nobody is left on a line

    def _move_between_lines(self) -> None:
        """Empty the differences of lines on which all is set into other lines, by way of those set in all."""
        if not self.items:
            return
        closed = [i for i in range(len(self.lines)) if not self._pool(i)]
        while wanting := [i for i in closed if self._gap(i) > 0]:
            self._carry(wanting[0], self._can_take_from, lambda i: i not in closed or self._gap(i) < 0, 1)
        while surplus := [i for i in closed if self._gap(i) < 0]:
            self._carry(surplus[0], self._can_give_to, lambda i: i not in closed or self._gap(i) > 0, -1)

    def _carry(
        self, start: int, reach: Callable[[int, int], int], is_end: Callable[[int], bool], sign: int
    ) -> None:
        """Move units along the shortest way from a line to one that can do with the difference."""
        way = self._way(start, reach, is_end)
        if not way:
            raise ItemsDoNotAddUp(from_units(self._gap(start), self.unit))
        hops = list(pairwise(way))
        units = min([abs(self._gap(start)), *(reach(*hop) for hop in hops)])
        if (end := self._gap(way[-1])) * sign < 0:
            units = min(units, abs(end)) if not self._pool(way[-1]) else units
        for here, there in hops:
            taken_from, given_to = (there, here) if sign > 0 else (here, there)
            self._move(taken_from, given_to, units)

    def _way(self, start: int, reach: Callable[[int, int], int], is_end: Callable[[int], bool]) -> list[int]:
        ways, seen = [[start]], {start}
        for way in ways:
            for there in range(len(self.lines)):
                if there not in seen and reach(way[-1], there):
                    if is_end(there):
                        return [*way, there]
                    seen.add(there)
                    ways.append([*way, there])
        return []

    def _can_take_from(self, here: int, there: int) -> int:
        return sum(self._movable(there, here).values())

    def _can_give_to(self, here: int, there: int) -> int:
        return sum(self._movable(here, there).values())

    def _movable(self, taken_from: int, given_to: int) -> dict[Key, int]:
        """The units on one line of those set in all who are not excused from the other."""
        excused = {*self.lines[given_to].excused, *self.lines[taken_from].excused}
        return {key: self.grid[taken_from][key] for key in self.items if key not in excused}

    def _move(self, taken_from: int, given_to: int, units: int) -> None:
        movable = self._movable(taken_from, given_to)
        for key, share in zip(movable, _shares(units, list(movable.values())), strict=True):
            self.grid[taken_from][key] -= share
            self.grid[given_to][key] += share

    # -- the answer

    def _part(self, index: int, part: Part) -> Part:
        amount = from_units(self.grid[index][part.key], self.unit)
        return Part(part.key, amount, self._basis(index, part))

    def _basis(self, index: int, part: Part) -> Basis:
        if part.key in self.lines[index].fixed or (part.key in self.items and part.basis != Basis.EXCUSED):
            return Basis.EDITED
        return Basis.CAPPED if (index, part.key) in self.limited else part.basis


def _shares(units: int, weights: Sequence[Decimal | int]) -> list[int]:
    """Whole units by weight, by largest remainder."""
    if not units:
        return [0] * len(weights)
    return [int(share) for share in split(Decimal(units), weights, Decimal(1))]
