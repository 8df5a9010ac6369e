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

    Each column is fetched as the text of its JSON and those beside each other as one text, so that only what enters
    salted or encrypted, or is JSON, is a value of Python: millions of rows are verified, and a value for each of their
    columns takes longer than all else. What `plain` says of a value is what comes out.
    """
    if not ranges:
        return
    written = _Written(form)
    with connection.cursor() as cursor:
        cursor.execute(
            written.query(kept=salt_of is None),
            [[one[0] for one in ranges], [one[1] for one in ranges], limit],
        )
        leaf = written.leaf
        while found := cursor.fetchmany(CHUNK):
            for *line, key, salt in found:
                if salt_of is not None and form.salted:
                    salt = salt_of(key)
                yield key, leaf(bytes(salt or b""), line)


class _Written:
    """How the rows of a form are read, and written as leaves.

    A row is fetched as text that is JSON already and values that are not, in turn, followed by its key and its salt.
    """

    def __init__(self, form: Form):
        self.form = form
        kinds, secrets = _kinds(form.table), _encrypted_columns(form)
        # Text of JSON, as SQL, and between the pieces the columns that Python makes JSON of.
        self.fetched: list[sql.Composable] = []
        # Of each of these columns: its place in a row, what makes it JSON, and its name where it enters salted.
        self.made: list[tuple[int, Callable[[Any], str], bytes]] = []
        beside = [sql.Literal('{"row":{')]
        for at, name in enumerate(sorted(form.columns)):
            beside.append(sql.Literal(f"{',' if at else ''}{text_of(name)}:"))
            fetched, as_json = _read_as(name, kinds[name], secrets.get(name))
            if as_json is None and name not in form.salted:
                beside.append(sql.SQL("coalesce({}, 'null')").format(fetched))
                continue
            self.fetched.append(_joined(beside))
            self.made.append((len(self.fetched), as_json or str, _hidden(name, form)))
            self.fetched.append(fetched)
            beside = []
        self.fetched.append(_joined([*beside, sql.Literal(f'}},"table":{text_of(form.table)}}}')]))

    def query(self, *, kept: bool) -> sql.Composed:
        # A look-up for each row: joined, the salts of all seals would be read for each of them.
        salt = sql.SQL("(SELECT s.salt FROM leaf_salts s WHERE s.table_name = {table} AND s.row_key = {key})")
        parts = {"key": sql.Identifier("t", self.form.key), "table": sql.Literal(self.form.table)}
        return sql.SQL(
            "SELECT {fetched}, {key}, {salt} FROM unnest(%s::bigint[], %s::bigint[]) AS r (first, last)"
            " JOIN {name} t ON {key} BETWEEN r.first AND r.last ORDER BY {key} LIMIT %s"
        ).format(
            key=parts["key"],
            salt=salt.format(**parts) if kept and self.form.salted else sql.SQL("NULL"),
            fetched=sql.SQL(", ").join(self.fetched),
            name=sql.Identifier(self.form.table),
        )

    def leaf(self, salt: bytes, line: list) -> bytes:
        for at, as_json, hidden in self.made:
            value = line[at]
            if value is None:
                line[at] = "null"
            elif hidden:
                digest = sha256(salt + hidden + as_json(value).encode()).hexdigest()
                line[at] = f'{{"sha256":"{digest}"}}'
            else:
                line[at] = as_json(value)
        return "".join(line).encode()


def _joined(texts: list[sql.Composable]) -> sql.Composable:
    return sql.SQL(" || ").join(texts)


def _hidden(name: str, form: Form) -> bytes:
    """What comes between the salt and the JSON of a column that enters salted; nothing for others."""
    return name.encode() + b"\0" if name in form.salted else b""


def _read_as(name: str, kind: str, secret) -> tuple[sql.Composable, Callable[[Any], str] | None]:
    """How a column of a type is fetched, and what makes JSON of that; None where it is JSON. A type that is not known
    here is read by the driver."""
    column = sql.Identifier("t", name)
    if secret is not None:
        if kind in _OF_JSON:
            return sql.SQL("{}::text").format(column), _opened_json(secret)
        return column, lambda value: text_of(plain(secret.opened(value, connection)))
    if kind in _OF_JSON:
        return sql.SQL("{}::text").format(column), _json
    if kind in _FETCHED:
        return sql.SQL(_FETCHED[kind]).format(column), None
    return column, lambda value: text_of(plain(value))


def _json(text: str) -> str:
    """A number with a decimal point stays the text that it is."""
    return text_of(_DECODER.raw_decode(text)[0])


def _opened_json(secret) -> Callable[[str], str]:
    def as_json(text: str) -> str:
        if secret.may_hold_secrets(text):
            return text_of(secret.opened(_DECODER.decode(text), connection))
        return _json(text)

    return as_json


_DECODER = json.JSONDecoder(parse_float=str)
_OF_JSON = {"json", "jsonb"}
_AS_IT_IS, _QUOTED = "{}::text", "'\"' || {} || '\"'"
# PostgreSQL escapes what Python does, by the same letters.
_AS_TEXT, _AS_LIST = "to_json({}::text)::text", "array_to_json({})::text"
#: By its type, the JSON of a column as text.
_FETCHED: dict[str, str] = {
    "smallint": _AS_IT_IS,
    "integer": _AS_IT_IS,
    "bigint": _AS_IT_IS,
    "boolean": _AS_IT_IS,
    "text": _AS_TEXT,
    "character varying": _AS_TEXT,
    "numeric": _QUOTED,
    "date": _QUOTED,
    "uuid": _QUOTED,
    "bytea": "'\"' || encode({}, 'hex') || '\"'",
    "timestamp with time zone": """to_char({} AT TIME ZONE 'UTC', '"\\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\\""')""",
    "text[]": _AS_LIST,
    "character varying[]": _AS_LIST,
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
