"""What the application would store of plain values, for rows that a test writes past it."""

import json
from dataclasses import dataclass
from functools import cache

import psycopg
from psycopg.types.json import Jsonb

from blackgem.lib.encrypted_fields import EncryptedBinaryField, EncryptedJSONField, encrypted_columns
from blackgem.lib.encryption import encrypted, encrypted_bytes


@dataclass(frozen=True)
class Session:
    """A connection of psycopg as encryption asks for one of Django's."""

    connection: psycopg.Connection

    @property
    def settings_dict(self) -> dict:
        return {"NAME": self.connection.info.dbname}

    def ensure_connection(self) -> None:
        """It is open."""


@cache
def fields_of(table: str) -> dict:
    return {field.column: field for field in encrypted_columns() if field.model._meta.db_table == table}


def stored(raw: psycopg.Connection, table: str, row: dict) -> dict:
    """A row with what is encrypted in its table."""
    session = Session(raw)
    return row | {
        name: _stored(field, row[name], session) for name, field in fields_of(table).items() if name in row
    }


def _stored(field, value, session):
    if value is None:
        return None
    if isinstance(field, EncryptedBinaryField):
        return encrypted_bytes(value, field.place, session)
    if isinstance(field, EncryptedJSONField):
        plain = (
            value.obj if isinstance(value, Jsonb) else json.loads(value) if isinstance(value, str) else value
        )
        return Jsonb(field.encrypted(plain, session))
    return encrypted(value, field.place, session, indexed=getattr(field, "indexed", False))
