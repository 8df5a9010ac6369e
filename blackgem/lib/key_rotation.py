"""Another master key, and the proof that everything that is encrypted still opens."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import LiteralString

from django.db import connection, connections, transaction
from psycopg import sql

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.encrypted_fields import EncryptedJSONField, MaybeEncryptedField, encrypted_columns
from blackgem.lib.encryption import ENCRYPTS, CannotDecrypt, draw, forget_keys, unwrapped, wrapped_key

AT_ONCE = 100
#: What holds something that is encrypted, where not everything is.
_HOLDS: dict[type, LiteralString] = {
    EncryptedJSONField: "{column}::text LIKE '%%\"enc1.%%'",
    MaybeEncryptedField: "{column} LIKE 'enc1.%%'",
}


def rotate(*, at: datetime) -> int:
    """As the owner: wrap every data key under the master key of today, and draw one more, which encrypts from now on.
    How many there are. Raises CannotDecrypt, and changes nothing, where one was wrapped by a key that is not there.

    Beside it everything goes on: a process that knows the master key of today reads whatever is there.
    """
    with transaction.atomic(), transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT name, wrapped FROM data_keys ORDER BY id FOR UPDATE")
            for name, wrapped in cursor.fetchall():
                cursor.execute(
                    "UPDATE data_keys SET wrapped = %s, wrapped_at = now() WHERE name = %s",
                    [wrapped_key(name, unwrapped(name, wrapped)), name],
                )
            draw(cursor, ENCRYPTS)
            cursor.execute("SELECT count(*) FROM data_keys")
            count = cursor.fetchone()[0]
        audit.record(
            verb="rotate_keys",
            ctx=WriteContext(None, at),
            subject=None,
            label="keys of the data",
            changes={"data_keys": [count - 1, count]},
        )
    forget_keys()
    return count


def count_secrets() -> Iterator[tuple[str, int, list[int]]]:
    """Of each encrypted column: its name, how many values of it open, and the keys of rows where one does not."""
    for field in encrypted_columns():
        opened, failed = 0, []
        for key, value in _values(field):
            try:
                field.opened(
                    json.loads(value) if isinstance(field, EncryptedJSONField) else value, connection
                )
                opened += 1
            except CannotDecrypt:
                failed.append(key)
        yield field.place, opened, failed


def _values(field) -> Iterator[tuple[int, object]]:
    meta = field.model._meta
    names = {"table": sql.Identifier(meta.db_table), "column": sql.Identifier(field.column)}
    names |= {"key": sql.Identifier(meta.pk.column)}
    holds = sql.SQL(_HOLDS.get(type(field), "{column} IS NOT NULL"))
    query = sql.SQL(
        "SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {holds} ORDER BY {key} LIMIT %s"
    ).format(holds=holds.format(**names), **names)
    last = -1
    with connection.cursor() as cursor:
        while True:
            cursor.execute(query, [last, AT_ONCE])
            rows = cursor.fetchall()
            yield from ((key, value) for key, value in rows if value != "")
            if len(rows) < AT_ONCE:
                return
            last = rows[-1][0]
