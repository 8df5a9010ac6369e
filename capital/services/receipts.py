"""Cash that arrived before it is known for what: recorded, and applied."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.money import parse_amount
from blackgem.lib.sql import service
from capital.access import check_is_payable, check_is_unapplied
from capital.models import CapitalCall, CapitalCallItem, Payment, Receipt, ReceiptCapital
from capital.services.incoming import check_value_date, settle_after
from capital.services.payments import insert_payments, new_receipt, parts_of
from funds.access import MANAGE, check_may
from funds.models import Fund


@service
def record_receipt(
    *,
    fund_id,
    amount,
    value_date: date,
    payer: str = "",
    tx_ref: str | None = None,
    method: str = "wire",
    note: str = "",
    bank_entry_id: int | None = None,
    ctx: WriteContext,
) -> Receipt:
    """Record that money arrived at the fund, in its currency; it stays unapplied until it is applied or returned. In no
    closed period, unless the bank says so: `bank_entry_id`, the entry of a statement that it is."""
    check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.get(pk=fund_id)
    check_value_date(value_date, fund, ctx.at, bank_entry_id=bank_entry_id)
    amount = parse_amount(amount, currency=fund.currency, field="amount")
    receipt = new_receipt(
        fund,
        amount,
        value_date,
        tx_ref=tx_ref,
        payer=payer,
        method=method,
        note=note,
        bank_entry_id=bank_entry_id,
        ctx=ctx,
    )
    audit.record(
        verb="record_receipt",
        ctx=ctx,
        subject=receipt,
        also=[fund],
        fund_id=fund.pk,
        changes={"amount": [None, amount], "payer": [None, payer]},
    )
    return receipt


@service
def apply_receipt(*, receipt_id, splits: Sequence[tuple[int, object]], ctx: WriteContext) -> list[Payment]:
    """Apply unapplied cash to items of issued calls of the same fund. All or nothing; the receipt is locked first."""
    receipt = lock_receipt(ctx.by, receipt_id)
    amounts = parts_of(splits, receipt.fund.currency)
    if not amounts or len({item_id for item_id, _ in amounts}) != len(amounts):
        raise InvalidInput("splits.invalid", "Name each item once, with its amount.", field="splits")
    check_left(receipt, sum(amount for _, amount in amounts))
    payments = []
    for call, parts in _by_call(receipt.fund, amounts):
        payments += insert_payments(call, parts, receipt, method=receipt.method, reference="", ctx=ctx)
    settle_after(payments, "receive_payment", ctx=ctx)
    return payments


def lock_receipt(by, receipt_id) -> Receipt:
    receipt = Receipt.objects.select_related("fund").filter(pk=receipt_id).first()
    if receipt is None:
        raise NotFound("not_found", "There is no such receipt.")
    check_may(by, receipt.fund_id, MANAGE)
    Receipt.objects.select_for_update(no_key=True).get(pk=receipt_id)
    return receipt


def check_left(receipt, amount) -> None:
    left = ReceiptCapital.objects.get(pk=receipt.pk).unapplied
    check_is_unapplied(amount, left, receipt.fund.currency)


def _by_call(fund, amounts):
    """The splits grouped by call, calls in id order; every call must be issued. Locks all items before any call."""
    items = CapitalCallItem.objects.filter(fund=fund, pk__in=[item_id for item_id, _ in amounts])
    call_of = dict(items.select_for_update(no_key=True).order_by("pk").values_list("pk", "call"))
    if len(call_of) != len(amounts):
        raise NotFound("item.not_found", "There is no such item in this fund.")
    parts = defaultdict(list)
    for item_id, part in amounts:
        parts[call_of[item_id]].append((item_id, part))
    for call in CapitalCall.objects.select_related("fund").filter(pk__in=parts).order_by("pk"):
        check_is_payable(call)
        yield call, parts[call.pk]
