"""House rules that a machine can hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from blackgem.lib.access import undeclared
from blackgem.lib.rollups import RollUp
from tests.support import owner_connection

ROOT = Path(__file__).resolve().parents[2]
APPS = ("blackgem", "funds", "capital", "distributions", "portal")
SOURCES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
BELOW_VIEWS = ("services", "calc", "models", "queries")
#: Pixels and roots of equations; never money.
MAY_USE_FLOAT = {
    "blackgem/lib/charts/",
    "funds/calc/irr.py",
    "devtools/embedded",
    "devtools/benchmark",
    "blackgem/templatetags",
    "distributions/calc/charts.py",
    "blackgem/management/commands/worked_examples.py",
}


def relative(path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of(paths, pattern):
    found = re.compile(pattern)
    return [
        f"{relative(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if found.search(line)
    ]


def test_arrows_only_point_down():
    run = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout


def test_every_page_declares_its_audience():
    assert undeclared() == []


def test_nothing_below_a_view_reads_the_clock():
    below = [path for path in SOURCES if set(BELOW_VIEWS) & {*path.parts, path.stem}]
    assert lines_of(below, r"timezone\.now|localdate\(|date\.today|datetime\.now|utcnow") == []


def test_states_are_moved_by_transitions_only():
    # Deliveries of notices are a queue, not a state machine: claimed and settled in one statement.
    queue = ("funds/services/notices.py", "funds/services/delivering.py")
    others = [path for path in SOURCES if relative(path) not in queue]
    assert lines_of(others, r"\.update\([^)]*\b(state|status)=") == []


def test_no_float_comes_near_money():
    money = [path for path in SOURCES if not any(relative(path).startswith(one) for one in MAY_USE_FLOAT)]
    assert lines_of(money, r"(?<!env\.)\bfloat\(") == []


def test_each_file_is_one_room():
    long = [relative(path) for path in SOURCES if len(path.read_text().splitlines()) > 400]
    assert long == []


def test_the_clock_of_the_database_only_stamps_when_something_was_recorded():
    sql = [path for app in APPS for path in (ROOT / app / "sql").rglob("*.sql")]
    assert lines_of(sql, r"\b(now|current_date|current_timestamp|clock_timestamp)\b") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model",
    [model for model in apps.get_models() if issubclass(model, RollUp)],
    ids=lambda model: model.__name__,
)
def test_a_roll_up_names_every_column_of_its_view(model):
    with connection.cursor() as cursor:
        columns = [
            one.name for one in connection.introspection.get_table_description(cursor, model._meta.db_table)
        ]
    assert columns == [field.column for field in model._meta.fields]
    assert model.__doc__


# ---------------------------------------------------------------- the SQL that runs is the SQL that is kept


def kept(app) -> str:
    """All that an app keeps in its sql folder."""
    return "\n".join(path.read_text() for path in sorted((ROOT / app / "sql").rglob("*.sql")))


def normal(text) -> str:
    return re.sub(r"\s+", " ", text).strip()


def bodies(text) -> dict[str, str]:
    """Each function's name and its text between the dollars."""
    chunks = re.split(r"CREATE (?:OR REPLACE )?FUNCTION ", text)[1:]
    return {
        chunk.split("(", 1)[0]: normal(chunk.split("$$")[1])
        for chunk in chunks
        if "AS $$" in chunk.split(";", 1)[0]
    }


@pytest.mark.django_db
def test_every_function_in_the_database_is_the_one_that_is_kept():
    current = {name: body for app in APPS for name, body in bodies(kept(app)).items()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosqlbody IS NULL"
        )
        running = {name: normal(source) for name, source in cursor.fetchall()}
    assert running == current


@pytest.mark.django_db
def test_every_trigger_in_the_database_is_one_that_is_kept():
    current = {
        name for app in APPS for name in re.findall(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+)", kept(app))
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        running = {name for (name,) in cursor.fetchall()}
    assert running == current


VIEWS = sorted(path for app in APPS for path in (ROOT / app / "sql" / "views").glob("*.sql"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.stem)
def test_every_view_in_the_database_is_the_one_that_is_kept(path):
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT pg_get_viewdef(%s::regclass)", [path.stem])
        running = cursor.fetchone()[0]
        twin = path.read_text().replace(f"CREATE VIEW {path.stem} ", f"CREATE VIEW {path.stem}_kept ")
        cursor.execute(twin)
        cursor.execute("SELECT pg_get_viewdef(%s::regclass)", [f"{path.stem}_kept"])
        assert cursor.fetchone()[0] == running
        owner.rollback()
