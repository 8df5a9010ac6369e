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
from tests.support.order import deep_tests

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "blackgem",
    "funds",
    "capital",
    "distributions",
    "fees",
    "closings",
    "banking",
    "evidence",
    "dashboard",
    "portal",
)
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


def test_what_a_package_keeps_to_itself_is_taken_in_one_place():
    others = [path for path in SOURCES if relative(path) != "blackgem/identity/internals.py"]
    assert lines_of(others, r"^from \w[\w.]*\.internal[. ]") == []


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
def test_a_roll_up_names_and_explains_every_column_of_its_view(model):
    with connection.cursor() as cursor:
        columns = [
            one.name for one in connection.introspection.get_table_description(cursor, model._meta.db_table)
        ]
    assert columns == [field.column for field in model._meta.fields]
    explained = re.findall(r"^        (\w+): \S", model.__doc__, re.MULTILINE)
    assert explained == [field.name for field in model._meta.fields]


# ---------------------------------------------------------------- what a ledger row did decides, not what it is called


def test_no_figure_is_decided_by_the_type_of_a_ledger_row():
    """Rows say whether they count as paid in, as distributed, restore, earn: `type` only names them on a list."""
    sql = [path for app in APPS for path in (ROOT / app).rglob("*.sql") if "migrations" not in path.parts]
    compared = r"type\s*(=|<>|!=|IN)\s*\(?\s*'(CONTRIBUTION|DISTRIBUTION)'"
    named = [
        line
        for line in lines_of(SOURCES, r"Type\.(CONTRIBUTION|DISTRIBUTION)\b")
        if "OTHER_TYPES" not in line
    ]
    assert lines_of(sql, compared) + named == []


def test_what_only_the_deep_run_does_is_there_and_says_what_stands_for_it():
    for begins, kept in deep_tests().items():
        path, *names = begins.split("::")
        name = names[-1] if names else ""
        assert kept, begins
        assert f"def {name.partition('[')[0]}" in (ROOT / path).read_text(), begins


def test_what_a_browser_shows_is_waited_for():
    """A page may still be on its way when a test asks: `expect` asks again until its patience ends, `assert` once."""
    state = r"\.(is_(visible|hidden|checked|enabled|disabled)|input_value|inner_text|get_attribute)\(|\.url\b"
    assert lines_of((ROOT / "tests/functional").glob("*.py"), f"assert .*({state})") == []
