"""What the books of calls say to the apps below and beside: the app that keeps them registers how to ask it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from blackgem.lib.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class CallBooks:
    """`called_by(fund_id, day, known)`: the ids of the calls that bound their partners by a day, as known at a time.

    `was_called(commitment_id)`: whether a call of a commitment was ever issued, cancelled since or not.

    `room(commitment_id, day)`: the least of a commitment that is unfunded on a day or any later one.

    `excused_by(fund_id, day, known)`: (commitment, deal) for every partner that was excused from money for a deal.
    """

    was_called: Callable[[int], bool]
    called_by: Callable[[int, date, Knowledge], set[int]]
    excused_by: Callable[[int, date, Knowledge], set[tuple[int, int]]]
    room: Callable[[int, date], Decimal]


_books: list[CallBooks] = []


def register_call_books(books: CallBooks) -> None:
    """Say who answers."""
    _books[:] = [books]


def call_books() -> CallBooks:
    """Whoever answers."""
    return _books[0]
