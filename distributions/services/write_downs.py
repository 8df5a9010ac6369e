"""Losses on deals that are not sold yet."""

from datetime import date

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import parse_amount
from blackgem.lib.sql import service
from distributions.models import WriteDown
from funds.access import MANAGE, check_may
from funds.models import Deal, Fund
from funds.queries.periods import check_open
from funds.services.decidable import Decidable


@service
def write_down(
    *, fund_id, deal_id, date: date, amount, direction: str = "down", reason: str = "", ctx: WriteContext
) -> WriteDown:
    """Record that `amount` (fund currency) of what a fund paid for a deal is gone from a day on, or (`direction` "up",
    with the reason) is back. Without four eyes it counts at once; otherwise a second person approves it.

    Raises InvalidInput for a day in the future, a deal without an allocation or a write-up without a reason, Conflict
    where more would be back, on any day, than was written down by then.
    """
    check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    if date > ctx.today(fund):
        raise InvalidInput("date.future", "The date lies in the future.", field="date")
    check_open(fund, date, field="date")
    deal = Deal.objects.filter(pk=deal_id, allocations__fund=fund).first()
    if deal is None:
        raise InvalidInput("deal.unknown", "The fund has no allocation to such a deal.", field="deal_id")
    lost = parse_amount(amount, currency=fund.currency, field="amount")
    row = WriteDown(fund=fund, deal=deal, date=date, reason=reason.strip(), four_eyes=fund.four_eyes)
    row.created_at, row.created_by = ctx.at, ctx.by
    row.amount = -lost if direction == "up" else lost
    if direction == "up" and not row.reason:
        raise InvalidInput("reason.required", "Say why the deal is written up.", field="reason")
    return WRITE_DOWNS.ask(row, ctx=ctx)


@service
def approve_write_down(*, write_down_id, ctx: WriteContext) -> WriteDown:
    """Approve a write-down or write-up as another person than the one who asked: it counts. Raises Conflict where more
    would be back, on any day, than was written down by then."""
    return WRITE_DOWNS.approve(write_down_id, ctx=ctx)


@service
def reject_write_down(*, write_down_id, ctx: WriteContext) -> WriteDown:
    """Turn a write-down or write-up down: it counts nowhere."""
    return WRITE_DOWNS.reject(write_down_id, ctx=ctx)


WRITE_DOWNS = Decidable(
    pending=WriteDown.objects.pending,
    fetch=("fund", "deal", "created_by"),
    code="write_down",
    noun="write-down",
    asked="request_write_down",
    granted="write_down",
    refused="reject_write_down",
    asked_by="created_by",
    announced=False,
    also=lambda row: [row.fund, row.deal],
    told=lambda row: {"amount": [None, row.amount]},
    lock=lambda row: Fund.objects.select_for_update(no_key=True).get(pk=row.fund_id),
    effect=lambda row, ctx: WRITE_DOWNS.approved(row, ctx),
)
