"""Years of capital calls brought in as an import brings them: COPY straight into the tables, then settle_states().

The rails hold here as everywhere, the ledger rows are posted by the database, and the roll-ups are right at once.
Imported calls have no notices: those letters were sent by whoever kept the books before.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from psycopg import sql

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.opened import open_import
from capital.models import CapitalCall, FundAllocation
from capital.services.planning import Row, WorkedOutCall, raise_problems, work_out
from capital.services.plans import CallPlan
from funds.models import BankDetails, Fund

from .people import Staff, on

CALL = (
    "id",
    "fund_id",
    "number",
    "call_date",
    "due_date",
    "total_amount",
    "purpose",
    "purpose_detail",
    "status",
)
CALL += ("revision", "bank_details_id", "four_eyes", "submitted_at", "submitted_by_id", "approved_at")
CALL += ("approved_by_id", "cancel_reason", "created_by_id")
LINE = (
    "id",
    "call_id",
    "fund_id",
    "position",
    "kind",
    "allocation_id",
    "seq_no",
    "amount",
    "reduces_unfunded",
    "split_by",
)
ITEM = ("id", "call_id", "fund_id", "commitment_id", "amount")
ITEM_LINE = (
    "item_id",
    "line_id",
    "call_id",
    "fund_id",
    "commitment_id",
    "reduces_unfunded",
    "amount",
    "weight",
)
ITEM_LINE += ("basis", "excuse_reason")
RECEIPT = ("id", "fund_id", "amount", "value_date", "payer", "method", "tx_ref", "note", "recorded_by_id")
PAYMENT = ("receipt_id", "fund_id", "call_id", "item_id", "commitment_id", "amount", "value_date", "method")
PAYMENT += ("reference", "tx_ref", "recorded_by_id")
CENT = Decimal("0.01")


def import_call(
    plan: CallPlan, number: int, *, bank: BankDetails, paid: Callable[[Row], Decimal], staff: Staff
) -> CapitalCall:
    """One issued call with what was paid on it, in the caller's transaction. `paid` gives the part of each partner's
    item that was paid: 1 is all of it."""
    worked_out = work_out(plan)
    raise_problems(worked_out)
    [call_id] = new_ids("capital_calls", 1)
    lines = dict(enumerate(new_ids("capital_call_lines", len(plan.lines))))
    items = dict(zip(worked_out.rows, new_ids("capital_call_items", len(worked_out.rows)), strict=True))
    open_import()
    copy("capital_calls", CALL, [_call(call_id, number, plan, bank, staff)])
    copy("capital_call_lines", LINE, _lines(call_id, plan, lines))
    copy(
        "capital_call_items",
        ITEM,
        ((i, call_id, plan.fund_id, r.commitment_id, r.called) for r, i in items.items()),
    )
    copy("capital_call_item_lines", ITEM_LINE, _item_lines(call_id, worked_out, lines, items))
    _pay(call_id, number, plan, items, paid, staff)
    settle_states()
    return _record(call_id, staff)


def _call(call_id, number, plan, bank, staff) -> tuple:
    at, manager, approver = on(plan.call_date), staff.manager.pk, staff.approver.pk
    head = (call_id, plan.fund_id, number, plan.call_date, plan.due_date, plan.total_amount, plan.purpose)
    return (
        *head,
        plan.purpose_detail,
        "sent",
        1,
        bank.pk,
        True,
        at,
        manager,
        at,
        approver,
        "",
        staff.analyst.pk,
    )


def _lines(call_id, plan, ids) -> Iterable[tuple]:
    for index, line in enumerate(plan.lines):
        seq_no = _next_seq_no(line.allocation_id) if line.allocation_id else None
        row = (ids[index], call_id, plan.fund_id, index + 1, str(line.kind), line.allocation_id, seq_no)
        yield (*row, line.amount, line.reduces_unfunded, str(line.split_by))


def _next_seq_no(allocation_id) -> int:
    return FundAllocation.objects.get(pk=allocation_id).call_lines.count() + 1


def _item_lines(call_id, worked_out: WorkedOutCall, lines, items) -> Iterable[tuple]:
    plan = worked_out.plan
    for row, item_id in items.items():
        for index, line in enumerate(plan.lines):
            keys = (item_id, lines[index], call_id, plan.fund_id, row.commitment_id, line.reduces_unfunded)
            part = (
                row.line_amounts[index],
                row.weights[index],
                row.bases[index],
                row.excuse_reasons[index],
            )
            yield (*keys, *part)


def _pay(call_id, number, plan, items, paid, staff) -> None:
    """A wire of its own from every partner who paid, some days before the call was due."""
    amounts = {row: (row.called * paid(row)).quantize(CENT) for row in items}
    payers = [row for row, amount in amounts.items() if amount]
    receipts, payments = [], []
    for row, receipt in zip(payers, new_ids("receipts", len(payers)), strict=True):
        day = _value_date(plan.due_date, row)
        tx_ref = f"FT{day:%y%m%d}{row.reference}"
        money = (amounts[row], day)
        receipts.append(
            (receipt, plan.fund_id, *money, row.investor_name, "wire", tx_ref, "", staff.manager.pk)
        )
        keys = (receipt, plan.fund_id, call_id, items[row], row.commitment_id)
        payments.append((*keys, *money, "wire", f"CC{number}-{row.reference}", tx_ref, staff.manager.pk))
    copy("receipts", RECEIPT, receipts)
    copy("payments", PAYMENT, payments)


def _value_date(due: date, row: Row) -> date:
    return due - timedelta(days=row.commitment_id % 9)


def _record(call_id: int, staff: Staff) -> CapitalCall:
    """The import leaves its mark on the timelines of the call and of its deals, dated when it was brought in."""
    call = CapitalCall.objects.select_related("fund").get(pk=call_id)
    deals = FundAllocation.objects.filter(call_lines__call=call).select_related("fund", "deal")
    changes = {"total_amount": [None, call.total_amount], "status": [None, call.status]}
    at = on(call.due_date)
    audit.record(
        verb="import_call",
        ctx=WriteContext(staff.manager, at),
        subject=call,
        also=deals,
        fund_id=call.fund_id,
        changes=changes,
    )
    return call


# ---------------------------------------------------------------- the database's side


def copy(table: str, columns: Iterable[str], rows: Iterable[tuple]) -> None:
    """COPY rows into a table as the application's own role. They are made first: the connection is busy meanwhile."""
    made = list(rows)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for row in made:
            into.write_row(row)


def new_ids(table: str, count: int) -> list[int]:
    """Ids from the table's own sequence, so that what is written later does not meet them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [number for (number,) in cursor.fetchall()]


def settle_states() -> None:
    """Make the stored states of what this transaction touched agree with its amounts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT settle_states()")


def finish(fund: Fund, last_number: int) -> None:
    """The next call takes the next number."""
    fund.last_call_number = last_number
    fund.save(update_fields=["last_call_number"])
