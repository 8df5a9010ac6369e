"""The one way in which services meet the database: one transaction, rails checked inside it, refusals translated."""

from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import wraps
from pathlib import Path

import psycopg
from django.db import DatabaseError, connection, transaction
from django.db.migrations import RunSQL

from blackgem.lib.errors import Away, Busy, Conflict, DomainError
from blackgem.lib.opened import opened

#: What each rail of the database says to a person: constraint name → the error to raise. Apps add theirs on loading.
RAILS: dict[str, Callable[[], DomainError]] = {}

#: Those of which the database says itself what a person needs to know, such as a day: made of its words.
WORDED: dict[str, Callable[[str], DomainError]] = {}

#: Whether the deferred rails have spoken of all that the service under way writes.
_spoken: ContextVar[bool] = ContextVar("rails_have_spoken", default=False)

_BUSY_STATES = {"55P03", "57014", "40P01", "40001"}
#: A connection that could not be made or was lost, and a server that shuts down, crashed or starts.
_AWAY_STATES = ("08", "57P")


def service(function):
    """A write: atomic, opened for the person and the moment of its `ctx`, its deferred rails checked before it returns,
    what the database refuses said in our words."""

    @wraps(function)
    def run(*args, **kwargs):
        ctx = kwargs.get("ctx")
        token = _spoken.set(False)
        try:
            with mapped_errors(), transaction.atomic(), opened(ctx) if ctx else nullcontext():
                result = function(*args, **kwargs)
                if not _spoken.get():
                    check_rails()
                return result
        finally:
            _spoken.reset(token)

    return run


def rails_have_spoken() -> None:
    """Say of the service under way that every deferred rail has spoken, and that it writes nothing more."""
    _spoken.set(True)


def check_rails() -> None:
    """Let every deferred rail speak now, where its refusal can be translated, not at a commit that no handler sees."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def mapped_errors():
    """Translate what PostgreSQL refuses into the error that the service's own check would have raised."""
    try:
        yield
    except DatabaseError as error:
        raise translated(error) from error


def translated(error: DatabaseError) -> Exception:
    """The domain error for a database error; an error that no rail raised is given back as it is."""
    cause = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if name in WORDED and (words := getattr(cause.diag, "message_primary", None)):
        return WORDED[name](words)
    if name in RAILS:
        return RAILS[name]()
    if getattr(cause, "sqlstate", None) in _BUSY_STATES:
        return Busy("busy", "Somebody else is changing this right now. Please try again in a moment.")
    if _is_away(cause):
        return Away(
            "database.away",
            "The database went away while this was at work. Ask again in a moment, under the same key: what was done is"
            " answered, not done again.",
        )
    if name:
        return Conflict("refused", f"The database refuses this change ({name.replace('_', ' ')}).")
    return error


def _is_away(cause) -> bool:
    """Whether the server is not there. A connection that broke has no SQLSTATE."""
    state = getattr(cause, "sqlstate", None)
    return isinstance(cause, psycopg.OperationalError) and (state is None or state.startswith(_AWAY_STATES))


def run_sql(migration_file: str, *names: str) -> list[RunSQL]:
    """What a migration says in SQL (domains, composite keys): `sql/<migration>/<name>.sql` beside it, in this order."""
    folder = Path(migration_file).parent / "sql" / Path(migration_file).stem
    return [RunSQL((folder / f"{name}.sql").read_text(), RunSQL.noop) for name in names]
