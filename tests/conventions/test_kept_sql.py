"""The SQL files are the SQL that runs: `migrate` builds from them, whole, and only where they have changed."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction

from blackgem.lib import sql_files
from tests.support import template

SNAPSHOTS = {
    "functions": """
        SELECT oid::regprocedure::text, pg_get_functiondef(oid) || coalesce(proacl::text, '') FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace""",
    "triggers": """
        SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal""",
    "views": """
        SELECT oid::regclass::text, pg_get_viewdef(oid) || coalesce(reloptions::text, '') FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'""",
    "policies": """
        SELECT polrelid::regclass || '.' || polname, pg_get_expr(polqual, polrelid) || polroles::regrole[]::text
               || polpermissive::text || polcmd::text
               || (SELECT relrowsecurity FROM pg_class WHERE oid = polrelid)::text
          FROM pg_policy""",
}


@pytest.fixture
def owner(django_db_setup, django_db_blocker):
    """The schema owner's connection, in a transaction that is rolled back."""
    with django_db_blocker.unblock():
        connection = connections["owner"]
        with transaction.atomic(using="owner"):
            if template.was_restored():
                sql_files.apply_files(connection, sql_files.files())
            yield connection
            transaction.set_rollback(True, using="owner")
        connection.close()


def catalogue(connection) -> dict[str, dict[str, str]]:
    found = {}
    with connection.cursor() as cursor:
        for kind, query in SNAPSHOTS.items():
            cursor.execute(query)
            found[kind] = dict(cursor.fetchall())
    return found


def execute(connection, *statements) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def copies(tmp_path, monkeypatch) -> list[Path]:
    """The project's SQL files in a folder of the test's own, where they can be changed."""
    root = Path(settings.BASE_DIR)
    made = []
    for path in sql_files.files():
        made.append(tmp_path / path.relative_to(root))
        made[-1].parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, made[-1])
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    return made


def test_built_again_from_the_files_nothing_is_different(owner):
    running = catalogue(owner)
    sql_files.apply_files(owner, sql_files.files())
    assert catalogue(owner) == running
    assert all(running.values())


def test_what_was_changed_by_hand_is_put_right(owner):
    running = catalogue(owner)
    execute(
        owner,
        "GRANT EXECUTE ON FUNCTION post_payments() TO PUBLIC",
        "ALTER FUNCTION guard_call() RESET ALL",
        "ALTER VIEW fund_capital SET (security_barrier)",
        "DROP TRIGGER append_only ON capital_transactions",
        "CREATE FUNCTION left_over() RETURNS integer LANGUAGE sql RETURN 1",
    )
    assert catalogue(owner) != running
    sql_files.apply_files(owner, sql_files.files())
    assert catalogue(owner) == running


def test_one_changed_file_is_applied_and_its_checksum_remembered(owner, copies):
    running = catalogue(owner)
    assert sql_files.applied_checksum(owner) == sql_files.checksum(copies)
    changed = next(path for path in copies if path.name == "fund_capital.sql")
    changed.write_text(
        changed.read_text().replace("a.committed AS total_committed", "a.committed + 0 AS total_committed")
    )
    sql_files.apply_files(owner, copies)
    now = catalogue(owner)
    assert [name for name in running["views"] if now["views"][name] != running["views"][name]] == [
        "fund_capital"
    ]
    assert {kind: now[kind] for kind in now if kind != "views"} == {
        kind: running[kind] for kind in running if kind != "views"
    }
    assert sql_files.applied_checksum(owner) == sql_files.checksum(copies)


def test_a_file_that_cannot_run_leaves_everything_as_it_was(owner, copies):
    running = catalogue(owner)
    copies[0].write_text("CREATE VIEW broken AS SELECT nothing FROM nowhere")
    with pytest.raises(DatabaseError, match="nowhere"), transaction.atomic(using="owner"):
        sql_files.apply_files(owner, copies)
    assert catalogue(owner) == running


def test_before_tables_change_views_go_and_triggers_stay(owner):
    running = catalogue(owner)
    sql_files.drop_views(owner)
    now = catalogue(owner)
    assert now["views"] == {}
    assert now["triggers"] == running["triggers"]
    assert sql_files.applied_checksum(owner) is None
    with pytest.raises(sql_files.OutdatedSql):
        sql_files.require_current(owner)
    sql_files.apply_changed(owner)
    assert catalogue(owner) == running
    sql_files.require_current(owner)


def test_what_runs_already_is_left_alone(owner):
    execute(owner, "ALTER VIEW fund_capital SET (security_barrier)")
    changed = catalogue(owner)
    sql_files.apply_changed(owner)
    assert catalogue(owner) == changed


def test_a_process_with_other_files_does_not_serve(owner, copies, monkeypatch):
    monkeypatch.setattr(sql_files, "files", lambda: copies)
    sql_files.require_current(owner)
    copies[0].write_text(copies[0].read_text() + "-- another version\n")
    with pytest.raises(sql_files.OutdatedSql, match="migrate"):
        sql_files.require_current(owner)
