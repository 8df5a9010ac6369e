"""Amounts that a person set, fitted into a call that was split pro rata.

An edit changes the partner that it names, on that partner's own lines, in proportion to what it was called on each. On
every line only the difference is spread, in whole units, over the others of that line, by its key: an edit by δ moves
nobody by more than its share of δ, rounded to a unit on each line. Who is excused from a line stays out of it.

Where nobody is left on a line to take a difference, or they hold too little there to give up, it is moved between the
lines of those whose amount was set in all, so that every line and every partner still adds up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from blackgem.lib.money import CENT, MoneyError, from_units, to_units
from capital.calc.capped import by_weight, cap_units, fill
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

    Raises as `split_lines`, ItemsDoNotAddUp where no parts add up to it, MoneyError for amounts below zero.
    """
    if any(amount < 0 for amount in [*items.values(), *(a for line in lines for a in line.fixed.values())]):
        raise MoneyError("amount.min_value", "An amount that is called cannot be negative.")
    base = _unedited(lines, partners, items, unit)
    if not items and not any(line.fixed or line.by_hand for line in lines):
        return base
    return _Fitting(lines, partners, items, base, unit).fit()


def _unedited(lines, partners, items, unit) -> CallSplit:
    """The call without edits: nothing yet on a line whose amounts are all set by a person."""
    shared = {
        one.key: one
        for one in _pro_rata([one for one in lines if not one.by_hand], partners, items, unit).lines
    }
    return CallSplit(tuple(shared.get(line.key) or _nothing_yet(line, partners) for line in lines))


def _nothing_yet(line: Line, partners: Sequence[Partner]) -> LineParts:
    bases = [Basis.EXCUSED if one.key in line.excused else Basis.EDITED for one in partners]
    parts = (Part(one.key, Decimal("0.00"), basis) for one, basis in zip(partners, bases, strict=True))
    return LineParts(line.key, tuple(parts))


def _pro_rata(lines, partners, items, unit) -> CallSplit:
    """The lines that are shared, without edits. Caps bind those whose amounts it decides: none left, no cap."""
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
        if line.by_hand:
            return []
        settled = {*line.excused, *line.fixed, *self.items}
        return [one for one in self.partners if line.weight_of(one) and one.key not in settled]

    def _spread(self, index: int, gap: int) -> None:
        """Give a difference to the pool of its line, or take it from it, by weight, between zero and the caps."""
        pool = self._pool(index)
        sign = 1 if gap > 0 else -1
        rooms = [self._room(index, one, sign) for one in pool]
        weights = [self.lines[index].weight_of(one) for one in pool]
        filled = fill(abs(gap), range(len(pool)), rooms, by_weight(weights))
        if filled.left:
            self._refuse(index, sign * filled.left)
        for one, units in zip(pool, filled.given, strict=True):
            self.grid[index][one.key] += sign * units
        self.limited |= {(index, pool[i].key) for i in filled.capped}

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
        return max(0, (cap_units(partner.unfunded, self.unit) or 0) - taken)

    def _refuse(self, index: int, gap: int) -> None:
        left, pool = from_units(gap, self.unit), self._pool(index)
        if pool and gap > 0:
            raise ExceedsUnfunded([one.key for one in pool], left)
        raise ItemsDoNotAddUp(left)

    # -- where too little is left on a line

    def _stuck(self, index: int) -> int:
        """What of a line's gap the others there cannot take (above zero) or give up (below zero)."""
        gap = self._gap(index)
        if gap > 0:
            return 0 if self._pool(index) else gap
        return min(0, gap + self._held(index))

    def _held(self, index: int) -> int:
        return sum(self.grid[index][one.key] for one in self._pool(index))

    def _capacity(self, index: int, sign: int) -> int | None:
        """By how many units a line's gap may rise (1) or fall (-1) without being stuck; None without a limit."""
        if sign > 0 and self._pool(index):
            return None
        return max(0, self._gap(index) * -sign + (self._held(index) if sign < 0 else 0))

    def _move_between_lines(self) -> None:
        """Move what is stuck on a line into other lines, by way of those set in all."""
        lines = range(len(self.lines))
        while stuck := [i for i in lines if self._stuck(i)] if self.items else []:
            self._carry(stuck[0])

    def _carry(self, start: int) -> None:
        """Move units along the shortest way from a line to one that can do with the difference."""
        stuck = self._stuck(start)
        sign = 1 if stuck > 0 else -1
        way = self._way(start, sign)
        if not way:
            raise ItemsDoNotAddUp(from_units(stuck, self.unit))
        hops = list(pairwise(way))
        units = min([abs(stuck), *(self._reach(*hop, sign) for hop in hops)])
        if (capacity := self._capacity(way[-1], sign)) is not None:
            units = min(units, capacity)
        for here, there in hops:
            self._move(*self._direction(here, there, sign), units)

    def _way(self, start: int, sign: int) -> list[int]:
        ways, seen = [[start]], {start}
        for way in ways:
            for there in range(len(self.lines)):
                if there not in seen and self._reach(way[-1], there, sign):
                    if self._capacity(there, sign) != 0:
                        return [*way, there]
                    seen.add(there)
                    ways.append([*way, there])
        return []

    def _reach(self, here: int, there: int, sign: int) -> int:
        """How many units can move from `there` to `here` (1), or back (-1)."""
        return sum(self._movable(*self._direction(here, there, sign)).values())

    @staticmethod
    def _direction(here: int, there: int, sign: int) -> tuple[int, int]:
        """The line that is taken from, and the one that is given to."""
        return (there, here) if sign > 0 else (here, there)

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
    """Whole units by weight, mirrored where they are taken away."""
    shares = by_weight(weights)(abs(units), range(len(weights)))
    return [share if units > 0 else -share for share in shares]
