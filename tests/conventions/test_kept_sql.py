"""The SQL that an app keeps is the SQL that runs: taken down and built again from the files, nothing is different.

Functions with their rights and settings, triggers with their conditions and arguments, views, keys, and the table of
what is still to be checked. All inside one transaction of the owner's, which is rolled back.
"""

import re
from pathlib import Path

import psycopg
import pytest

from tests.support import owner_connection

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for path in ROOT.glob("*/sql/**/*.sql") if path.name != "domain.sql")
KEYS = re.compile(r"ADD CONSTRAINT (\w+)")

TAKE_DOWN = """
    SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT format('DROP VIEW IF EXISTS %s CASCADE', oid::regclass) FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
    UNION ALL SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT format('DROP POLICY IF EXISTS %I ON %s', polname, polrelid::regclass) FROM pg_policy
    UNION ALL SELECT 'DROP TABLE pending_checks'
"""
SNAPSHOTS = {
    "functions": """
        SELECT oid::regprocedure::text, pg_get_functiondef(oid) || coalesce(proacl::text, '') FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace""",
    "triggers": """
        SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal""",
    "views": """
        SELECT oid::regclass::text, pg_get_viewdef(oid) || coalesce(reloptions::text, '') FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'""",
    "constraints": """
        SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> 0""",
    "policies": """
        SELECT polrelid::regclass || '.' || polname, pg_get_expr(polqual, polrelid) || polroles::regrole[]::text
               || polpermissive::text || polcmd::text
               || (SELECT relrowsecurity FROM pg_class WHERE oid = polrelid)::text
          FROM pg_policy""",
    "notes": """
        SELECT attname, format_type(atttypid, atttypmod) || relpersistence::text || coalesce(reloptions::text, '')
          FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
         WHERE relname = 'pending_checks' AND attnum > 0""",
}


@pytest.fixture
def owner(django_db_setup):
    with owner_connection() as connection:
        yield connection
        connection.rollback()


def snapshot(connection) -> dict[str, dict[str, str]]:
    return {kind: dict(connection.execute(query).fetchall()) for kind, query in SNAPSHOTS.items()}


def take_down(connection) -> None:
    for (statement,) in connection.execute(TAKE_DOWN).fetchall():
        connection.execute(statement)
    kept = [name for path in FILES for name in KEYS.findall(path.read_text())]
    tables = dict(
        connection.execute("SELECT conname, conrelid::regclass::text FROM pg_constraint").fetchall()
    )
    for name in kept:
        connection.execute(f"ALTER TABLE {tables[name]} DROP CONSTRAINT IF EXISTS {name} CASCADE")


def build(connection) -> None:
    """Every file once, in whatever order what they need allows."""
    waiting = list(FILES)
    while waiting:
        left = [path for path in waiting if not runs(connection, path)]
        assert len(left) < len(waiting), left
        waiting = left


def runs(connection, path) -> bool:
    try:
        with connection.transaction():
            connection.execute(path.read_text())
    except (
        psycopg.errors.UndefinedFunction,
        psycopg.errors.UndefinedTable,
        psycopg.errors.InvalidForeignKey,
    ):
        return False
    return True


def test_what_is_kept_is_what_runs(owner):
    running = snapshot(owner)
    take_down(owner)
    build(owner)
    assert snapshot(owner) == running


def test_a_difference_would_be_seen(owner):
    running = snapshot(owner)
    owner.execute("GRANT EXECUTE ON FUNCTION post_payments() TO PUBLIC")
    owner.execute("ALTER FUNCTION guard_call() RESET ALL")
    owner.execute("ALTER VIEW fund_capital SET (security_barrier)")
    changed = snapshot(owner)
    different = {
        name for kind in running for name in running[kind] if changed[kind].get(name) != running[kind][name]
    }
    assert different == {"post_payments()", "guard_call()", "fund_capital"}


def test_money_is_the_domain_that_is_kept(owner):
    running = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname LIKE 'money_%is_exact'"
    before = owner.execute(running).fetchall()
    text = (ROOT / "blackgem" / "sql" / "domain.sql").read_text()
    owner.execute(text.replace("money_amount", "money_again"))
    assert owner.execute(running).fetchall() == before * 2
