"""History brought in by COPY as the application's own role, in a transaction that it opened: never silently wrong."""

import time
from dataclasses import replace

import psycopg
import pytest

from devtools.benchmark.imports import Rows, bring_in, history
from devtools.benchmark.population import Shape, populate
from tests.support import app_connection, superuser_connection

pytestmark = pytest.mark.django_db(transaction=True)
SOME = Shape(funds=2, calls=4, partners=25)
FIFTY_THOUSAND = Shape(funds=5, calls=20, partners=500)
CALLED = "SELECT sum(total_called), (SELECT sum(called) FROM fund_commitment_capital) FROM fund_capital"
PAID = "SELECT sum(total_funded), (SELECT sum(paid) FROM fund_commitment_capital) FROM fund_capital"
STATES = (
    "SELECT array_agg(DISTINCT status), (SELECT array_agg(DISTINCT state) FROM fund_allocations)"
    "  FROM capital_calls"
)


def issued(shape: Shape) -> list[Rows]:
    """Issued calls of which nothing is paid, and the receipts and payments that would pay all of it."""
    with superuser_connection() as connection:
        populate(connection, shape, paid=False)
        return history(connection)


def test_fifty_thousand_payments_are_in_the_rollups_at_once_and_in_seconds():
    rows = issued(FIFTY_THOUSAND)
    with app_connection() as connection:
        began = time.monotonic()
        bring_in(connection, rows)
        assert connection.execute(PAID).fetchone() == connection.execute(CALLED).fetchone()
        changed = connection.execute("SELECT settle_states()").fetchone()
        connection.commit()
        taken = time.monotonic() - began
        # Every call moves; the deals have more to be called, so that they only pass from called to funded in part.
        assert changed == (FIFTY_THOUSAND.funds * FIFTY_THOUSAND.calls + FIFTY_THOUSAND.funds * 4,)
        assert connection.execute(STATES).fetchone() == (["fully_funded"], ["partially_funded"])
        assert connection.execute("SELECT count(*) FROM capital_transactions").fetchone() == (50_000,)
    assert taken < 60, f"{taken:.0f} s"


def test_without_settling_the_commit_is_refused_with_the_reason():
    rows = issued(SOME)
    connection = app_connection()
    bring_in(connection, rows)
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        connection.commit()
    connection.close()
    assert refused.value.diag.constraint_name in (
        "call_status_is_what_was_paid",
        "allocation_state_is_its_amounts",
    )
    assert "Call settle_states() before commit." in refused.value.diag.message_primary
    with app_connection() as connection:
        assert connection.execute("SELECT count(*) FROM payments").fetchone() == (0,)
        assert connection.execute(STATES).fetchone() == (["sent"], ["partially_called"])


def test_part_of_a_history_leaves_calls_partially_funded():
    rows = issued(SOME)
    half = [replace(table, text=b"".join(table.text.splitlines(keepends=True)[::2])) for table in rows]
    with app_connection() as connection:
        bring_in(connection, half)
        connection.execute("SELECT settle_states()")
        connection.commit()
        assert connection.execute(STATES).fetchone() == (["partially_funded"], ["partially_funded"])
        paid, ledger = connection.execute(
            "SELECT sum(paid), (SELECT sum(amount) FROM capital_transactions) FROM commitment_capital"
        ).fetchone()
    assert paid == ledger > 0


@pytest.mark.parametrize(
    ("fault", "rail"),
    [("a dollar too much", "payment_within_item"), ("another fund's receipt", "payment_receipt_of_fund")],
)
def test_one_wrong_row_refuses_the_whole_history(fault, rail):
    receipts, payments = issued(SOME)
    rows = [receipts, replace(payments, text=FAULTS[fault](payments))]
    connection = app_connection()
    with pytest.raises(psycopg.errors.IntegrityError) as refused:
        bring_in(connection, rows)
    connection.close()
    assert refused.value.diag.constraint_name == rail
    with app_connection() as connection:
        assert connection.execute("SELECT count(*) FROM receipts").fetchone() == (0,)


def _cells(payments: Rows) -> tuple[list[dict], list[str]]:
    """The first payment and the last, by column, and the lines that stay as they are."""
    names = payments.columns.replace(" ", "").split(",")
    lines = payments.text.decode().splitlines()
    return [dict(zip(names, lines[index].split("\t"), strict=True)) for index in (0, -1)], lines[1:]


def _join(first: dict, rest: list[str]) -> bytes:
    return "\n".join(["\t".join(first.values()), *rest, ""]).encode()


def _with_more(payments: Rows) -> bytes:
    (first, _), rest = _cells(payments)
    dollars, cents = first["amount"].split(".")
    return _join(first | {"amount": f"{int(dollars) + 1}.{cents}"}, rest)


def _with_foreign_receipt(payments: Rows) -> bytes:
    (first, last), rest = _cells(payments)
    assert first["fund_id"] != last["fund_id"]
    return _join(first | {"receipt_id": last["receipt_id"]}, rest)


FAULTS = {"a dollar too much": _with_more, "another fund's receipt": _with_foreign_receipt}
