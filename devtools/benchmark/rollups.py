"""The roll-ups, beside a bare sum() of the same rows."""

from collections.abc import Iterator

import psycopg

from .figures import Figure, at_most, medians, milliseconds
from .population import Shape
from .scratch import Scratch, url_of

SHAPES = {"10k": Shape(50, 10, 20), "100k": Shape(50, 20, 100), "1M": Shape(50, 40, 500)}
QUICK = ("10k", "100k")
HEADINGS = ("roll-up", "view", "bare sum()", "ratio", "goal", "")
GOAL = 1.2
#: What is compared: the view, a bare sum() of the rows that it sums and, for all funds, one that groups them.
COMPARED = {
    "one fund, fund_capital": {
        "view": "SELECT * FROM fund_capital WHERE fund_id = 7",
        "sum": "SELECT sum(amount) FROM capital_transactions WHERE fund_id = 7 AND allocation_id IS NOT NULL",
    },
    "one fund, fund_commitment_capital": {
        "view": "SELECT * FROM fund_commitment_capital WHERE fund_id = 7",
        "sum": "SELECT sum(amount) FROM payments WHERE fund_id = 7",
    },
    "one fund, fund_capital_at": {
        "view": "SELECT * FROM fund_capital_at('2023-06-30', now()) WHERE fund_id = 7",
        "sum": "SELECT sum(amount) FROM capital_transactions WHERE fund_id = 7 AND allocation_id IS NOT NULL",
    },
    "one fund, fund_commitment_capital_at": {
        "view": "SELECT * FROM fund_commitment_capital_at('2023-06-30', now()) WHERE fund_id = 7",
        "sum": "SELECT sum(amount) FROM payments WHERE fund_id = 7",
    },
    "all funds, fund_capital": {
        "view": "SELECT * FROM fund_capital",
        "sum": "SELECT sum(amount) FROM capital_transactions WHERE allocation_id IS NOT NULL",
        "by fund": "SELECT fund_id, sum(amount) FROM capital_transactions WHERE allocation_id IS NOT NULL"
        " GROUP BY fund_id",
    },
    "all funds, fund_commitment_capital": {
        "view": "SELECT * FROM fund_commitment_capital",
        "sum": "SELECT sum(amount) FROM payments",
        "by fund": "SELECT fund_id, sum(amount) FROM payments GROUP BY fund_id",
    },
}


def measure(scratch: Scratch, *, quick: bool) -> Iterator[Figure]:
    for name, shape in SHAPES.items():
        if quick and name not in QUICK:
            continue
        database = scratch.populated("rollups", shape, paid=True)
        with psycopg.connect(url_of("default", database), autocommit=True) as connection:
            yield from _compare(connection, name, held=shape.items >= 1_000_000)
        scratch.drop(database)


def _compare(connection, size: str, *, held: bool) -> Iterator[Figure]:
    """Each view for one fund and for all, beside its source; the goal holds at a million payments, for views. What a
    function of a day costs more is measured, not held."""
    for what, queries in COMPARED.items():
        times = medians(
            {
                name: lambda query=query: connection.execute(query).fetchall()
                for name, query in queries.items()
            },
            rounds=60,
            seconds=6,
        )
        yield _figure(f"{size}, {what}", times, held and not what.endswith("_at"))
        if "by fund" in times:
            yield _figure("  … beside sum() GROUP BY fund", {**times, "sum": times["by fund"]}, held)


def _figure(what: str, times: dict[str, float], held: bool) -> Figure:
    ratio = times["view"] / times["sum"]
    held_to = at_most(GOAL, ratio) if held else {"ratio": ratio}
    return Figure(what, milliseconds(times["view"]), milliseconds(times["sum"]), **held_to)
