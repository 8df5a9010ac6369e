"""Files that are kept encrypted, each beside the SHA-256 of what it was before: who has the keys can compare them."""

from collections.abc import Iterator
from hashlib import sha256

from psycopg import sql

from blackgem.lib.encrypted_fields import EncryptedBinaryField, encrypted_columns
from blackgem.lib.encryption import CannotDecrypt

AT_ONCE = 10


def files_with_another_hash(connection) -> Iterator[tuple[str, int]]:
    """Table and key of each that cannot be opened, or has another hash than it says."""
    for field in encrypted_columns():
        if isinstance(field, EncryptedBinaryField) and field.hashed:
            yield from ((field.model._meta.db_table, key) for key in _broken_in(field, connection))


def _broken_in(field, connection) -> Iterator[int]:
    meta = field.model._meta
    query = sql.SQL("SELECT {}, {}, {} FROM {} WHERE {} > %s ORDER BY 1 LIMIT %s").format(
        sql.Identifier(meta.pk.column),
        sql.Identifier(field.column),
        sql.Identifier(meta.get_field(field.hashed).column),
        sql.Identifier(meta.db_table),
        sql.Identifier(meta.pk.column),
    )
    last, rows = -1, [()]
    with connection.cursor() as cursor:
        while rows:
            cursor.execute(query, [last, AT_ONCE])
            rows = cursor.fetchall()
            for last, content, digest in rows:
                if not _holds(field, content, digest, connection):
                    yield last


def _holds(field, content, digest: str, connection) -> bool:
    try:
        return sha256(field.opened(content, connection)).hexdigest() == digest
    except CannotDecrypt:
        return False
