"""Row-level security for what is read for an investor: a database role that sees the rows of its commitments only.

Every query of the portal starts from the investor. This is for the one that does not: it returns nothing. The role
is taken on for a transaction (SET LOCAL), so that no pooled connection keeps it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from blackgem.lib.privileges import PORTAL_ROLE
from blackgem.lib.snapshots import in_snapshot

_is_on: ContextVar[bool] = ContextVar("row_security_is_on", default=False)

_ENTER = """
    SELECT set_config('blackgem.investors', %s, true), set_config('blackgem.commitments', %s, true),
           set_config('role', %s, true)"""
_TAKE_ON = "SELECT set_config('role', %s, true)"
APPLICATION = "none"


@contextmanager
def own_rows(investors: Iterable[int], commitments: Iterable[int]) -> Iterator[None]:
    """Read as the portal's role: only what belongs to these investors and commitments, given by id. Writes nothing."""
    with transaction.atomic(savepoint=not in_snapshot()):
        _enter(investors, commitments, PORTAL_ROLE)
        token = _is_on.set(True)
        try:
            yield
        finally:
            _is_on.reset(token)
        # An error takes the role back with the transaction. Inside a longer one it has to be given back.
        if not connection.needs_rollback:
            _enter((), (), APPLICATION)


@contextmanager
def outside() -> Iterator[None]:
    """As the application again, for a figure that rests on rows of others and is itself the investor's own."""
    if not _is_on.get():
        yield
        return
    _take_on(APPLICATION)
    token = _is_on.set(False)
    try:
        yield
    finally:
        _is_on.reset(token)
    _take_on(PORTAL_ROLE)


def _enter(investors: Iterable[int], commitments: Iterable[int], role: str) -> None:
    """Name the rows and take on the role, until the transaction ends (SET LOCAL)."""
    ids = [",".join(str(int(one)) for one in some) for some in (investors, commitments)]
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [*ids, role])


def _take_on(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_ON, [role])
