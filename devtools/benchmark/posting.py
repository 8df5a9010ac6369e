"""Payments through the service: by one payer, by fifty at once on one call, and of a matched statement, beside a bare
INSERT of the rows that they wrote.

The payers are spread over processes and threads as the web server spreads its requests.
"""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
from django.db import connection, connections, transaction
from psycopg import sql

from banking.models import BankStatement
from banking.services.accounts import add_bank_account
from banking.services.posting import post_matches
from blackgem.lib.context import WriteContext
from blackgem.models import User
from capital.models import CallCapital, CapitalCallItem
from capital.services.payments import record_payment
from devtools.demo.statements import Line, bring_in, camt
from funds.models import Fund

from .figures import Figure
from .imports import LEDGER
from .population import Shape, switch_triggers
from .scratch import Scratch, url_of, use

HEADINGS = ("payments through the service", "a second", "bare INSERT", "ratio", "goal", "")
SHAPE = Shape(1, 1, 5000)
DAY = date(2016, 1, 12)
AT = datetime(2016, 1, 12, 12, tzinfo=UTC)
ONE, FIFTY, STATEMENT = 150, 300, 500
#: Which rows a payment writes, in their order, by the payment.
WRITTEN = {
    "receipts": "t.id = p.receipt_id",
    "payments": "t.id = p.id",
    LEDGER: "t.payment_id = p.id",
    "audit_events": "t.subjects @> ARRAY['capital.payment:' || p.id]::varchar[]",
}
POSTED = WRITTEN | {
    "entry_postings": "t.receipt_id = p.receipt_id",
    "audit_events": "t.subjects && ARRAY['capital.payment:' || p.id, 'capital.receipt:' || p.receipt_id]::varchar[]",
}


def measure(scratch: Scratch, *, quick: bool) -> Iterator[Figure]:
    base = scratch.populated("posting_base", SHAPE, paid=False)
    use(base)
    items = list(CapitalCallItem.objects.order_by("pk").values_list("pk", "amount"))
    alone, fifty_pay, stated = (100, 500, 200) if quick else (500, 3000, 1000)
    first = alone + fifty_pay
    statement = _statement(items[first : first + stated])
    _analyse(scratch, base)
    database = scratch.clone("posting", of=base)
    use(database)

    single = _per_second([items[:alone]])
    rows = _rows(scratch, database, WRITTEN, "true")
    yield _figure("1 payer, one call", single, _bare(scratch, base, rows), ONE)
    fifty = _per_second([items[alone + payer : first : 50] for payer in range(50)])
    yield _figure("50 payers at once, one call", fifty, _bare(scratch, base, rows, payers=50), FIFTY)
    _analyse(scratch, database)

    connection.ensure_connection()
    took, processor = _timed(lambda: _post(statement, stated))
    rows = _rows(scratch, database, POSTED, f"p.item_id > {items[first - 1][0]}")
    what = f"a matched statement of {stated:,} credits"
    yield _figure(what, stated / took, _bare(scratch, base, rows, together=True), STATEMENT)
    yield Figure("  … processor for each, ours and the database's", f"{processor / stated * 1000:.1f} ms")
    took, processor = _timed(
        lambda: [pay_one(one, payer_of_all()) for one in items[first + stated :][:alone]]
    )
    yield Figure("  … of the payments of 1 payer", f"{processor / alone * 1000:.1f} ms")
    _check(sum(amount for _, amount in items[: first + stated + alone]))
    use(scratch.template)
    for one in (database, base):
        scratch.drop(one)


def _figure(what: str, measured: float, bare: float, goal: int) -> Figure:
    return Figure(what, f"{measured:,.0f}", f"{bare:,.0f}", measured / bare, f"≥ {goal}", measured >= goal)


# ---------------------------------------------------------------- payers


def payer_of_all() -> User:
    return User.objects.get()


def _per_second(shares: list[list]) -> float:
    return at_once(shares, lambda: payer_of_all, pay_one)


def pay_one(item: tuple, by: User) -> None:
    item_id, amount = item
    record_payment(
        item_id=item_id,
        amount=amount,
        value_date=DAY,
        method="wire",
        tx_ref=f"FT{item_id}",
        ctx=WriteContext(by, AT),
    )


def at_once(shares: list[list], begin: Callable, pay: Callable) -> float:
    """Every share is one payer's; the clock runs from when all stand ready until the last has paid. `begin()` makes
    what a payer's own `pay` is given with each payment."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(len(shares) + 1)
    processes = min(len(shares), os.cpu_count() or 1)
    children = [
        context.Process(target=_pay_in_threads, args=(shares[number::processes], ready, begin, pay))
        for number in range(processes)
    ]
    for child in children:
        child.start()
    ready.wait(timeout=120)
    began = time.perf_counter()
    for child in children:
        child.join()
    if any(child.exitcode for child in children):
        raise RuntimeError("A payer failed.")
    return sum(map(len, shares)) / (time.perf_counter() - began)


def _pay_in_threads(shares: list[list], ready, begin: Callable, pay: Callable) -> None:
    failures: list[BaseException] = []
    threads = [threading.Thread(target=_pay, args=(share, ready, begin, pay, failures)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os._exit(len(failures))


def _pay(share: list, ready, begin: Callable, pay: Callable, failures: list) -> None:
    try:
        by = begin()()
        ready.wait(timeout=120)
        for one in share:
            pay(one, by)
    except BaseException as error:
        failures.append(error)
        raise
    finally:
        connections.close_all()


# ---------------------------------------------------------------- a statement


def _statement(items: list[tuple]) -> BankStatement:
    """A statement on which each of these items is paid by its partner, under its reference."""
    fund, by = Fund.objects.get(), payer_of_all()
    rows = CapitalCallItem.objects.select_related("commitment__investor", "call").in_bulk(
        [pk for pk, _ in items]
    )
    with transaction.atomic():
        account = add_bank_account(fund_id=fund.pk, number="4400117730", ctx=WriteContext(by, AT))
        lines = {}
        for pk, amount in items:
            of, call = rows[pk].commitment, rows[pk].call
            lines[f"B{pk}"] = Line(DAY, amount, of.investor.name, f"CC{call.number}-{of.reference}")
        content = camt(account, fund.currency, "S1", lines[f"B{items[0][0]}"].amount * 0, (DAY, DAY), lines)
        file = bring_in(fund, content, "statement.xml", DAY, by)
    return file.statements.get()


def _post(statement: BankStatement, count: int) -> None:
    posted, left = post_matches(statement_id=statement.pk, ctx=WriteContext(payer_of_all(), AT))
    if len(posted) != count or left:
        raise RuntimeError(f"Of {count} entries {len(posted)} were posted: {left[:3]}")


def _timed(task: Callable[[], object]) -> tuple[float, float]:
    """The seconds that a task takes, and those of a processor: of this process and of the database for it."""
    began, used = time.perf_counter(), time.process_time() + _used_by_database()
    task()
    return time.perf_counter() - began, time.process_time() + _used_by_database() - used


def _used_by_database() -> float:
    """Seconds of a processor that the session's process took so far; none where it runs on another machine."""
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not stat.exists() or "postgres" not in (text := stat.read_text()):
        return 0.0
    user, system = text.rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


# ---------------------------------------------------------------- the same rows, without the service


def _rows(scratch: Scratch, database: str, tables: dict[str, str], which: str) -> list[list[tuple[str, str]]]:
    """What was written of each payment: tables with rows as text."""
    found: dict[int, list[tuple[str, str]]] = {}
    with scratch.connect(database) as administrator:
        for table, joined in tables.items():
            query = sql.SQL(
                "SELECT p.id, t::text FROM payments p JOIN {} t ON {} WHERE {} ORDER BY p.id, t.id"
            )
            parts = (sql.Identifier(table), sql.SQL(joined), sql.SQL(which))
            for payment, row in administrator.execute(query.format(*parts)):
                found.setdefault(payment, []).append((table, row))
    return list(found.values())


def _bare(scratch: Scratch, base: str, payments: list, *, payers: int = 1, together: bool = False) -> float:
    """How many of these payments a second are inserted by themselves, where nothing but keys is checked: each in its
    own transaction, or all `together`, table by table."""
    database = scratch.clone("bare", of=base)
    tables = list(POSTED)
    with psycopg.connect(url_of("owner", database)) as owner:
        switch_triggers(owner, tables, on=False)
    url = url_of("owner", database)
    if together:
        per_second = _insert_together(url, tables, payments)
    else:
        shares = [payments[payer::payers] for payer in range(payers)]
        per_second = at_once(shares, lambda: lambda: psycopg.connect(url), _insert_one)
    scratch.drop(database)
    return per_second


def _insert_one(rows: list[tuple[str, str]], session: psycopg.Connection) -> None:
    with session.transaction():
        for table, row in rows:
            insert = sql.SQL("INSERT INTO {0} SELECT (x.row).* FROM (SELECT %s::{0} AS row) x")
            session.execute(insert.format(sql.Identifier(table)), [row])


def _insert_together(url: str, tables: list[str], payments: list) -> float:
    with psycopg.connect(url) as session:
        began = time.perf_counter()
        for table in tables:
            of_it = [row for rows in payments for named, row in rows if named == table]
            insert = sql.SQL("INSERT INTO {0} SELECT x.* FROM unnest(%s::text[]::{0}[]) x")
            session.execute(insert.format(sql.Identifier(table)), [of_it])
        session.commit()
        return len(payments) / (time.perf_counter() - began)


def _analyse(scratch: Scratch, database: str) -> None:
    connections.close_all()
    with scratch.connect(database) as administrator:
        administrator.execute("VACUUM (ANALYZE)")


def _check(expected) -> None:
    """No payment lost, none twice."""
    paid = CallCapital.objects.get().paid
    if paid != expected:
        raise RuntimeError(f"Paid {paid}, expected {expected}.")
