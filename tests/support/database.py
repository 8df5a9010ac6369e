"""The test database: cloned from a migrated template, reached as any of three roles, emptied after a test."""

import os
import subprocess
import sys
import time

import psycopg
from psycopg import sql

from blackgem.lib import database_roles as roles
from blackgem.lib.encryption import draw_keys
from blackgem.lib.opened import store_keys
from devtools.embedded import runtime
from devtools.embedded.postgres import APPLICATION, OWNER, SUPERUSER, connect
from tests.plugin import CLUSTER, WORKER
from tests.support import template

DATABASE = f"blackgem_{WORKER}"
TEMPLATE = "blackgem_template"
# Rows that migrations wrote, as COPY text by table; what flush() puts back.
SEED: dict[str, bytes] = {}
#: Ten pages, which the planner takes a table for that was never looked through.
PLANNED_BYTES = 10 * 8192
UNTOUCHED = ("django_migrations", "django_content_type", "auth_permission")


def create() -> None:
    """This worker's database, a clone of the template, which the first worker migrates."""
    with runtime.locked(CLUSTER.var / "template"), connect(CLUSTER) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            migrate_template(connection)
        clone = "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy"
        names = (sql.Identifier(name) for name in (DATABASE, TEMPLATE, OWNER))
        connection.execute(sql.SQL(clone).format(*names))
        roles.restrict(connection, DATABASE, OWNER, APPLICATION)
    SEED.update(read_seed())


def migrate_template(connection: psycopg.Connection) -> None:
    """Migrate as the owner, by the very command that production uses, unless it was done before."""
    roles.ensure_database(connection, TEMPLATE, OWNER, APPLICATION)
    if template.restore(CLUSTER.url(SUPERUSER, TEMPLATE)):
        with connect(CLUSTER, TEMPLATE) as restored:
            store_keys(restored)
            draw_keys(restored)
        return
    environment = {
        **os.environ,
        "DATABASE_URL": CLUSTER.url(APPLICATION, TEMPLATE),
        "DATABASE_OWNER_URL": CLUSTER.url(OWNER, TEMPLATE),
    }
    command = [
        sys.executable,
        str(runtime.CHECKOUT / "manage.py"),
        "migrate",
        "--verbosity=0",
        "--skip-checks",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    if done.returncode:
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(TEMPLATE))
        connection.execute(drop)
        raise RuntimeError(f"The template database could not be migrated:\n{done.stdout}{done.stderr}")
    template.keep(CLUSTER.url(SUPERUSER, TEMPLATE))


def superuser_connection() -> psycopg.Connection:
    """Past every privilege and, with session_replication_role = replica, every trigger. Autocommits."""
    return connect(CLUSTER, DATABASE)


def owner_connection(**options) -> psycopg.Connection:
    """As the role that owns the schema."""
    return psycopg.connect(CLUSTER.url(OWNER, DATABASE), connect_timeout=5, **options)


def app_connection(**options) -> psycopg.Connection:
    """As the application's own role, for raw SQL against the rails."""
    return psycopg.connect(CLUSTER.url(APPLICATION, DATABASE), connect_timeout=5, **options)


def superuser_url() -> str:
    return CLUSTER.url(SUPERUSER, DATABASE)


def tables(connection: psycopg.Connection) -> list[str]:
    """Every table that a test may have written to."""
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    return sorted(name for (name,) in found if name not in UNTOUCHED)


def filled(connection: psycopg.Connection, names: list[str]) -> list[str]:
    """Those with at least one row."""
    if not names:
        return []
    probe = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    probes = [probe.format(sql.Literal(name), sql.Identifier(name)) for name in names]
    return [name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(probes))]


def read_seed() -> dict[str, bytes]:
    """The rows of a freshly migrated database."""
    seed = {}
    with superuser_connection() as connection:
        for name in filled(connection, tables(connection)):
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as rows:
                seed[name] = b"".join(bytes(block) for block in rows)
    return seed


def let_others_end(connection) -> None:
    """Wait for requests that a closed browser left behind, each with locks of its own; end what does not end by itself,
    such as the transaction of a process that is no more."""
    busy = """SELECT {} FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"""
    for _ in range(200):
        if not connection.execute(busy.format("")).rowcount:
            return
        time.sleep(0.05)
    ended = connection.execute(busy.format("left(query, 200), pg_terminate_backend(pid)")).fetchall()
    print(f"Transactions were left open, and ended: {ended}", file=sys.stderr)


def empty(connection, names: list[str], attempts: int = 5) -> None:
    """Empty these tables; a request that began meanwhile reads them in an order of its own, and may deadlock once."""
    for attempt in range(attempts):
        let_others_end(connection)
        try:
            connection.execute(emptying(connection, names))
        except psycopg.errors.DeadlockDetected:
            if attempt == attempts - 1:
                raise
        else:
            return


def emptying(connection, names: list[str]) -> sql.Composed:
    """Few rows are deleted, which is ten times as fast. What was deleted keeps its place: a table that grows beyond
    what the planner expects of one that it knows nothing of gets a new file, as does all that refers to it."""
    size = "SELECT relname FROM pg_class WHERE oid = ANY(%s::regclass[]) AND pg_relation_size(oid) > %s"
    large = [name for (name,) in connection.execute(size, [[f'"{name}"' for name in names], PLANNED_BYTES])]
    each = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in names if name not in large]
    if large:
        listed = sql.SQL(", ").join(map(sql.Identifier, large))
        each.append(sql.SQL("TRUNCATE {} CASCADE").format(listed))
    return sql.SQL("; ").join(each)


def flush() -> None:
    """Back to the migrated state, past triggers and privileges. The application's role could not do this."""
    from tests.support.staging import STAGE

    STAGE.take_down()
    with superuser_connection() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET lock_timeout = '20s'")
        let_others_end(connection)
        if names := filled(connection, tables(connection)):
            empty(connection, names)
            connection.execute(
                "INSERT INTO mail_domains (name) VALUES ('demo.example')"
            )  # as `migrate` leaves it
        emptied = set(SEED) - set(filled(connection, list(SEED)))
        for name in emptied:
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as rows:
                rows.write(SEED[name])
