"""`manage.py benchmark`: that it measures what it says and leaves nothing behind."""

import os
import subprocess
import sys
import time

import pytest

from devtools.benchmark.figures import Figure, at_least, at_most, medians, table
from devtools.benchmark.population import Shape, populate
from devtools.embedded import runtime
from tests.support import superuser_connection

SMALL = Shape(funds=2, calls=3, partners=4)


@pytest.fixture
def databases(transactional_db):
    """The names of the benchmark's databases on this cluster."""

    def names():
        with superuser_connection() as connection:
            found = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE 'blackgem_benchmark_%'"
            )
            return [name for (name,) in found]

    return names


def test_it_prints_a_ratio_and_drops_its_databases(databases):
    command = [
        sys.executable,
        str(runtime.CHECKOUT / "manage.py"),
        "benchmark",
        "--quick",
        "--only",
        "imports",
    ]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("5,000 payments"))
    assert "×  ≥ 0.5×" in line
    assert databases() == []


def test_a_population_is_the_same_every_time_and_whole(databases):
    with superuser_connection() as connection:
        populate(connection, SMALL, paid=True)
        called, paid, rows = connection.execute(
            "SELECT sum(c.called), sum(c.paid), (SELECT count(*) FROM payments) FROM fund_commitment_capital c"
        ).fetchone()
        assert (called, paid, rows) == (called, called, SMALL.items)
        assert str(called) == "31089.60"
        broken = "SELECT count(*) FROM capital_calls WHERE status <> issued_call_status(total_amount, total_amount)"
        assert connection.execute(broken).fetchone() == (0,)


def test_figures_are_held_to_their_goals():
    assert at_most(1.2, 1.19)["met"]
    assert not at_least(0.5, 0.49)["met"]
    lines = table(
        ("what", "here", "there", "ratio", "goal", ""),
        [Figure("a", "10", "20", **at_least(0.6, 0.5)), Figure("bcd", "1,000")],
    ).splitlines()
    assert lines == [
        "what   here  there  ratio    goal",
        "----  -----  -----  -----  ------  ------",
        "a        10     20  0.50×  ≥ 0.6×  MISSED",
        "bcd   1,000",
    ]


def test_medians_warm_up_first_and_take_turns():
    order = []
    tasks = {"fast": lambda: order.append("fast"), "slow": lambda: (order.append("slow"), time.sleep(0.002))}
    found = medians(tasks, rounds=3, seconds=10)
    assert order == ["fast", "slow"] * 4
    assert found["fast"] < found["slow"]
