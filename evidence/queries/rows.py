"""The rows of the covered tables as the bytes of their leaves."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from blackgem.lib.encrypted_fields import encrypted_columns
from blackgem.lib.evidence import COVERED, Covered
from evidence.ranges import Ranges
from evidence.tree import leaf, plain, salted

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Form:
    """Which columns of a table enter a leaf, in order, and which of them by a digest."""

    table: str
    key: str
    columns: tuple[str, ...]
    salted: tuple[str, ...]

    def as_json(self) -> dict:
        return {"columns": list(self.columns), "key": self.key, "salted": list(self.salted)}


def form_of(table: str) -> Form:
    """The form that a table has today."""
    covered: Covered = COVERED[table]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " ORDER BY attname",
            [table],
        )
        columns = tuple(name for (name,) in cursor if name not in covered.left_out)
    return Form(table, covered.key, columns, covered.salted)


def form_in(table: str, said: Mapping) -> Form:
    """The form that a seal says."""
    return Form(table, said["key"], tuple(said["columns"]), tuple(said["salted"]))


def rows_in(form: Form, ranges: Ranges, limit: int | None = None) -> Iterator[tuple[int, dict]]:
    """Key and row, as JSON has it, of those with a key in the ranges, by key."""
    if not ranges:
        return
    written, secret = _json_columns(form.table), _encrypted_columns(form)
    query = sql.SQL(
        "SELECT {key}, {columns} FROM unnest(%s::bigint[], %s::bigint[]) AS r (first, last)"
        " JOIN {table} t ON {key} BETWEEN r.first AND r.last ORDER BY 1 LIMIT %s"
    ).format(
        key=sql.Identifier("t", form.key),
        columns=sql.SQL(", ").join(
            sql.SQL("{}::text").format(sql.Identifier("t", name))
            if name in written
            else sql.Identifier("t", name)
            for name in form.columns
        ),
        table=sql.Identifier(form.table),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [[one[0] for one in ranges], [one[1] for one in ranges], limit])
        while found := cursor.fetchmany(CHUNK):
            for key, *values in found:
                row = {
                    name: _parsed(value) if name in written else plain(value)
                    for name, value in zip(form.columns, values, strict=True)
                }
                yield key, row | {name: field.opened(row[name], connection) for name, field in secret.items()}


def _encrypted_columns(form: Form) -> dict:
    """What enters a leaf as it was before it was encrypted: another key breaks no seal."""
    return {
        field.column: field
        for field in encrypted_columns()
        if field.model._meta.db_table == form.table and field.column in form.columns
    }


def _json_columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND atttypid IN ('json'::regtype, 'jsonb'::regtype)",
            [table],
        )
        return {name for (name,) in cursor}


def _parsed(text: str | None):
    """A number with a decimal point stays the text that it is."""
    return None if text is None else json.loads(text, parse_float=str)


def leaf_of(form: Form, row: dict, salt: bytes | None) -> bytes:
    """The bytes of a leaf; a row with personal data needs its salt, without which its leaf is another one."""
    hidden = {name: salted(salt or b"", name, row[name]) for name in form.salted if row[name] is not None}
    return leaf(form.table, row | hidden)
