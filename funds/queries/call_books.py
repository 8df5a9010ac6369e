"""What the books of calls say to the apps below and beside: the app that keeps them registers how to ask it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from blackgem.lib.knowledge import Knowledge
from funds.models import Fund


@dataclass(frozen=True, slots=True)
class CallBooks:
    """`issued(funds, known)`: a query of (fund, call, from which day on it counts) for every call that binds its
    partners, as known at a time.

    `was_called(commitment_id)`: whether a call of a commitment was ever issued, cancelled since or not.

    `room(commitment_id, day)`: the least of a commitment that is unfunded on a day or any later one.

    `excused(funds, known)`: queries of (fund, commitment, deal, from which day on) for every partner that was excused
    from money for a deal.
    """

    was_called: Callable[[int], bool]
    issued: Callable[[Iterable[Fund], Knowledge], QuerySet]
    excused: Callable[[Iterable[Fund], Knowledge], tuple[QuerySet, ...]]
    room: Callable[[int, date], Decimal]


_books: list[CallBooks] = []


def register_call_books(books: CallBooks) -> None:
    """Say who answers."""
    _books[:] = [books]


def call_books() -> CallBooks:
    """Whoever answers."""
    return _books[0]
