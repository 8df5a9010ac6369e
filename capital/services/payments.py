"""Payments of capital calls. A receipt is the money; a payment row per item is what it was applied to.

The database posts the ledger rows with each payment and refuses more than an item owes; the checks here say it first.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import parse_amount, split, unit_of
from blackgem.lib.sql import service
from capital.access import check_is_payable, check_owed, check_pay_item
from capital.models import CallItemCapital, CapitalCall, CapitalCallItem, Payment, Receipt
from capital.services.incoming import check_fields, check_value_date, lock_tx_ref, replay, settle_after
from capital.services.posting import Wire, fund_to_pay, post_wires
from funds.access import MANAGE, check_may

ZERO = Decimal("0.00")


@service
def record_payment(
    *,
    item_id,
    amount,
    value_date: date,
    method: str,
    reference: str = "",
    tx_ref: str | None = None,
    again: bool = True,
    bank_entry_id: int | None = None,
    ctx: WriteContext,
) -> Payment:
    """Record that one investor paid `amount` (fund currency) towards its item (PAYMENT_RECEIVED).

    With a `tx_ref` already used on this item for the same amount, the first payment is answered and nothing written;
    once that was reversed, it is a Conflict. Without one, and unless it may come `again`, a payment of the same amount
    and date is a Conflict ("payment.recorded_already"). Raises Conflict for more than is owed, a call that is not
    issued or a day in a closed period, unless the bank says it (`bank_entry_id`: posted from an entry of a statement);
    InvalidInput for a date in the future.
    """
    fund = fund_to_pay(item_id, ctx.by)
    wire = Wire(
        item_id=item_id,
        amount=parse_amount(amount, currency=fund.currency, field="amount"),
        value_date=value_date,
        method=method,
        reference=reference,
        tx_ref=tx_ref,
        again=again,
        bank_entry_id=bank_entry_id,
    )
    [posted] = post_wires(fund, [wire], last=True, ctx=ctx)
    return posted.or_raise()


@service
def pay_call(
    *,
    call_id,
    amount,
    tx_ref: str | None = None,
    item_id=None,
    splits: Sequence[tuple[int, object]] | None = None,
    spread: str | None = None,
    value_date: date | None = None,
    method: str = "wire",
    ctx: WriteContext,
) -> list[Payment]:
    """Record one receipt for a call and credit whom it names: an item, `splits`, every open item where it settles all,
    the only open item, or, where `spread` asks for it, open items by what each owes. Anything else is a Conflict:
    crediting an LP that did not pay falsifies its account. Money is in the fund's currency.
    """
    call = CapitalCall.objects.select_related("fund").filter(pk=call_id).first()
    if call is None:
        raise NotFound("not_found", "There is no such call.")
    check_may(ctx.by, call.fund_id, MANAGE)
    amount = parse_amount(amount, currency=call.fund.currency, field="amount")
    chosen = _chosen(call, amount, item_id, splits)
    lock_tx_ref(call.fund_id, tx_ref)
    replayed = replay(call, tx_ref, amount, chosen)
    if replayed:
        return replayed
    _require_payable(call)
    return _pay(
        call,
        splits=chosen or _whom_to_credit(call, amount, spread),
        amount=amount,
        tx_ref=tx_ref,
        value_date=value_date or ctx.today(call.fund),
        method=method,
        reference="",
        named=bool(chosen),
        ctx=ctx,
    )


def insert_payments(
    call, splits: Sequence[tuple[int, Decimal]], receipt, *, method, reference, ctx: WriteContext
) -> list[Payment]:
    """Lock the items in id order, hold each to what it owes, and write the payments in one statement."""
    items = lock_to_pay(call, splits, ctx.by)
    check_fields(Payment(method=method, reference=reference), "method", "reference")
    payments = Payment.objects.bulk_create(
        Payment(
            receipt=receipt,
            fund_id=call.fund_id,
            call=call,
            item_id=item_id,
            amount=amount,
            commitment_id=items[item_id].commitment_id,
            value_date=receipt.value_date,
            method=method,
            reference=reference,
            tx_ref=receipt.tx_ref,
            recorded_at=ctx.at,
            recorded_by=ctx.by,
        )
        for item_id, amount in splits
    )
    for payment in payments:
        item = items[payment.item_id]
        audit.record(
            verb="record_payment",
            ctx=ctx,
            subject=payment,
            also=[item, call, receipt],
            fund_id=call.fund_id,
            changes={"paid": [None, payment.amount], "investor": [None, item.commitment.investor.name]},
        )
    return payments


def lock_to_pay(call, splits, by) -> dict[int, CapitalCallItem]:
    """The items, locked, each of which takes its part as the books stand under the locks."""
    items = lock_items(call, [item_id for item_id, _ in splits])
    role = check_may(by, call.fund_id, MANAGE)
    for row in CallItemCapital.objects.filter(item__in=list(items)):
        item = items[row.item_id]
        item.call, item.capital, item.role = call, row, role
    for item_id, amount in splits:
        check_pay_item(items[item_id], by, amount)
    return items


def lock_items(call, item_ids) -> dict[int, CapitalCallItem]:
    """These items of the call, locked in id order; NotFound where one is none of its own."""
    items = (
        CapitalCallItem.objects.select_for_update(no_key=True, of=("self",))
        .select_related("commitment__investor")
        .filter(call=call, pk__in=item_ids)
        .order_by("pk")
    )
    found = {item.pk: item for item in items}
    if set(item_ids) - found.keys():
        raise NotFound("item.not_found", "There is no such item on this call.")
    return found


def new_receipt(
    fund,
    amount,
    value_date,
    *,
    tx_ref,
    payer="",
    method="wire",
    note="",
    bank_entry_id=None,
    ctx: WriteContext,
) -> Receipt:
    """Write down that money arrived. A bank transaction is recorded once per fund."""
    if tx_ref and fund.receipts.filter(tx_ref=tx_ref).exists():
        raise Conflict(
            "receipt.tx_ref_used", "This bank transaction is already recorded in this fund.", field="tx_ref"
        )
    receipt = Receipt(
        fund=fund,
        amount=amount,
        value_date=value_date,
        payer=payer,
        method=method,
        tx_ref=tx_ref or None,
        note=note,
        bank_entry_id=bank_entry_id,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    check_fields(receipt, "value_date", "payer", "method", "tx_ref", "note")
    receipt.save(force_insert=True)
    return receipt


def _pay(
    call, *, splits, amount, tx_ref, value_date, method, reference, named, ctx: WriteContext
) -> list[Payment]:
    """Write one receipt and its payments: what this bank transaction made before is answered as it is."""
    lock_tx_ref(call.fund_id, tx_ref)
    replayed = replay(call, tx_ref, amount, splits if named else None)
    if replayed:
        return replayed
    _require_payable(call)
    check_value_date(value_date, call.fund, ctx.at)
    receipt = new_receipt(call.fund, amount, value_date, tx_ref=tx_ref, method=method, ctx=ctx)
    payments = insert_payments(call, splits, receipt, method=method, reference=reference, ctx=ctx)
    settle_after(payments, "receive_payment", last=True, ctx=ctx)
    return payments


def _require_payable(call) -> None:
    check_is_payable(CapitalCall.objects.get(pk=call.pk))


def parts_of(splits: Iterable[tuple[int, object]], currency: str) -> list[tuple[int, Decimal]]:
    """Each item's id with its part of a payment or receipt. Raises MoneyError under the part's place."""
    return [
        (item_id, parse_amount(part, currency=currency, field=f"splits.{place}.amount"))
        for place, (item_id, part) in enumerate(splits)
    ]


def _chosen(call, amount, item_id, splits) -> list[tuple[int, Decimal]] | None:
    if item_id is not None and splits:
        raise InvalidInput("splits.ambiguous", "Name one item or give splits, not both.", field="splits")
    if item_id is not None:
        chosen = [(item_id, amount)]
    elif splits:
        chosen = parts_of(splits, call.fund.currency)
    else:
        return None
    ids = [one for one, _ in chosen]
    if len(set(ids)) != len(ids):
        raise InvalidInput("splits.repeated", "An item is named twice.", field="splits")
    if sum(part for _, part in chosen) != amount:
        raise InvalidInput("splits.do_not_add_up", "The splits must add up to the amount.", field="splits")
    known = set(call.items.filter(pk__in=ids).values_list("pk", flat=True))
    if set(ids) - known:
        raise NotFound("item.not_found", "There is no such item on this call.")
    return chosen


def _whom_to_credit(call, amount, spread) -> list[tuple[int, Decimal]]:
    """Lock the call's items, then read what each owes: the credit must not rest on a stale sum."""
    ids = list(call.items.order_by("pk").values_list("pk", flat=True))
    lock_items(call, ids)
    owed = list(
        CallItemCapital.objects.filter(call=call, outstanding__gt=0)
        .order_by("item")
        .values_list("item", "outstanding")
    )
    total = sum((part for _, part in owed), ZERO)
    check_owed(amount, total, call.fund.currency)
    if amount == total:
        return owed
    if len(owed) == 1:
        return [(owed[0][0], amount)]
    if spread == "pro_rata":
        parts = split(amount, [part for _, part in owed], unit_of(call.fund.currency))
        return [(item_id, part) for (item_id, _), part in zip(owed, parts, strict=True) if part]
    raise Conflict(
        "payment.whom_to_credit",
        "The receipt does not say whom to credit: name an item, give splits, or ask for a pro rata spread.",
    )
