"""Taking a payment back: asked for with a reason, decided, and posted as a compensating row. Never an edit."""

from datetime import date

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import NotFound
from blackgem.lib.sql import service
from capital.access import check_is_applied, check_request_reversal
from capital.models import Payment, PaymentReversal, Receipt, ReceiptReturn
from capital.services.incoming import settle_after
from capital.services.payments import lock_items
from capital.services.told import tell_of_payment_taken_back
from funds.access import MANAGE, check_may
from funds.models import Commitment
from funds.queries.reversals import holders_of
from funds.services.decidable import Decidable
from funds.services.reversals import fill_reversal, post_compensation


@service
def request_reversal(
    *,
    payment_id,
    reason: str,
    money_left: bool = True,
    cash_on: date | None = None,
    ctx: WriteContext,
) -> PaymentReversal:
    """Ask to take back one whole payment. Without four eyes it takes effect at once.

    `money_left`: the wire bounced, and its cash left again on `cash_on`, the bank's own day (the fund's today
    where it is left out); otherwise it was posted wrongly, and stays as unapplied cash. Of what was charged to expenses
    no cash moves, whatever is said. Raises InvalidInput for a day that cannot be.
    """
    payment = Payment.objects.select_related("call__fund").filter(pk=payment_id).first()
    if payment is None:
        raise NotFound("not_found", "There is no such payment.")
    payment.role = check_may(ctx.by, payment.fund_id, MANAGE)
    money_left = money_left and payment.receipt_id is not None
    _lock_first(payment)
    check_request_reversal(payment, ctx.by)
    reversal = fill_reversal(
        PaymentReversal(payment=payment, money_left=money_left),
        paid=payment,
        fund=payment.call.fund,
        reason=reason,
        bounced=money_left,
        cash_on=cash_on,
        ctx=ctx,
    )
    return REVERSALS.ask(reversal, ctx=ctx)


@service
def approve_reversal(*, reversal_id, ctx: WriteContext) -> PaymentReversal:
    """Approve and post a reversal; where the fund demanded it, as another person than the one who asked."""
    return REVERSALS.approve(reversal_id, ctx=ctx)


@service
def reject_reversal(*, reversal_id, ctx: WriteContext) -> PaymentReversal:
    """Turn a request down: the payment stands, and a reversal may be asked for again."""
    return REVERSALS.reject(reversal_id, ctx=ctx)


def _lock_first(payment) -> None:
    """The receipt, which all that is applied of it waits for; where no cash came, the item."""
    if payment.receipt_id:
        Receipt.objects.select_for_update(no_key=True).get(pk=payment.receipt_id)
    else:
        Commitment.objects.select_for_update(no_key=True).get(pk=payment.commitment_id)
        lock_items(payment.call, [payment.item_id])


def _take_effect(reversal, ctx: WriteContext) -> None:
    """Receipt, partner, item, call, allocation are locked in this order; the receipt already is.

    The partner, because a distribution that is being issued holds it: what was paid in does not move beneath it. With
    it those who hold a part of the payment since a transfer: the database takes that back with it, and they owe it.
    """
    paid = reversal.payment
    holders = holders_of(paid, "payment_id")
    list(Commitment.objects.select_for_update(no_key=True).filter(pk__in=holders).order_by("pk").values("pk"))
    lock_items(paid.call, [paid.item_id])
    compensation = post_compensation(REVERSALS, reversal, paid, figure="paid", ctx=ctx)
    if reversal.money_left:
        ReceiptReturn.objects.create(
            receipt_id=paid.receipt_id,
            fund_id=paid.fund_id,
            amount=paid.amount,
            value_date=reversal.cash_on,
            reason=reversal.reason,
            recorded_at=ctx.at,
            recorded_by=ctx.by,
        )
    settle_after([compensation], "reverse_payment", ctx=ctx)
    tell_of_payment_taken_back(reversal, compensation, ctx)


REVERSALS = Decidable(
    pending=PaymentReversal.objects.pending,
    fetch=("payment__call__fund", "payment__item", "requested_by"),
    fund_of=lambda reversal: reversal.payment.fund_id,
    code="reversal",
    noun="reversal",
    asked="request_reversal",
    granted="approve_reversal",
    refused="reject_reversal",
    asked_by="requested_by",
    also=lambda reversal: [reversal.payment, reversal.payment.item, reversal.payment.call],
    lock=lambda reversal: _lock_first(reversal.payment),
    check=lambda reversal, at: check_is_applied(reversal.payment),
    effect=_take_effect,
)
