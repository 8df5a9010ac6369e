"""Migrations of columns that are encrypted from now on: what is in them already is encrypted by these."""

from collections.abc import Callable, Iterator

from django.db import migrations
from psycopg import sql
from psycopg.types.json import Jsonb

from blackgem.lib.encrypted_fields import SECRET_NAMES
from blackgem.lib.encryption import converted, encrypted, encrypted_bytes

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
    """What stands under a secret name."""
    place = f"{table}.{column}"
    names = "|".join(sorted(SECRET_NAMES))

    def convert(value, to):
        return Jsonb(converted(value, SECRET_NAMES, lambda text: encrypted(text, place, to, indexed=indexed)))

    return _each(table, column, convert, cast="jsonb", where=f"{column}::text ~ '\"({names})\"'")


def _each(table, column, convert: Callable, *, key="id", cast="text", where="true") -> migrations.RunPython:
    """Every value that is not empty. Triggers rest meanwhile: rows that nobody may change are the same rows after."""
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column), "key": sql.Identifier(key)}
    names |= {"cast": sql.SQL(cast + "[]")}  # type: ignore[dict-item]
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
