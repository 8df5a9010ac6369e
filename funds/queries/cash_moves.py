"""What moved on a fund's accounts by its books, and what is to go out. Each app registers what it posts.

Money in the fund's currency; what comes in is positive. Capital and ledger know nothing of banks: a move is one wire,
with the cash that left or came, without what was withheld or set off.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from blackgem.lib.together import read_together
from funds.models import Fund


@dataclass(frozen=True, slots=True, kw_only=True)
class CashMove:
    """One wire by the books: the row `row_id` of a `kind`. `takes_back` is the row of the same kind that it reverses
    although nothing had left: neither was ever on the account. `address` is the page on which it is taken back."""

    kind: str
    row_id: int
    on: date
    amount: Decimal
    who: str
    what: str
    takes_back: int | None = None
    address: str = ""

    @property
    def key(self) -> tuple[str, int]:
        return self.kind, self.row_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """What is to be paid out and was not, to a partner or, without a `commitment_id`, to the manager: `amount` is
    positive. Those of one `group` may leave as one booking; `due_on` is the first day on which it can have left."""

    kind: str
    row_id: int
    commitment_id: int | None = None
    amount: Decimal
    who: str
    what: str
    group: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CashSource:
    """What one app posts: its moves, and what is payable; of each a query, and what a row of it is, if it is anything.
    `pay` records that these payables of one group went out on a day, by the app's own service, and answers the ids of
    the rows that it wrote. `held` says of payables, by their ids, why they are held; what is not held, or was released,
    is left out."""

    kind: str
    moves: Callable[[Fund], tuple[QuerySet, Callable[[Any], CashMove | None]]]
    payables: Callable[[Fund], tuple[QuerySet, Callable[[Any], Payable | None]]] | None = None
    pay: Callable[..., list[int]] | None = None
    held: Callable[[Collection[int]], dict[int, str]] = lambda row_ids: {}


_SOURCES: dict[str, CashSource] = {}


def register(*sources: CashSource) -> None:
    """Add sources, each under the kind of its moves."""
    _SOURCES.update((source.kind, source) for source in sources)


def moves_of(fund: Fund, *, without: Collection[str] = ()) -> list[CashMove]:
    """Every move of a fund by its books, but for those of some kinds, in the order of their days."""
    found = _read([source.moves(fund) for source in _SOURCES.values() if source.kind not in without])
    return sorted(found, key=lambda move: (move.on, move.kind, move.row_id))


def _read(sources: Sequence[tuple[QuerySet, Callable]]) -> list:
    """What several sources say, by one statement, in the order of the sources."""
    rows = read_together(*(query for query, _ in sources)) if sources else []
    made = [make(row) for (_, make), found in zip(sources, rows, strict=True) for row in found]
    return [one for one in made if one is not None]


def payables_of(fund: Fund) -> list[Payable]:
    """What is to go out of a fund and did not."""
    return _read([source.payables(fund) for source in _SOURCES.values() if source.payables])


def payables_to_partners(fund: Fund) -> list[Payable]:
    """Those of them that go to partners, whose accounts are known."""
    return [one for one in payables_of(fund) if one.commitment_id is not None]


def pay(kind: str, row_ids: Collection[int], **how) -> list[int]:
    """Record that payables of a kind went out. Raises KeyError for a kind of which nothing is payable."""
    paying = _SOURCES[kind].pay
    if paying is None:
        raise KeyError(kind)
    return paying(row_ids=row_ids, **how)


def held_of(payables: Iterable[Payable]) -> dict[tuple[str, int], str]:
    """Why payables are held, by kind and row; what is not held is left out."""
    rows: dict[str, list[int]] = {}
    for one in payables:
        rows.setdefault(one.kind, []).append(one.row_id)
    return {(kind, row): why for kind, ids in rows.items() for row, why in _SOURCES[kind].held(ids).items()}
