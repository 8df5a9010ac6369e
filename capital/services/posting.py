"""Wires that each pay one item, with a receipt of their own: one of them or a whole statement, by the same statements.

Everything is locked once, in the order in which everyone locks, read once under the locks, and written together.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import REFUSALS, Conflict, DomainError, NotFound
from blackgem.lib.sql import mapped_errors
from capital.access import check_payable_while, check_takes
from capital.models import CapitalCall, CapitalCallItem, Payment, Receipt
from capital.services.incoming import check_day, check_fields, replay, settle_after
from funds.access import MANAGE, check_role, role_of
from funds.models import Fund
from funds.queries.periods import locked_out

#: What a payment asks of the fund of an item, and the role that a person has in it.
_FUND_OF_ITEM = "SELECT * FROM fund_of_item(%s, %s)"
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """Money that came for one item, in the fund's currency. What comes `again`, the same amount on the same date, is a
    second payment; `bank_entry_id` is the entry of a statement that it is."""

    item_id: int
    amount: Decimal
    value_date: date
    method: str
    reference: str = ""
    tx_ref: str | None = None
    again: bool = True
    bank_entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a wire: its payment, which `is_new` unless the bank's transaction was recorded before, or why it
    was refused."""

    payment: Payment | None = None
    is_new: bool = False
    refusal: DomainError | None = None

    def or_raise(self) -> Payment:
        if self.payment is None:
            raise self.refusal or AssertionError("A wire is posted or refused.")
        return self.payment


@dataclass(slots=True)
class _Item:
    """One row of `items_to_pay`."""

    item_id: int
    call_id: int
    number: int
    status: str
    commitment_id: int
    investor: str
    outstanding: Decimal
    carried: bool


@dataclass(slots=True)
class _Books:
    """How the items of the wires stand under the locks; what was judged good is taken off what they owe."""

    fund: Fund
    ctx: WriteContext
    items: dict[int, _Item] = field(default_factory=dict)
    closed_until: date | None = None
    refs: set[str] = field(default_factory=set)
    alike: set[tuple[int, Decimal, date]] = field(default_factory=set)


def fund_to_pay(item_id: int | None, by) -> Fund:
    """The fund of an item, with what a payment asks of it; NotFound, or Forbidden where this person manages it not."""
    is_one = item_id is not None and 0 < item_id <= _LARGEST_ID
    found = Fund.objects.raw(_FUND_OF_ITEM, [item_id, by.pk]) if is_one else ()
    fund = next(iter(found), None)
    if fund is None:
        raise NotFound("not_found", "There is no such item.")
    check_role(role_of(by, fund.role_there), MANAGE)
    return fund


def post_wires(fund: Fund, wires: Sequence[Wire], *, last: bool = False, ctx: WriteContext) -> list[Posted]:
    """Write the receipt and the payment of each wire that may be posted as the books stand under the locks, and move
    calls and allocations once all are written; answers each wire's outcome in its place. Inside the caller's
    transaction, whose caller has checked the person's role, and where it is the `last` thing writes nothing more."""
    books = _under_locks(fund, wires, ctx)
    found: list[Posted] = []
    payments: dict[int, Payment] = {}
    for place, wire in enumerate(wires):
        try:
            known = _judge(books, wire)
        except DomainError as error:
            found.append(Posted(refusal=error))
            continue
        if not isinstance(known, Posted):
            payments[place] = known
            known = Posted()
        found.append(known)
    for place, one in _write(books, payments, wires).items():
        found[place] = one
    written = [one.payment for one in found if one.payment and one.is_new]
    if written:
        carried = any(books.items[payment.item_id].carried for payment in written)
        settle_after(written, "receive_payment", carried=carried, last=last, ctx=ctx)
    return found


def _under_locks(fund: Fund, wires: Sequence[Wire], ctx: WriteContext) -> _Books:
    books = _Books(fund, ctx)
    refs = [wire.tx_ref for wire in wires if wire.tx_ref]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM items_to_pay(%s, %s, %s, %s::text[])",
            [fund.pk, ctx.by.pk, [wire.item_id for wire in wires], refs],
        )
        for *of_item, role, until, known in cursor.fetchall():
            item = _Item(*of_item)
            books.items[item.item_id] = item
            books.closed_until, books.refs = until, set(known)
            check_role(role_of(ctx.by, role), MANAGE)
    first = [wire.item_id for wire in wires if not (wire.again or wire.tx_ref)]
    if first:
        stand = Payment.objects.filter(item__in=first, reverses=None, reversed_by_payment=None)
        books.alike = set(stand.values_list("item", "amount", "value_date"))
    return books


def _judge(books: _Books, wire: Wire) -> Payment | Posted:
    """The payment of a wire, to be written, or the one that its transaction made before."""
    item, fund, ctx = books.items.get(wire.item_id), books.fund, books.ctx
    if item is None:
        raise NotFound("item.not_found", "There is no such item in this fund.")
    if not (wire.again or wire.tx_ref) and (wire.item_id, wire.amount, wire.value_date) in books.alike:
        raise Conflict(
            "payment.recorded_already",
            "A payment of this amount on this date is recorded already. Tick this if it is a second one.",
            field="again",
        )
    if wire.tx_ref in books.refs:
        made = replay(item.call_id, wire.tx_ref, wire.amount, [(wire.item_id, wire.amount)])
        if made:
            return Posted(payment=made[0])
    check_payable_while(item.status)
    check_day(wire.value_date, fund, ctx.at)
    if wire.bank_entry_id is None and books.closed_until and wire.value_date <= books.closed_until:
        raise locked_out(wire.value_date, books.closed_until, "value_date")
    if wire.tx_ref in books.refs:
        raise Conflict(
            "receipt.tx_ref_used", "This bank transaction is already recorded in this fund.", field="tx_ref"
        )
    receipt = Receipt(value_date=wire.value_date, method=wire.method, tx_ref=wire.tx_ref or None)
    check_fields(receipt, "value_date", "method", "tx_ref")
    check_takes(item.outstanding, wire.amount, fund.currency)
    payment = Payment(
        fund_id=fund.pk,
        call_id=item.call_id,
        item_id=wire.item_id,
        commitment_id=item.commitment_id,
        amount=wire.amount,
        value_date=receipt.value_date,
        method=receipt.method,
        reference=wire.reference,
        tx_ref=receipt.tx_ref,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    check_fields(payment, "method", "reference")
    item.outstanding -= wire.amount
    if wire.tx_ref:
        books.refs.add(wire.tx_ref)
    return payment


def _write(books: _Books, payments: dict[int, Payment], wires: Sequence[Wire]) -> dict[int, Posted]:
    """All in one go; where the database refuses, one after the other, to know which of them."""
    if len(payments) < 2:
        return _insert(books, payments, wires)
    try:
        with mapped_errors(), transaction.atomic():
            return _insert(books, payments, wires)
    except REFUSALS:
        return {place: _alone(books, place, payments[place], wires) for place in payments}


def _alone(books: _Books, place: int, payment: Payment, wires: Sequence[Wire]) -> Posted:
    try:
        with mapped_errors(), transaction.atomic():
            return _insert(books, {place: payment}, wires)[place]
    except REFUSALS as error:
        return Posted(refusal=error)


def _insert(books: _Books, payments: dict[int, Payment], wires: Sequence[Wire]) -> dict[int, Posted]:
    if not payments:
        return {}
    ctx = books.ctx
    rows = [
        {
            "item_id": payment.item_id,
            "amount": f"{payment.amount:f}",
            "value_date": payment.value_date.isoformat(),
            "method": payment.method,
            "reference": payment.reference,
            "tx_ref": payment.tx_ref,
            "bank_entry_id": wires[place].bank_entry_id,
        }
        for place, payment in payments.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT receipt_id, payment_id FROM write_payments(%s, %s, %s, %s::jsonb)",
            [books.fund.pk, ctx.at, ctx.by.pk, json.dumps(rows)],
        )
        made = cursor.fetchall()
    for payment, (receipt_id, payment_id) in zip(payments.values(), made, strict=True):
        payment.pk, payment.receipt_id = payment_id, receipt_id
        payment._state.adding, payment._state.db = False, connection.alias
    audit.record_all([_event(books, payment) for payment in payments.values()], ctx=ctx)
    return {place: Posted(payment, is_new=True) for place, payment in payments.items()}


def _event(books: _Books, payment: Payment) -> dict:
    also = (
        (CapitalCallItem, payment.item_id),
        (CapitalCall, payment.call_id),
        (Receipt, payment.receipt_id),
    )
    return {
        "verb": "record_payment",
        "subject": payment,
        "also": [audit.name(model, pk) for model, pk in also],
        "fund_id": payment.fund_id,
        "changes": {
            "paid": [None, payment.amount],
            "investor": [None, books.items[payment.item_id].investor],
        },
    }
