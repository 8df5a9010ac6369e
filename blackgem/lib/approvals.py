"""What waits for a second look, whichever app it belongs to: each app registers its queues, one page shows them all."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import F, Model, QuerySet, Value

from blackgem.lib.checks import Offer
from blackgem.lib.together import read_together
from blackgem.lib.written_once import written_once


@dataclass(frozen=True, slots=True)
class Verb:
    """A decision as a button. `name` is that of its URL, which takes the row's key; `word` stands on the button, and
    `label` before the row's subject is what it is called: "Turn down" the reversal for Acme."""

    name: str
    word: str
    label: str
    tone: str = ""


@dataclass(frozen=True)
class Queue:
    """One kind of request.

    `rows(user)` is the query of those that wait in funds that this person manages, and its own; `marked(rows, user,
    at)` gives each its `subject`, who asked (`asked_by`) and when (`asked_at`), and the `Offer` to `approve` it at this
    moment; `seen(user)` are the same, bare; `waiting(user)` only those that this person may decide, by its id
    and `is_superuser` alone. `template` draws the first cells of a row, under `headings`; those with amounts are
    `numeric`. Where the page of `reject` `asks_why`, its button leads there. `place` orders the queues on the page;
    `noun` and `plural` count them: "capital call to approve".
    """

    key: str
    place: int
    noun: str
    plural: str
    title: str
    headings: tuple[str, ...]
    template: str
    approve: Verb
    rows: Callable[[object], QuerySet]
    marked: Callable[[list, object, datetime], list]
    seen: Callable[[object], QuerySet]
    waiting: Callable[[object], QuerySet]
    reject: Verb | None = None
    asks_why: bool = False
    numeric: tuple[str, ...] = ()
    foot: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of each queue wait for a person; `lines` are those of which any do: key, and in words. `under_way` is
    whether work is, as letters on their way, that this person sees; None where that was not asked."""

    counts: dict[str, int]
    under_way: bool | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def lines(self) -> list[tuple[str, str]]:
        return [
            (one.key, f"{self.counts[one.key]} {one.noun if self.counts[one.key] == 1 else one.plural}")
            for one in queues()
            if self.counts.get(one.key)
        ]


_QUEUES: dict[str, Queue] = {}
#: What is under way that a person sees; at most one says so.
_UNDER_WAY: list[Callable[[object], QuerySet]] = []


def register(queue: Queue) -> None:
    """Add a queue; an app does so when it is ready."""
    _QUEUES[queue.key] = queue


def register_under_way(rows: Callable[[object], QuerySet]) -> None:
    """Say which rows are work under way: every page is told of it, in the statement that counts what waits."""
    _UNDER_WAY[:] = [rows]


def queues() -> list[Queue]:
    """All of them, in their order on the page."""
    return sorted(_QUEUES.values(), key=lambda one: one.place)


def waiting(user) -> Waiting:
    """How much waits for this person, without what only somebody else may approve, and whether anything is under way.
    One statement."""
    found = [key for key, _ in _found(user)]
    return Waiting({one.key: found.count(one.key) for one in queues()}, "" in found)


def waiting_rows(user) -> set[tuple[str, int]]:
    """What waits for this person, each as the key of its queue and its own. One statement."""
    return {(key, pk) for key, pk in _found(user) if key}


def _found(user) -> list[tuple[str, int]]:
    ask = _waiting_for_a_superuser if user.is_superuser else _waiting
    with connection.cursor() as cursor:
        cursor.execute(*ask(user.pk))
        return cursor.fetchall()


@written_once
def _waiting(user_id: int) -> QuerySet:
    return _waiting_for_user(get_user_model()(pk=user_id))


@written_once
def _waiting_for_a_superuser(user_id: int) -> QuerySet:
    return _waiting_for_user(get_user_model()(pk=user_id, is_superuser=True))


def _waiting_for_user(user) -> QuerySet:
    moving = {"": _UNDER_WAY[0](user)} if _UNDER_WAY else {}
    return _tagged({one.key: one.waiting(user) for one in queues()} | moving)


def counted(rows: dict[str, QuerySet]) -> dict[str, int]:
    """How many rows each queue has. One statement."""
    return dict(Counter(key for key, _ in _tagged(rows)))


def all_rows(user, at: datetime) -> dict[str, list]:
    """What waits, by the key of its queue. One statement tells which queues have any, and another reads those."""
    found = {key for key, _ in _tagged({one.key: one.seen(user) for one in queues()})}
    filled = [one for one in queues() if one.key in found]
    rows = read_together(*(one.rows(user) for one in filled)) if filled else []
    marked = {one.key: one.marked(read, user, at) for one, read in zip(filled, rows, strict=True)}
    return {one.key: marked.get(one.key, []) for one in queues()}


def _tagged(rows: dict[str, QuerySet]) -> QuerySet:
    """All of the rows, as the key of their queue and their own."""
    tagged = [
        found.order_by().annotate(queue=Value(key)).values_list("queue", F("pk"))
        for key, found in rows.items()
    ]
    return tagged[0].union(*tagged[1:], all=True)


def waiting_among(rows: dict[str, list]) -> Waiting:
    """The same of rows that were read already, by the key of their queue."""
    return Waiting({key: sum(not row.approve.needs_another for row in found) for key, found in rows.items()})


def marked(
    rows: list, asked_by: str, subject: Callable[[Model], str], approve: Callable[[Model], Offer]
) -> list:
    """Rows, each with its subject in words, who asked and when, and whether it may be approved."""
    for row in rows:
        row.subject = subject(row)
        row.asked_by = getattr(row, asked_by)
        row.asked_at = getattr(row, at_of(asked_by))
        row.approve = approve(row)
    return rows


def at_of(asked_by: str) -> str:
    """The field that says when somebody asked: "requested_at" beside "requested_by"."""
    return f"{asked_by.removesuffix('_by')}_at"
