"""Payments of many investors of one fund, recorded together: all or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import REFUSALS, InvalidInput, NotFound
from blackgem.lib.money import parse_amount
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import mapped_errors, service
from capital.models import CapitalCallItem, Payment
from capital.services.payments import check_is_another, lock_tx_ref, receive, settle_after
from funds.access import MANAGE, check_may

MOST_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """What one investor paid towards its item, in the fund's currency; as `record_payment` takes it."""

    item_id: int
    amount: object
    value_date: date
    method: str
    reference: str = ""
    tx_ref: str | None = None
    again: bool = False


@service
def record_payments(*, fund_id, rows: Sequence[PaymentRow], ctx: WriteContext) -> list[Payment]:
    """Record each row as `record_payment` does, with a receipt of its own, or none of them.

    Bank transactions are locked in the order of their ids, then all items, then calls and allocations. Raises NotFound
    for an item of another fund; InvalidInput or Conflict with what is wrong with every row, under
    `rows.<place>.<name>`.
    """
    check_may(ctx.by, fund_id, MANAGE)
    ids = [row.item_id for row in rows]
    if not rows or len(rows) > MOST_ROWS or len(set(ids)) != len(ids):
        raise InvalidInput("rows.invalid", f"Name each item once, and at most {MOST_ROWS}.")
    for tx_ref in sorted({row.tx_ref for row in rows if row.tx_ref}):
        lock_tx_ref(fund_id, tx_ref)
    items = _lock(fund_id, ids)
    written, problems = [], []
    for place, row in enumerate(rows):
        try:
            with mapped_errors(), transaction.atomic():
                written += _receive(items[row.item_id], row, ctx)
        except REFUSALS as error:
            problems += [
                replace(one, field=f"rows.{place}.{one.field or 'amount'}") for one in error.problems
            ]
    raise_if(problems)
    settle_after(written, "receive_payment", ctx=ctx)
    return written


def _lock(fund_id, ids) -> dict[int, CapitalCallItem]:
    items = CapitalCallItem.objects.select_for_update(no_key=True, of=("self",)).select_related("call__fund")
    found = {item.pk: item for item in items.filter(fund=fund_id, pk__in=ids).order_by("pk")}
    if set(ids) - found.keys():
        raise NotFound("item.not_found", "There is no such item in this fund.")
    return found


def _receive(item: CapitalCallItem, row: PaymentRow, ctx: WriteContext) -> list[Payment]:
    """The payment of a row; none where its bank transaction was recorded before."""
    amount = parse_amount(row.amount, currency=item.call.fund.currency, field="amount")
    if not (row.again or row.tx_ref):
        check_is_another(item, amount, row.value_date)
    payments, is_new = receive(
        item.call,
        splits=[(item.pk, amount)],
        amount=amount,
        tx_ref=row.tx_ref,
        value_date=row.value_date,
        method=row.method,
        reference=row.reference,
        named=True,
        ctx=ctx,
    )
    return payments if is_new else []
