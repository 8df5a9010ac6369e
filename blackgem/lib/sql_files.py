"""Views, functions, triggers and policies: applied from their files, whole, whenever the files have changed.

Each app keeps the text that runs in `<app>/sql/`. Migrations hold what has data behind it: tables, columns, keys, and
the data itself. `migrate` ends with `apply_files`, one transaction that takes down every view, function, trigger and
policy of the schema and builds them again from the files, and remembers the files' checksum. A process that serves
requests compares that checksum with its own files before it starts.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, transaction

#: What drops each kind of object, in an order that leaves no one hanging; what an extension brought is not ours.
POLICIES = """
    SELECT format('DROP POLICY %I ON %s', polname, polrelid::regclass)
      FROM pg_policy JOIN pg_class c ON c.oid = polrelid WHERE relnamespace = 'public'::regnamespace
"""
TRIGGERS = """
    SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass)
      FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
     WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
"""
VIEWS = """
    SELECT format('DROP VIEW %s', string_agg(oid::regclass::text, ', '))
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v' HAVING count(*) > 0
"""
#: Functions that are read like views, and bound to the columns that they name.
ROLL_UPS = """
    SELECT format('DROP ROUTINE %s', string_agg(oid::regprocedure::text, ', '))
      FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND proretset AND prosqlbody IS NOT NULL
    HAVING count(*) > 0
"""
ROUTINES = """
    SELECT format('DROP ROUTINE %s', string_agg(oid::regprocedure::text, ', '))
      FROM pg_proc p
     WHERE pronamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    HAVING count(*) > 0
"""
#: What an object says when something that it needs is in a file that has not run yet.
NOT_YET = (psycopg.errors.UndefinedFunction, psycopg.errors.UndefinedTable)


#: What else a process asks of the database before it serves. Apps add theirs on loading; each raises where it is not.
REQUIRED: list[Callable[[psycopg.Connection], None]] = []


class OutdatedSql(RuntimeError):
    """The database runs other views, functions or triggers than the files of this process say."""


def files() -> list[Path]:
    """Every SQL file of the project's own apps, lowest app first as far as `INSTALLED_APPS` goes."""
    root = Path(settings.BASE_DIR)
    folders = [Path(config.path) / "sql" for config in apps.get_app_configs()]
    return [
        path for folder in folders if folder.is_relative_to(root) for path in sorted(folder.rglob("*.sql"))
    ]


def checksum(paths: Iterable[Path]) -> str:
    """SHA-256 over the names and texts of the files, as 64 hexadecimal digits."""
    root = Path(settings.BASE_DIR)
    lines = (
        f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(root).as_posix()}\n" for path in paths
    )
    return sha256("".join(sorted(lines)).encode()).hexdigest()


def applied_checksum(connection) -> str | None:
    """The checksum of the files that the database runs; None where it was never migrated, or views are down since."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.applied_sql') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT sha256 FROM applied_sql")
        row = cursor.fetchone()
    return row[0] if row else None


def require_current(connection) -> None:
    """Raise OutdatedSql unless the database runs the files of this process."""
    if applied_checksum(connection) != checksum(files()):
        raise OutdatedSql(
            "The database does not run this version's views and triggers. Run: manage.py migrate"
        )


def require_current_or_away() -> None:
    """What a process that serves asks before it starts; a database that is away is a matter for its health."""
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(settings.DATABASE_URL, connect_timeout=3) as connection,
    ):
        require_current(connection)
        for required in REQUIRED:
            required(connection)


def drop_views(connection) -> None:
    """Inside the caller's transaction: take every view down, and every function that is read like one, so that
    migrations may change the columns beneath.

    Triggers and their functions stay: data that a migration writes is guarded, and what a guard cannot read it refuses.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.applied_sql') IS NOT NULL")
        if cursor.fetchone()[0]:
            drop(cursor, VIEWS)
            drop(cursor, ROLL_UPS)
            cursor.execute("DELETE FROM applied_sql")


def apply_changed(connection) -> None:
    """Inside the caller's transaction: build from the files, unless the database runs them already."""
    paths = files()
    if applied_checksum(connection) != checksum(paths):
        apply_files(connection, paths)


def apply_files(connection, paths: list[Path]) -> None:
    """Inside the caller's transaction: take down what runs, build it from `paths`, and remember their checksum."""
    with connection.cursor() as cursor:
        for kind in (POLICIES, TRIGGERS, VIEWS, ROUTINES):
            drop(cursor, kind)
        build(connection, paths)
        cursor.execute("DELETE FROM applied_sql")
        cursor.execute("INSERT INTO applied_sql (sha256) VALUES (%s)", [checksum(paths)])


def drop(cursor, kind: str) -> None:
    """Run the statements that the query `kind` writes."""
    cursor.execute(kind)
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)


def build(connection, paths: list[Path]) -> None:
    """Run each file once, in whatever order what they need allows; raise the error of one that never can."""
    waiting = paths
    while waiting:
        errors = {path: error for path in waiting if (error := run(connection, path))}
        if len(errors) == len(waiting):
            raise errors[waiting[0]]
        waiting = list(errors)


def run(connection, path: Path) -> DatabaseError | None:
    """Run one file. Returns the error if what it needs is not there yet, and leaves nothing of it behind."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(path.read_text())
    except DatabaseError as error:
        error.add_note(f"in {path}")
        if isinstance(error.__cause__, NOT_YET):
            return error
        raise
    return None
