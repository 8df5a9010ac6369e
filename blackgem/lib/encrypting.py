"""Migrations of columns that are encrypted from now on: what is in them already is encrypted by these."""

import json
from collections.abc import Callable, Iterator

from django.db import migrations
from psycopg import sql

from blackgem.lib.encrypted_fields import SECRET_NAMES
from blackgem.lib.encryption import encrypted, encrypted_bytes

AT_ONCE = {"text": 500, "jsonb": 200, "bytea": 10}


def encrypt_text(
    table: str, column: str, *, indexed: bool = False, where: str = "true"
) -> migrations.RunPython:
    place = f"{table}.{column}"
    return _each(table, column, lambda value, to: encrypted(value, place, to, indexed=indexed), where=where)


def encrypt_bytes(table: str, column: str, *, key: str = "id") -> migrations.RunPython:
    place = f"{table}.{column}"
    return _each(
        table, column, lambda value, to: encrypted_bytes(bytes(value), place, to), key=key, cast="bytea"
    )


def encrypt_json(table: str, column: str, *, indexed: bool = False) -> migrations.RunPython:
    """What stands under a secret name; everything else stays as it is, to the digits of its numbers."""
    place = f"{table}.{column}"
    names = "|".join(sorted(SECRET_NAMES))

    def convert(value, to):
        with to.cursor() as cursor:
            for path, text in _secrets_in(json.loads(value)):
                said = encrypted(text, place, to, indexed=indexed)
                cursor.execute(
                    "SELECT jsonb_set(%s::jsonb, %s::text[], to_jsonb(%s::text))::text", [value, path, said]
                )
                value = cursor.fetchone()[0]
        return value

    return _each(table, column, convert, cast="jsonb", where=f"{column}::text ~ '\"({names})\"'")


def _secrets_in(
    document, path: tuple[str, ...] = (), inside: bool = False
) -> Iterator[tuple[list[str], str]]:
    """Path and text of each."""
    if isinstance(document, dict | list):
        pairs = document.items() if isinstance(document, dict) else enumerate(document)
        for key, value in pairs:
            yield from _secrets_in(value, (*path, str(key)), inside or key in SECRET_NAMES)
    elif inside and isinstance(document, str) and document:
        yield list(path), document


def encrypt_whole_json(table: str, column: str) -> migrations.RunPython:
    """All of it, as one text."""
    place = f"{table}.{column}"
    return _each(table, column, lambda value, to: json.dumps(encrypted(value, place, to)), cast="jsonb")


def _each(table, column, convert: Callable, *, key="id", cast="text", where="true") -> migrations.RunPython:
    """Every value that is not empty. Triggers rest meanwhile: rows that nobody may change are the same rows after."""
    names: dict[str, sql.Composable] = {
        "table": sql.Identifier(table),
        "column": sql.Identifier(column),
        "key": sql.Identifier(key),
        "cast": sql.SQL(cast + "[]"),
    }
    update = sql.SQL(
        "UPDATE {table} t SET {column} = v.value FROM unnest(%s::bigint[], %s::{cast}) v (key, value)"
        " WHERE t.{key} = v.key"
    ).format(**names)

    def run(apps, editor) -> None:
        with editor.connection.cursor() as cursor:
            cursor.execute(sql.SQL("ALTER TABLE {table} DISABLE TRIGGER USER").format(**names))
            for rows in _in_turn(cursor, names, cast, where):
                values = [convert(value, editor.connection) for _, value in rows]
                cursor.execute(update, [[row for row, _ in rows], values])
            cursor.execute(sql.SQL("ALTER TABLE {table} ENABLE TRIGGER USER").format(**names))

    return migrations.RunPython(run)


def _in_turn(cursor, names: dict, cast: str, where: str) -> Iterator[list[tuple]]:
    """The rows, by key."""
    filled = sql.SQL("{column} <> ''" if cast == "text" else "{column} IS NOT NULL").format(**names)
    query = sql.SQL(
        "SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {filled} AND {where} ORDER BY {key} LIMIT %s"
    ).format(filled=filled, where=sql.SQL(where), **names)
    last = -1
    while True:
        cursor.execute(query, [last, AT_ONCE[cast]])
        rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]
