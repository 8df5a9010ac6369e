"""What the books of calls say where values are worked out: the app that keeps them registers how to ask it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CallBooks:
    """`called_by(fund_id, day)`: the ids of the calls that bound their partners by a day.

    `excused_by(fund_id, day)`: (commitment, deal) for every partner that was excused from money for a deal by then.
    """

    called_by: Callable[[int, date], set[int]]
    excused_by: Callable[[int, date], set[tuple[int, int]]]


_books: list[CallBooks] = []


def register_call_books(books: CallBooks) -> None:
    """Say who answers."""
    _books[:] = [books]


def call_books() -> CallBooks:
    """Whoever answers."""
    return _books[0]
