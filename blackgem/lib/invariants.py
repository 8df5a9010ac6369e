"""Sentences that are always true of the rows, each with the query that finds the rows for which it is not.

An app keeps them in its `invariants` folder, one file each: the sentence as a comment, then one SELECT that must return
nothing. They read whole tables and trust no view, no rail and no service, so that they can prove all of these.

Its `exceptions` folder has, in the same form, what facts of the bank may leave behind although every sentence holds: a
row is something for people to resolve, and goes when the money that resolves it has moved.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.db import connections, transaction

from blackgem.lib.encrypted_files import files_with_another_hash

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


FILES = Invariant(
    "files_are_as_they_were_kept", "Every file opens, and has the SHA-256 that stands beside it.", ""
)


def invariants() -> list[Invariant]:
    """Of every installed app, in the order of their names."""
    return _in_folders("invariants")


def exceptions() -> list[Invariant]:
    """What people may have to resolve, of every installed app."""
    return _in_folders("exceptions")


def _in_folders(name: str) -> list[Invariant]:
    files = [path for app in apps.get_app_configs() for path in (Path(app.path) / name).glob("*.sql")]
    return [read(path) for path in sorted(files, key=lambda path: path.stem)]


def read(path: Path) -> Invariant:
    lines = path.read_text().splitlines()
    comment = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    query = "\n".join(line for line in lines if not line.startswith("--"))
    return Invariant(path.stem, " ".join(comment), query.strip().rstrip(";"))


def sweep(*, using: str = "default") -> Iterator[Finding]:
    """Ask every sentence, in the transaction under way."""
    with connections[using].cursor() as cursor:
        for invariant in invariants():
            yield ask(cursor, invariant)
    yield ask_of_files(connections[using])


def to_resolve(*, using: str = "default") -> list[Finding]:
    """The exceptions of which there are any, in the transaction under way."""
    with connections[using].cursor() as cursor:
        found = [ask(cursor, one) for one in exceptions()]
    return [finding for finding in found if finding.count]


def rows_of_exception(name: str, *, fund_id, using: str = "default") -> list[dict]:
    """What one fund has to resolve of one kind, as the exception's columns say."""
    query = next(one.query for one in exceptions() if one.name == name)
    with connections[using].cursor() as cursor:
        narrowed = "SELECT found.* FROM ({}) found WHERE found.fund = %s"
        cursor.execute(narrowed.format(query), [fund_id])
        return _as_dicts(cursor)


@contextmanager
def at_one_moment(*, using: str = "default") -> Iterator[None]:
    """Whatever is asked inside is asked of one and the same state of the data, whatever is written meanwhile."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def ask(cursor, invariant: Invariant) -> Finding:
    began = time.monotonic()
    counted = "SELECT found.*, count(*) OVER () AS of_all FROM ({}) found LIMIT {}"
    cursor.execute(counted.format(invariant.query, SHOWN))
    rows = _as_dicts(cursor)
    count = rows[0]["of_all"] if rows else 0
    shown = tuple({name: value for name, value in row.items() if name != "of_all"} for row in rows)
    return Finding(invariant, count, shown, time.monotonic() - began)


def ask_of_files(connection) -> Finding:
    """What no query says, because files are encrypted."""
    began = time.monotonic()
    rows = [{"table": table, "row": key} for table, key in files_with_another_hash(connection)]
    return Finding(FILES, len(rows), tuple(rows[:SHOWN]), time.monotonic() - began)


def _as_dicts(cursor) -> list[dict]:
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
