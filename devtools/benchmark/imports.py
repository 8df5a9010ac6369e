"""An import of payments by COPY, beside the same rows in the same tables with their keys and indexes but no rails."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from blackgem.lib.opened import open_import

from .figures import Figure, at_least
from .population import Shape, switch_triggers
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
}
LEDGER = "capital_transactions"


@dataclass(frozen=True)
class Rows:
    """Rows of a table as COPY reads them: made beforehand, so that only the database's time counts."""

    table: str
    columns: str
    text: bytes

    def copy_into(self, connection: psycopg.Connection) -> None:
        with connection.cursor().copy(f"COPY {self.table} ({self.columns}) FROM STDIN") as copy:
            copy.write(self.text)


def measure(scratch: Scratch, *, quick: bool) -> Iterator[Figure]:
    shape = QUICK if quick else FULL
    base = scratch.populated("import_base", shape, paid=False)
    with scratch.connect(base) as connection:
        rows = history(connection)
    ledger = _posted(scratch, base, rows)
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(1 if quick else 3):
        times[True].append(_run(scratch, base, rows, rails=True))
        times[False].append(_run(scratch, base, [*rows, ledger], rails=False))
    with_rails, without = (shape.items / statistics.median(times[rails]) for rails in (True, False))
    what = f"{shape.items:,} payments: receipts, payments, settle_states(), commit"
    yield Figure(what, f"{with_rails:,.0f}", f"{without:,.0f}", **at_least(GOAL, with_rails / without))
    yield Figure("  … seconds", *(f"{statistics.median(times[rails]):.2f} s" for rails in (True, False)))
    scratch.drop(base)


def history(connection: psycopg.Connection) -> list[Rows]:
    """The receipts and payments that pay every item."""
    return [
        Rows(table, columns, _text(connection, sql.SQL(query))) for table, (columns, query) in ROWS.items()
    ]


def _text(connection, query: sql.Composable) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY ({}) TO STDOUT").format(query)) as copy:
        return b"".join(bytes(block) for block in copy)


def _posted(scratch: Scratch, base: str, rows: list[Rows]) -> Rows:
    """The ledger rows that the database itself posts for these payments."""
    database = scratch.clone("posted", of=base)
    with psycopg.connect(url_of("default", database)) as connection:
        bring_in(connection, rows)
        connection.execute("SELECT settle_states()")
        found = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
            [LEDGER],
        )
        columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in found)
        query = sql.SQL("SELECT {} FROM {} ORDER BY id").format(columns, sql.Identifier(LEDGER))
        ledger = Rows(LEDGER, columns.as_string(connection), _text(connection, query))
        connection.rollback()
    scratch.drop(database)
    return ledger


def bring_in(connection: psycopg.Connection, rows: list[Rows]) -> None:
    """Copy them in a transaction that the application opens."""
    open_import(connection)
    for table in rows:
        table.copy_into(connection)


def _run(scratch: Scratch, base: str, rows: list[Rows], *, rails: bool) -> float:
    """The seconds that it took on a fresh clone; what was written is compared with what was called."""
    database = scratch.clone("import", of=base)
    if not rails:
        with psycopg.connect(url_of("owner", database)) as connection:
            switch_triggers(connection, [*ROWS, LEDGER], on=False)
    # Without rails the ledger rows are copied too, which only the owner may; with them the database posts them.
    with psycopg.connect(url_of("default" if rails else "owner", database)) as connection:
        began = time.perf_counter()
        bring_in(connection, rows)
        if rails:
            connection.execute("SELECT settle_states()")
        connection.commit()
        taken = time.perf_counter() - began
        _check(connection)
    scratch.drop(database)
    return taken


def _check(connection) -> None:
    """Both ways end with the same books: everything that was called is paid, and the ledger says so too."""
    called, paid, funded = connection.execute(
        "SELECT (SELECT sum(amount) FROM capital_call_items), (SELECT sum(paid) FROM fund_commitment_capital),"
        " (SELECT sum(amount) FROM capital_transactions)"
    ).fetchone()
    if not called == paid == funded:
        raise RuntimeError(f"The import does not reconcile: called {called}, paid {paid}, ledger {funded}.")
