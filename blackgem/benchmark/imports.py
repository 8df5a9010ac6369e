"""An import of payments by COPY, beside the same rows in the same tables with their keys and indexes but no rails."""

import statistics
import time
from collections.abc import Iterator

import psycopg

from .figures import Figure, at_least
from .population import Shape, populate, switch_triggers
from .scratch import Scratch, url_of

FULL, QUICK = Shape(5, 20, 500), Shape(5, 4, 250)
HEADINGS = ("import", "rows per second", "no rails", "ratio", "goal", "")
GOAL = 0.5
_ITEMS = (
    "FROM capital_call_items i JOIN capital_calls k ON k.id = i.call_id"
    " JOIN capital_call_lines l ON l.call_id = k.id ORDER BY i.id"
)
#: Table → its columns, and the rows that a bank's history would bring: every item paid by a receipt of its own.
ROWS = {
    "receipts": (
        "id, fund_id, amount, value_date, payer, method, tx_ref, note, recorded_by_id",
        f"SELECT i.id, i.fund_id, i.amount, k.due_date, '', 'wire', 'FT' || i.id, '', 1 {_ITEMS}",
    ),
    "payments": (
        "id, receipt_id, fund_id, call_id, item_id, commitment_id, amount, value_date, method, reference, tx_ref,"
        " recorded_by_id",
        "SELECT i.id, i.id, i.fund_id, i.call_id, i.id, i.commitment_id, i.amount, k.due_date, 'wire', '',"
        f" 'FT' || i.id, 1 {_ITEMS}",
    ),
    "capital_transactions": (
        "fund_id, commitment_id, type, amount, value_date, description, recallable, call_id, call_line_id,"
        " call_item_id, allocation_id, payment_id",
        "SELECT i.fund_id, i.commitment_id, 'CONTRIBUTION', i.amount, k.due_date,"
        " 'Capital Call #' || k.number || ' payment', false, i.call_id, l.id, i.id, l.allocation_id, i.id"
        f" {_ITEMS}",
    ),
}


def measure(scratch: Scratch, *, quick: bool) -> Iterator[Figure]:
    shape = QUICK if quick else FULL
    base = scratch.clone("import_base")
    with scratch.connect(base) as connection:
        populate(connection, shape, paid=False)
        rows = {table: _text(connection, query) for table, (_, query) in ROWS.items()}
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(1 if quick else 3):
        for rails in times:
            times[rails].append(_run(scratch, base, rows, rails=rails))
    with_rails, without = (shape.items / statistics.median(times[rails]) for rails in (True, False))
    what = f"{shape.items:,} payments: receipts, payments, settle_states(), commit"
    yield Figure(what, f"{with_rails:,.0f}", f"{without:,.0f}", **at_least(GOAL, with_rails / without))
    yield Figure("  … seconds", *(f"{statistics.median(times[rails]):.2f} s" for rails in (True, False)))
    scratch.drop(base)


def _text(connection, query: str) -> bytes:
    """The rows as COPY reads them, made beforehand, so that only the database's time counts."""
    with connection.cursor().copy(f"COPY ({query}) TO STDOUT") as copy:
        return b"".join(bytes(block) for block in copy)


def _run(scratch: Scratch, base: str, rows: dict[str, bytes], *, rails: bool) -> float:
    """The seconds that it took on a fresh clone; what was written is compared with what was called."""
    database = scratch.clone("import", of=base)
    if not rails:
        with psycopg.connect(url_of("owner", database)) as connection:
            switch_triggers(connection, ROWS, on=False)
    # Without rails the ledger rows are copied too, which only the owner may; with them the database posts them.
    with psycopg.connect(url_of("default" if rails else "owner", database)) as connection:
        began = time.perf_counter()
        for table in list(ROWS)[: 2 if rails else 3]:
            copy_text(connection, table, rows[table])
        if rails:
            connection.execute("SELECT settle_states()")
        connection.commit()
        taken = time.perf_counter() - began
        _check(connection)
    scratch.drop(database)
    return taken


def copy_text(connection: psycopg.Connection, table: str, rows: bytes) -> None:
    with connection.cursor().copy(f"COPY {table} ({ROWS[table][0]}) FROM STDIN") as copy:
        copy.write(rows)


def _check(connection) -> None:
    """Both ways end with the same books: everything that was called is paid, and the ledger says so too."""
    called, paid, funded = connection.execute(
        "SELECT (SELECT sum(amount) FROM capital_call_items), (SELECT sum(paid) FROM fund_commitment_capital),"
        " (SELECT sum(amount) FROM capital_transactions)"
    ).fetchone()
    if not called == paid == funded:
        raise RuntimeError(f"The import does not reconcile: called {called}, paid {paid}, ledger {funded}.")
