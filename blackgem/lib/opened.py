"""Tells the database who writes, and when: signed, so that the database role alone, without this process, cannot."""

import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from hashlib import sha256

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction

from blackgem.lib.context import WriteContext

BLOCK = 64
#: What Django and the accounts library write of people and their rights, past any service.
_OF_PEOPLE = re.compile(
    r'\s*(INSERT INTO|UPDATE|DELETE FROM) "(users\w*|auth_\w+|account_\w+|mfa_\w+|django_admin_log)"'
)
#: The write of the service under way, as it was opened: person and moment as text.
_under_way: ContextVar[tuple[str, str] | None] = ContextVar("opened_write", default=None)


@contextmanager
def opened(ctx: WriteContext) -> Iterator[None]:
    """Inside a transaction: what is written within is done by `ctx.by` at `ctx.at`. One statement, and none where the
    service around it opened the same."""
    person = "" if ctx.by is None else str(ctx.by.pk)
    mine, outer = (person, ctx.at.isoformat()), _under_way.get()
    if mine == outer:
        yield
        return
    _open(*mine)
    token = _under_way.set(mine)
    try:
        yield
    finally:
        _under_way.reset(token)
    if outer:
        _open(*outer)


@contextmanager
def written_by_worker(at: datetime) -> Iterator[None]:
    """What is written within, in a transaction, nobody answers for: a worker goes on with what somebody asked for."""
    with transaction.atomic(), opened(WriteContext(None, at)):
        yield


def open_import(session: psycopg.Connection | None = None) -> None:
    """The rest of the transaction brings in what others did at other times: of this process, or of another session that
    it opens. For tools; no request does so."""
    _open("import", "", session)


def watch(connection, **kwargs) -> None:
    """Watch a new connection of the application's role."""
    if connection.alias == DEFAULT_DB_ALIAS and open_for_people not in connection.execute_wrappers:
        connection.execute_wrappers.append(open_for_people)


def open_for_people(execute, sql, params, many, context):
    """Around each statement of a connection: what is written of people past any service is opened in nobody's name."""
    if not (isinstance(sql, str) and _OF_PEOPLE.match(sql)):
        return execute(sql, params, many, context)
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        if not _is_opened():
            _open("", datetime.now(UTC).isoformat())
        return execute(sql, params, many, context)


def _is_opened() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT write_is_opened()")
        return cursor.fetchone()[0]


def _open(person: str, moment: str, session: psycopg.Connection | None = None) -> None:
    with connection.cursor() as cursor:
        at = (session or connection.connection).info
        (session or cursor).execute(
            "SELECT open_write(%s, %s, %s, %s)", signed(at.dbname, at.backend_pid, person, moment)
        )


def signed(database: str, session: int, person: str, moment: str) -> tuple[str, str, str, str]:
    """The arguments of `open_write` for one session of one database, good for some minutes and once."""
    now = datetime.now(UTC).isoformat()
    message = "|".join(("open_write", database, str(session), person, moment, now))
    return person, moment, now, hmac.new(_key(_secrets()[-1]), message.encode(), sha256).hexdigest()


def _secrets() -> list[str]:
    """The site's key, and those before it: the oldest signs until it is given up, for the database knows it."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _key(secret: str) -> bytes:
    return sha256(b"blackgem.open_write:" + secret.encode()).digest()


def store_keys(owner) -> None:
    """As the owner: let the database check what is signed under the site's key, or under one that it had before."""
    with owner.cursor() as cursor:
        cursor.execute("DELETE FROM write_keys")
        for secret in _secrets():
            padded = _key(secret).ljust(BLOCK, b"\0")
            blocks = [bytes(byte ^ mask for byte in padded) for mask in (0x36, 0x5C)]
            cursor.execute("INSERT INTO write_keys VALUES (%s, %s) ON CONFLICT DO NOTHING", blocks)
