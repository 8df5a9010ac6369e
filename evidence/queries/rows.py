"""The rows of the covered tables as the bytes of their leaves."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection
from psycopg import sql

from blackgem.lib.encrypted_fields import encrypted_columns
from blackgem.lib.evidence import COVERED, Covered
from evidence.ranges import Ranges
from evidence.tree import plain, text_of

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


def leaves_in(
    form: Form,
    ranges: Ranges,
    limit: int | None = None,
    *,
    salt_of: Callable[[int], bytes] | None = None,
) -> Iterator[tuple[int, bytes]]:
    """Key and leaf of the rows with a key in the ranges, by key; with the salts that are kept, or those of `salt_of`. A
    row with personal data needs its salt, without which its leaf is another one.

    Each column is fetched as text and joined into the JSON as it comes: millions of rows are verified, and a Python
    value for each of their columns takes longer than all else. What `plain` says of a value is what comes out.
    """
    if not ranges:
        return
    written = _Written(form)
    with connection.cursor() as cursor:
        cursor.execute(
            written.query(kept=salt_of is None),
            [[one[0] for one in ranges], [one[1] for one in ranges], limit],
        )
        while found := cursor.fetchmany(CHUNK):
            for key, salt, *values in found:
                if salt_of is not None and form.salted:
                    salt = salt_of(key)
                yield key, written.leaf(bytes(salt or b""), values)


class _Written:
    """How the rows of a form are read, and written as leaves."""

    def __init__(self, form: Form):
        self.form = form
        kinds, secrets = _kinds(form.table), _encrypted_columns(form)
        names = sorted(form.columns)
        self.read = [_read_as(name, kinds[name], secrets.get(name)) for name in names]
        # What comes before each value, and the column's name where it enters salted.
        self.parts = [
            (f"{',' if at else ''}{text_of(name)}:", name.encode() + b"\0" if name in form.salted else None)
            for at, name in enumerate(names)
        ]
        self.end = f'}},"table":{text_of(form.table)}}}'

    def query(self, *, kept: bool) -> sql.Composed:
        # A look-up for each row: joined, the salts of all seals would be read for each of them.
        salt = sql.SQL("(SELECT s.salt FROM leaf_salts s WHERE s.table_name = {table} AND s.row_key = {key})")
        parts = {"key": sql.Identifier("t", self.form.key), "table": sql.Literal(self.form.table)}
        return sql.SQL(
            "SELECT {key}, {salt}, {columns} FROM unnest(%s::bigint[], %s::bigint[]) AS r (first, last)"
            " JOIN {name} t ON {key} BETWEEN r.first AND r.last ORDER BY 1 LIMIT %s"
        ).format(
            key=parts["key"],
            salt=salt.format(**parts) if kept and self.form.salted else sql.SQL("NULL"),
            columns=sql.SQL(", ").join(fetched for fetched, _ in self.read),
            name=sql.Identifier(self.form.table),
        )

    def leaf(self, salt: bytes, values: list) -> bytes:
        line = ['{"row":{']
        for value, (_, as_json), (before, hidden) in zip(values, self.read, self.parts, strict=True):
            line.append(before)
            if value is None:
                line.append("null")
            elif hidden is None:
                line.append(as_json(value))
            else:
                digest = sha256(salt + hidden + as_json(value).encode()).hexdigest()
                line.append(f'{{"sha256":"{digest}"}}')
        line.append(self.end)
        return "".join(line).encode()


def _read_as(name: str, kind: str, secret) -> tuple[sql.Composable, Callable[[Any], str]]:
    """How a column of a type is fetched, and what its JSON is. A type that is not known here is read by the driver."""
    column = sql.Identifier("t", name)
    if kind in _FETCHED:
        fetched, as_json = _FETCHED[kind]
        if secret is not None:
            as_json = (
                _opened_json(secret)
                if as_json is _json
                else lambda text: text_of(secret.opened(text, connection))
            )
        return sql.SQL(fetched).format(column), as_json
    if secret is not None:
        return column, lambda value: text_of(plain(secret.opened(value, connection)))
    return column, lambda value: text_of(plain(value))


def _quoted(text: str) -> str:
    """What holds nothing that JSON escapes."""
    return f'"{text}"'


def _moment(text: str) -> str:
    """Of "2026-05-28 14:03:11.5": with six decimals and a Z."""
    return f'"{text[:10]}T{text[11:19]}{text[19:] or "."}{"0" * (26 - max(len(text), 20))}Z"'


def _json(text: str) -> str:
    """A number with a decimal point stays the text that it is."""
    return text_of(_DECODER.decode(text))


def _opened_json(secret) -> Callable[[str], str]:
    def as_json(text: str) -> str:
        if secret.may_hold_secrets(text):
            return text_of(secret.opened(_DECODER.decode(text), connection))
        return _json(text)

    return as_json


_DECODER = json.JSONDecoder(parse_float=str)
_AS_IT_IS, _AS_TEXT = ("{}::text", str), ("{}::text", text_of)
_FETCHED: dict[str, tuple[str, Callable[[str], str]]] = {
    "smallint": _AS_IT_IS,
    "integer": _AS_IT_IS,
    "bigint": _AS_IT_IS,
    "boolean": _AS_IT_IS,
    "text": _AS_TEXT,
    "character varying": _AS_TEXT,
    "numeric": ("{}::text", _quoted),
    "date": ("{}::text", _quoted),
    "uuid": ("{}::text", _quoted),
    "bytea": ("encode({}, 'hex')", _quoted),
    "timestamp with time zone": ("({} AT TIME ZONE 'UTC')::text", _moment),
    "json": ("{}::text", _json),
    "jsonb": ("{}::text", _json),
    # PostgreSQL escapes what Python does, by the same letters.
    "text[]": ("array_to_json({})::text", str),
    "character varying[]": ("array_to_json({})::text", str),
}


def _encrypted_columns(form: Form) -> dict:
    """What enters a leaf as it was before it was encrypted: another key breaks no seal."""
    return {
        field.column: field
        for field in encrypted_columns()
        if field.model._meta.db_table == form.table and field.column in form.columns
    }


def _kinds(table: str) -> dict[str, str]:
    """The type of each column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, atttypid::regtype::text FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        return dict(cursor.fetchall())
