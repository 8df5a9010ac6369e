"""A fund's money trail worked out again in Python from its raw rows, trusting no view, trigger or stored state."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

ZERO = Decimal(0)
ISSUED = ("sent", "partially_funded", "fully_funded")


class Allocation(NamedTuple):
    id: int
    committed: Decimal
    state: str


class Commitment(NamedTuple):
    id: int
    amount: Decimal
    investor: int


class Call(NamedTuple):
    id: int
    status: str
    total: Decimal
    number: int


class Line(NamedTuple):
    id: int
    call: int
    position: int
    allocation: int | None
    amount: Decimal
    reduces_unfunded: bool


class Item(NamedTuple):
    id: int
    call: int
    commitment: int
    amount: Decimal


class Part(NamedTuple):
    item: int
    line: int
    amount: Decimal


class Receipt(NamedTuple):
    id: int
    amount: Decimal
    tx_ref: str | None


class Return(NamedTuple):
    receipt: int
    amount: Decimal


class Payment(NamedTuple):
    id: int
    receipt: int
    call: int
    item: int
    amount: Decimal
    reverses: int | None


class Reversal(NamedTuple):
    id: int
    payment: int
    approved: bool
    rejected: bool


ROWS = {
    Allocation: "SELECT a.id, m.amount, a.state FROM fund_allocations a "
    "JOIN allocation_amounts m ON m.allocation_id = a.id WHERE a.fund_id = %s ORDER BY a.id",
    Commitment: "SELECT c.id, e.amount, c.investor_id FROM commitments c "
    "JOIN commitment_events e ON e.commitment_id = c.id WHERE c.fund_id = %s ORDER BY c.id",
    Call: "SELECT id, status, total_amount, number FROM capital_calls WHERE fund_id = %s ORDER BY id",
    Line: "SELECT id, call_id, position, allocation_id, amount, reduces_unfunded FROM capital_call_lines "
    "WHERE fund_id = %s ORDER BY id",
    Item: "SELECT id, call_id, commitment_id, amount FROM capital_call_items WHERE fund_id = %s ORDER BY id",
    Part: "SELECT item_id, line_id, amount FROM capital_call_item_lines WHERE fund_id = %s ORDER BY id",
    Receipt: "SELECT id, amount, tx_ref FROM receipts WHERE fund_id = %s ORDER BY id",
    Return: "SELECT receipt_id, amount FROM receipt_returns WHERE fund_id = %s ORDER BY id",
    Payment: "SELECT id, receipt_id, call_id, item_id, amount, reverses_id FROM payments "
    "WHERE fund_id = %s ORDER BY id",
    Reversal: "SELECT r.id, r.payment_id, r.approved_at IS NOT NULL, r.rejected_at IS NOT NULL "
    "FROM payment_reversals r JOIN payments p ON p.id = r.payment_id WHERE p.fund_id = %s ORDER BY r.id",
}
VIEWS = {
    "allocation": "SELECT allocation_id, committed, called, funded, uncalled, outstanding FROM allocation_capital",
    "call": "SELECT call_id, called, paid, outstanding FROM call_capital",
    "item": "SELECT item_id, c.called, c.paid, c.outstanding, c.status FROM call_item_capital c "
    "JOIN capital_calls k ON k.id = c.call_id",
    "commitment": "SELECT commitment_id, committed, called, called_within, paid, outstanding, unfunded "
    "FROM commitment_capital",
    "fund": "SELECT fund_id, total_committed, total_called, total_funded, uncalled_capital, outstanding_calls "
    "FROM fund_capital",
    "partners": "SELECT fund_id, committed, called, called_within, paid, outstanding, unfunded "
    "FROM fund_commitment_capital",
    "cash": "SELECT fund_id, received, applied, returned, unapplied FROM fund_cash",
    "receipt": "SELECT receipt_id, amount, applied, returned, unapplied FROM receipt_capital",
}
LEDGER = (
    "SELECT payment_id, call_line_id, sum(amount) FROM capital_transactions WHERE fund_id = %s "
    "GROUP BY payment_id, call_line_id"
)


def read(query, fund) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, [fund])
        return cursor.fetchall()


def total(amounts) -> Decimal:
    return sum(amounts, ZERO)


@dataclass
class ReferenceLedger:
    """The rows of one fund, and everything that follows from them."""

    fund: int
    rows: dict[type, list]

    @classmethod
    def of(cls, fund) -> "ReferenceLedger":
        return cls(fund, {kind: [kind(*row) for row in read(query, fund)] for kind, query in ROWS.items()})

    def __getitem__(self, kind):
        return self.rows[kind]

    def issued(self) -> set[int]:
        return {call.id for call in self[Call] if call.status in ISSUED}

    def paid(self, **by) -> Decimal:
        (field, value) = next(iter(by.items()))
        return total(payment.amount for payment in self[Payment] if getattr(payment, field) == value)

    def pays_again(self, receipt, items) -> bool:
        """Whether one bank transaction would pay an item a second time, the first payment standing."""
        taken_back = {one.reverses for one in self[Payment]}
        standing = [one for one in self[Payment] if one.reverses is None and one.id not in taken_back]
        paid = {one.item for one in standing if one.receipt == receipt.id}
        return receipt.tx_ref is not None and any(item.id in paid for item in items)

    def owed(self, item: Item) -> Decimal:
        return item.amount - self.paid(item=item.id) if item.call in self.issued() else ZERO

    # ------------------------------------------------------------ what payments were applied to

    def applied(self) -> dict[int, dict[int, Decimal]]:
        """Payment → line → amount. Lines are filled in their order; a reversal takes back what its payment filled."""
        order = {line.id: line.position for line in self[Line]}
        left = {(part.item, part.line): part.amount for part in self[Part]}
        done = {}
        for payment in self[Payment]:
            done[payment.id] = taken = (
                {line: -amount for line, amount in done[payment.reverses].items()}
                if payment.reverses
                else self.fill(payment, left, order)
            )
            for line, amount in taken.items():
                left[payment.item, line] -= amount
        return done

    @staticmethod
    def fill(payment, left, order) -> dict[int, Decimal]:
        lines = sorted((line for item, line in left if item == payment.item), key=order.get)
        rest, taken = payment.amount, {}
        for line in lines:
            part = min(rest, left[payment.item, line])
            if part:
                taken[line] = part
                rest -= part
        assert rest == 0, f"payment {payment.id} is more than its item"
        return taken

    # ------------------------------------------------------------ what every view should say

    def expected(self) -> dict[str, set[tuple]]:
        issued, applied = self.issued(), self.applied()
        funded = defaultdict(lambda: ZERO)
        allocation_of = {line.id: line.allocation for line in self[Line]}
        for lines in applied.values():
            for line, amount in lines.items():
                funded[allocation_of[line]] += amount
        allocations = {self.allocation(one, issued, funded[one.id]) for one in self[Allocation]}
        commitments = {self.commitment(one, issued) for one in self[Commitment]}
        receipts = {self.receipt(one) for one in self[Receipt]}
        return {
            "allocation": allocations,
            "call": {self.call(one, issued) for one in self[Call]},
            "item": {self.item(one, issued) for one in self[Item]},
            "commitment": commitments,
            "fund": {(self.fund, *sums(allocations, 5))},
            "partners": {(self.fund, *sums(commitments, 6))},
            "cash": {(self.fund, *sums(receipts, 4))},
            "receipt": receipts,
        }

    def allocation(self, one, issued, funded):
        called = total(
            line.amount for line in self[Line] if line.allocation == one.id and line.call in issued
        )
        return (one.id, one.committed, called, funded, one.committed - called, called - funded)

    def call(self, one, issued):
        called = (
            total(item.amount for item in self[Item] if item.call == one.id) if one.id in issued else ZERO
        )
        paid = self.paid(call=one.id)
        return (one.id, called, paid, called - paid if one.id in issued else ZERO)

    def item(self, one, issued):
        paid = self.paid(item=one.id)
        status = "paid" if paid == one.amount else "partial" if paid else "pending"
        called = one.amount if one.call in issued else ZERO
        return (one.id, called, paid, called - paid if one.call in issued else ZERO, status)

    def commitment(self, one, issued):
        items = {item.id for item in self[Item] if item.commitment == one.id and item.call in issued}
        reduces = {line.id for line in self[Line] if line.reduces_unfunded}
        called = total(part.amount for part in self[Part] if part.item in items)
        within = total(part.amount for part in self[Part] if part.item in items and part.line in reduces)
        paid = total(payment.amount for payment in self[Payment] if payment.item in items)
        return (one.id, one.amount, called, within, paid, called - paid, one.amount - within)

    def receipt(self, one):
        applied = self.paid(receipt=one.id)
        returned = total(row.amount for row in self[Return] if row.receipt == one.id)
        return (one.id, one.amount, applied, returned, one.amount - applied - returned)

    # ------------------------------------------------------------ states

    def states(self) -> dict[int, str]:
        """Allocation → what its amounts make of it: the first condition that holds."""
        return {
            pk: "funded"
            if funded == committed
            else "called"
            if called == committed
            else "partially_funded"
            if funded > 0
            else "partially_called"
            if called > 0
            else "committed"
            for pk, committed, called, funded, *_ in self.expected()["allocation"]
        }

    def statuses(self) -> dict[int, str]:
        """Issued call → what its payments make of it."""
        return {
            pk: "fully_funded" if paid == called else "partially_funded" if paid > 0 else "sent"
            for pk, called, paid, _ in self.expected()["call"]
            if pk in self.issued()
        }


def sums(rows, width) -> tuple:
    """The column sums of rows whose first column is a key."""
    return tuple(total(row[column] for row in rows) for column in range(1, width + 1))


def views(fund) -> dict[str, set[tuple]]:
    """What the views say of one fund."""
    fund_column = {"item": "k.fund_id"}
    return {
        name: set(read(f"{query} WHERE {fund_column.get(name, 'fund_id')} = %s", fund))
        for name, query in VIEWS.items()
    }


def ledger(fund) -> dict[int, dict[int, Decimal]]:
    """Payment → line → amount, as posted."""
    posted = defaultdict(dict)
    for payment, line, amount in read(LEDGER, fund):
        posted[payment][line] = amount
    return dict(posted)
