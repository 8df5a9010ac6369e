"""An account day by day: what the bank says, what the books say, and what explains the difference.

bank balance = ledger cash + payouts that the bank has not booked − receipts that it has not booked
             + what it booked ahead of its day in the books + what was left aside + what is unexplained.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A booked entry. `settled` is what a person or a match made of it: nothing, `ignored`, or what is in the books."""

    key: int
    on: date
    amount: Decimal
    settled: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A wire by the books; `entry` is the booked one that it is, if it is known which."""

    key: tuple[str, int]
    on: date
    amount: Decimal
    what: str = ""
    entry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What stands at the end of a day. `outstanding` and `in_transit` are positive where money went out, or came, by
    the books alone; `unexplained` is what is left of the difference."""

    on: date
    bank: Decimal
    ledger: Decimal
    outstanding: Decimal
    in_transit: Decimal
    ahead: Decimal
    ignored: Decimal
    undecided: Decimal

    @property
    def difference(self) -> Decimal:
        return self.bank - self.ledger

    @property
    def explained(self) -> Decimal:
        return self.outstanding - self.in_transit + self.ahead + self.ignored

    @property
    def unexplained(self) -> Decimal:
        return self.difference - self.explained

    @property
    def is_explained(self) -> bool:
        return not self.unexplained and not self.undecided


@dataclass(slots=True)
class _Sums:
    """What a day adds to each figure."""

    bank: Decimal = ZERO
    ledger: Decimal = ZERO
    outstanding: Decimal = ZERO
    in_transit: Decimal = ZERO
    ahead: Decimal = ZERO
    ignored: Decimal = ZERO
    undecided: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Books:
    """An account: the balance before its first statement and the first day of that, its entries, and its wires."""

    opening: Decimal
    begins: date
    entries: tuple[Booked, ...]
    posted: tuple[Posted, ...]
    by_entry: Mapping[int, Booked] = field(default_factory=dict)


def books_of(opening: Decimal, begins: date, entries: Iterable[Booked], posted: Iterable[Posted]) -> Books:
    entries = tuple(entries)
    return Books(opening, begins, entries, tuple(posted), {entry.key: entry for entry in entries})


def reconcile(books: Books) -> list[Day]:
    """A day for every one on which something moved, in turn; the first is the day on which the statements begin. What
    the books posted before that and no entry is, was on the account before: its opening balance has to be that."""
    changes: dict[date, _Sums] = defaultdict(_Sums)
    changes[books.begins].bank += books.opening
    for entry in books.entries:
        day = changes[entry.on]
        day.bank += entry.amount
        if entry.settled == "ignored":
            day.ignored += entry.amount
        elif not entry.settled:
            day.undecided += abs(entry.amount)
    for one in books.posted:
        _add(changes, books, one)
    running = _Sums()
    found = []
    for on in sorted(changes):
        for name in _Sums.__slots__:
            setattr(running, name, getattr(running, name) + getattr(changes[on], name))
        if on >= books.begins:
            found.append(Day(on=on, **{name: getattr(running, name) for name in _Sums.__slots__}))
    return found


def _add(changes: dict[date, _Sums], books: Books, one: Posted) -> None:
    """A wire stands in the ledger since its day, and waits until the bank books it; or the bank booked it ahead."""
    changes[one.on].ledger += one.amount
    entry = books.by_entry.get(one.entry) if one.entry is not None else None
    if entry is None:
        if one.on >= books.begins:
            _wait(changes[one.on], one.amount)
        return
    if entry.on > one.on:
        _wait(changes[one.on], one.amount)
        _wait(changes[entry.on], one.amount, over=True)
    elif entry.on < one.on:
        changes[entry.on].ahead += one.amount
        changes[one.on].ahead -= one.amount


def _wait(day: _Sums, amount: Decimal, *, over: bool = False) -> None:
    sign = -1 if over else 1
    if amount < 0:
        day.outstanding -= sign * amount
    else:
        day.in_transit += sign * amount


def day_at(days: list[Day], on: date) -> Day | None:
    """What stood at the end of a day: as after the last move before it; None before the statements begin."""
    found = None
    for day in days:
        if day.on > on:
            break
        found = day
    return found


def waiting_at(books: Books, on: date) -> list[Posted]:
    """The wires of the books that the bank had not booked by the end of a day, oldest first."""
    waits = []
    for one in books.posted:
        entry = books.by_entry.get(one.entry) if one.entry is not None else None
        if one.on <= on and (entry.on > on if entry else one.on >= books.begins):
            waits.append(one)
    return waits


def open_at(books: Books, on: date) -> list[Booked]:
    """The entries that nobody had settled, or that were left aside, of those booked by the end of a day."""
    return [entry for entry in books.entries if entry.on <= on and entry.settled in ("", "ignored")]


def ahead_at(books: Books, on: date) -> list[Posted]:
    """The wires that the bank had booked by the end of a day, and the books date later."""
    found = []
    for one in books.posted:
        entry = books.by_entry.get(one.entry) if one.entry is not None else None
        if entry and entry.on <= on < one.on:
            found.append(one)
    return found
