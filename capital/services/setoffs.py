"""Payments without cash: what is payable to partners pays what they owe of a call, or they are deemed to have paid."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import Reversal
from capital.models import CapitalCall, Payment, PaymentReversal
from capital.services.incoming import check_value_date, settle_after
from capital.services.payments import lock_to_pay
from capital.services.reversals import REVERSALS
from funds.services.reversals import post_compensation

METHOD = "set-off"
DEEMED = "waived fee"


def pay_set_off(
    *,
    call_id: int,
    parts: Sequence[tuple[int, Decimal, int | None]],
    value_date: date,
    reference: str,
    closing_id: int | None = None,
    waiver_use_id: int | None = None,
    ctx: WriteContext,
) -> list[Payment]:
    """Pay items of a call inside the caller's transaction: of each part the item, how much of it (fund currency), and
    the part of the set-off, or none where a later closing pays it, or the use of a waived fee. Raises Conflict for more
    than is owed, or a call that is not issued."""
    call = CapitalCall.objects.select_related("fund").get(pk=call_id)
    check_value_date(value_date, call.fund, ctx.at)
    items = lock_to_pay(call, [(item, amount) for item, amount, _ in parts], ctx.by)
    payments = Payment.objects.bulk_create(
        Payment(
            fund_id=call.fund_id,
            call=call,
            item_id=item,
            commitment_id=items[item].commitment_id,
            amount=amount,
            value_date=value_date,
            method=METHOD if waiver_use_id is None else DEEMED,
            reference=reference,
            setoff_part_id=part,
            closing_id=closing_id,
            waiver_use_id=waiver_use_id,
            recorded_at=ctx.at,
            recorded_by=ctx.by,
        )
        for item, amount, part in parts
    )
    for payment in payments:
        item = items[payment.item_id]
        audit.record(
            verb="record_payment",
            ctx=ctx,
            subject=payment,
            also=[item, call],
            fund_id=call.fund_id,
            changes={"paid": [None, payment.amount], "investor": [None, item.commitment.investor.name]},
        )
    settle_after(payments, "receive_payment", ctx=ctx)
    return payments


def take_set_off_back(payment: Payment, *, decision: Reversal, ctx: WriteContext) -> Payment:
    """Take back what was set off, inside the caller's transaction and under its locks, as the `decision` about both of
    its sides says. No cash moves."""
    reversal = PaymentReversal.objects.create(
        payment=payment,
        money_left=False,
        reason=decision.reason,
        four_eyes=payment.call.fund.four_eyes,
        requested_at=decision.requested_at,
        requested_by_id=decision.requested_by_id,
    )
    compensation = post_compensation(REVERSALS, reversal, payment, figure="paid", ctx=ctx)
    settle_after([compensation], "reverse_payment", ctx=ctx)
    return compensation
