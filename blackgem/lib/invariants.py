"""Sentences that are always true of the rows, each with the query that finds the rows for which it is not.

An app keeps them in its `invariants` folder, one file each: the sentence as a comment, then one SELECT that must return
nothing. They read whole tables and trust no view, no rail and no service, so that they can prove all of these.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.db import connections, transaction

SHOWN = 20


@dataclass(frozen=True)
class Invariant:
    """`name` is its file's, `sentence` what it claims, `query` finds what contradicts it."""

    name: str
    sentence: str
    query: str


@dataclass(frozen=True)
class Finding:
    """What a query found: how many rows contradict the sentence, the first of them, and how many seconds it took."""

    invariant: Invariant
    count: int
    rows: tuple[dict, ...]
    seconds: float


def invariants() -> list[Invariant]:
    """Of every installed app, in the order of their names."""
    files = [path for app in apps.get_app_configs() for path in (Path(app.path) / "invariants").glob("*.sql")]
    return [read(path) for path in sorted(files, key=lambda path: path.stem)]


def read(path: Path) -> Invariant:
    lines = path.read_text().splitlines()
    comment = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    query = "\n".join(line for line in lines if not line.startswith("--"))
    return Invariant(path.stem, " ".join(comment), query.strip().rstrip(";"))


def sweep(*, using: str = "default") -> Iterator[Finding]:
    """Ask every query, in the transaction under way."""
    with connections[using].cursor() as cursor:
        for invariant in invariants():
            yield ask(cursor, invariant)


def sweep_at_one_moment(*, using: str = "default") -> Iterator[Finding]:
    """Ask every query of one and the same state of the data, whatever is written meanwhile."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield from sweep(using=using)


def violations(*, using: str = "default") -> list[Finding]:
    """Only what contradicts something."""
    return [finding for finding in sweep(using=using) if finding.count]


def ask(cursor, invariant: Invariant) -> Finding:
    began = time.monotonic()
    counted = "SELECT found.*, count(*) OVER () AS of_all FROM ({}) found LIMIT {}"
    cursor.execute(counted.format(invariant.query, SHOWN))
    names = [column.name for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    count = rows[0]["of_all"] if rows else 0
    shown = tuple({name: value for name, value in row.items() if name != "of_all"} for row in rows)
    return Finding(invariant, count, shown, time.monotonic() - began)
