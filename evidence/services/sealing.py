"""Sealing what was committed since the last seal: one seal after the other, each in a transaction of its own."""

import os
from datetime import datetime, timedelta
from functools import partial

from django.db import connection

from blackgem.lib.evidence import COVERED
from blackgem.lib.opened import written_by_worker
from evidence.models import ChainSeal
from evidence.queries.rows import form_of, leaves_in
from evidence.ranges import Ranges, added, last_of, merged, missing
from evidence.tree import NOTHING, chained, root_of

#: Rows of a seal at most: what is sealed at once is verified at once.
MOST_ROWS = 5000
#: After so long a key that is missing below one that was sealed was given back, once no transaction of then goes on.
GIVEN_BACK = timedelta(hours=1)
#: One seal is made at a time: the number of a lock of the database.
_LOCK = 7_219_113_205


def seal_next(*, at: datetime, limit: int = MOST_ROWS) -> ChainSeal | None:
    """Seal what was committed and is not sealed, or its first rows. None where there is nothing, or another process is
    at it."""
    with written_by_worker(at):
        if not only_one():
            return None
        before = ChainSeal.objects.order_by("-number").first()
        return _seal(before, at, limit)


def seal_all(*, at: datetime) -> int:
    """Seal until nothing is left; how many rows that were."""
    rows = 0
    while seal := seal_next(at=at):
        rows += seal.leaves
    return rows


def only_one() -> bool:
    """Whether nobody else is at it, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return cursor.fetchone()[0]


def _seal(before: ChainSeal | None, at: datetime, limit: int) -> ChainSeal | None:
    known = before.covered if before else {}
    covered, lines, salts = dict(known), [], []
    given_back = _given_back(at)
    for table in sorted(COVERED):
        form, ranges = form_of(table), known.get(table, {}).get("keys", [])
        fresh: dict[int, bytes] = {}
        found = list(leaves_in(form, missing(ranges), limit - len(lines), salt_of=partial(_drawn, fresh)))
        if not found:
            continue
        salts += [(table, key, salt) for key, salt in fresh.items()]
        lines += [line for _, line in found]
        keys = added(ranges, (key for key, _ in found))
        covered[table] = form.as_json() | {"keys": _closed(table, keys, given_back)}
    if not lines:
        return None
    return _write(before, at, covered, lines, salts)


def _drawn(fresh: dict[int, bytes], key: int) -> bytes:
    """A new salt for a row, noted."""
    fresh[key] = os.urandom(16)
    return fresh[key]


def _given_back(at: datetime) -> dict[str, int]:
    """By table the key below which nothing is written any more: that of an old seal, when all that had begun by then
    has ended. Keys that are missing below it were given back by what failed."""
    old = ChainSeal.objects.filter(sealed_at__lt=at - GIVEN_BACK).order_by("-number").first()
    if old is None:
        return {}
    if oldest_running() < old.horizon:
        return {}
    return {table: last_of(said["keys"]) for table, said in old.covered.items()}


def oldest_running() -> int:
    """The oldest transaction of the server that has not ended, or the next one to begin."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return cursor.fetchone()[0]


def _closed(table: str, keys: Ranges, given_back: dict[str, int]) -> Ranges:
    """With the keys that were given back: a seal says that no row has them."""
    upto = given_back.get(table, 0)
    return merged([*keys, [1, upto]]) if upto and COVERED[table].numbered else keys


def _write(before, at: datetime, covered: dict, lines: list[bytes], salts: list[tuple]) -> ChainSeal:
    root, leaves = root_of(lines)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        horizon = cursor.fetchone()[0]
    seal = ChainSeal(
        number=before.number + 1 if before else 1,
        sealed_at=max(at, before.sealed_at) if before else at,
        leaves=leaves,
        root=root,
        covered=covered,
        previous=before.hash if before else NOTHING,
        horizon=horizon,
    )
    seal.hash = chained(seal.previous, seal.body())
    _keep(salts)
    seal.save(force_insert=True)
    return seal


def _keep(salts: list[tuple[str, int, bytes]]) -> None:
    if salts:
        tables, keys, drawn = zip(*salts, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO leaf_salts (table_name, row_key, salt)"
                " SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bytea[])",
                [list(tables), list(keys), list(drawn)],
            )
