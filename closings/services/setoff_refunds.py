"""What of refunds is set off against calls, posted on both sides once so much of each refund is released."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from blackgem.lib.context import WriteContext
from capital.services.setoffs import METHOD, pay_set_off
from closings.models import Closing, RefundCapital, RefundPayout, Setoff, SetoffPart
from closings.queries.setoffs import parts_to_post


def post_released(
    closing: Closing, value_date: date, ctx: WriteContext, *, refund_ids: Collection[int] | None = None
) -> list[RefundPayout]:
    """Pay calls by refunds of a closing, or by some of them, as their set-offs say and as far as each whole part is
    released: a payment without a receipt and a payout without a wire, on `value_date`.

    Inside the caller's transaction, under the locks of the closing, its refunds and their partners.
    """
    payable = dict(RefundCapital.objects.filter(refund__closing=closing).values_list("refund", "payable"))
    due: dict[Setoff, list[SetoffPart]] = defaultdict(list)
    parts = parts_to_post().filter(closing=closing, setoff__value_date__lte=value_date)
    for part in parts.select_related("setoff"):
        if (refund_ids is None or part.refund_id in refund_ids) and part.amount <= payable[part.refund_id]:
            payable[part.refund_id] -= part.amount
            due[part.setoff].append(part)
    return [payout for setoff, parts in due.items() for payout in _post(setoff, parts, value_date, ctx)]


def _post(setoff: Setoff, parts: list[SetoffPart], value_date: date, ctx: WriteContext) -> list[RefundPayout]:
    reference = f"Set-off #{setoff.number}"
    pay_set_off(
        call_id=setoff.call_id,
        parts=[(part.call_item_id, part.amount, part.pk) for part in parts],
        value_date=value_date,
        reference=reference,
        ctx=ctx,
    )
    return RefundPayout.objects.bulk_create(
        RefundPayout(
            refund_id=part.refund_id,
            fund_id=part.fund_id,
            commitment_id=part.commitment_id,
            amount=part.amount,
            setoff_part=part,
            value_date=value_date,
            method=METHOD,
            reference=reference,
            recorded_at=ctx.at,
            recorded_by=ctx.by,
        )
        for part in parts
    )
