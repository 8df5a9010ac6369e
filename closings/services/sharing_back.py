"""Taking back what a closing moved of distributions, as it is reversed."""

from blackgem.lib.context import WriteContext
from capital.models import Payment
from capital.services.setoffs import take_set_off_back as take_payment_back
from closings.models import ClosingReversal, EqualisedRow, RefundPayout
from closings.services.refunds import take_payout_back
from distributions.models import TakenShare

_AMOUNTS = (
    "gross_amount",
    "return_of_capital",
    "preferred_return",
    "profit_share",
    "carried_interest",
    "recallable_amount",
    "withholding_tax",
)


def take_shares_back(reversal: ClosingReversal, ctx: WriteContext) -> None:
    """Move everything back, on the day on which the closing moved it, and take back what that paid."""
    closing = reversal.closing
    of_closing = Payment.objects.filter(closing_id=closing.pk, reverses=None).select_related("call__fund")
    for payment in of_closing.order_by("pk"):
        take_payment_back(payment, decision=reversal, ctx=ctx)
    payouts = RefundPayout.objects.filter(refund__closing=closing, by_distribution=True, reverses=None)
    for payout in payouts.select_related("refund__closing", "fund").order_by("pk"):
        take_payout_back(payout, decision=reversal, ctx=ctx)
    moved = list(EqualisedRow.objects.filter(closing=closing, closing_reversal=None).order_by("pk"))
    EqualisedRow.objects.bulk_create(
        EqualisedRow(
            closing=closing,
            closing_reversal=reversal,
            fund_id=one.fund_id,
            row_id=one.row_id,
            giver_id=one.taker_id,
            taker_id=one.giver_id,
            amount=one.amount,
            effective_on=one.effective_on,
        )
        for one in moved
    )
    taken = TakenShare.objects.filter(closing_id=closing.pk, closing_reversal_id=None).order_by("pk")
    TakenShare.objects.bulk_create(_turned(one, reversal, ctx) for one in taken)


def _turned(one: TakenShare, reversal: ClosingReversal, ctx: WriteContext) -> TakenShare:
    return TakenShare(
        closing_id=one.closing_id,
        closing_reversal_id=reversal.pk,
        fund_id=one.fund_id,
        distribution_id=one.distribution_id,
        commitment_id=one.commitment_id,
        effective_on=one.effective_on,
        recorded_at=ctx.at,
        **{name: -getattr(one, name) for name in _AMOUNTS},
    )
