"""Losses on deals that are not sold yet."""

from datetime import date, datetime

from blackgem.lib import audit
from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import parse_amount
from blackgem.lib.sql import service
from distributions.models import WriteDown
from funds.access import MANAGE, check_may
from funds.models import Deal, Fund


@service
def write_down(
    *, fund_id, deal_id, date: date, amount, direction: str = "down", reason: str = "", by, at: datetime
) -> WriteDown:
    """Record that `amount` (fund currency) of what a fund paid for a deal is gone from a day on, or (`direction` "up",
    with the reason) is back.

    Raises InvalidInput for a deal without an allocation or a write-up without a reason, Conflict where more would be
    back, on any day, than was written down by then.
    """
    check_may(by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    deal = Deal.objects.filter(pk=deal_id, allocations__fund=fund).first()
    if deal is None:
        raise InvalidInput("deal.unknown", "The fund has no allocation to such a deal.", field="deal_id")
    lost = parse_amount(amount, currency=fund.currency, field="amount")
    row = WriteDown(fund=fund, deal=deal, date=date, reason=reason.strip(), created_by=by)
    row.amount = -lost if direction == "up" else lost
    if direction == "up" and not row.reason:
        raise InvalidInput("reason.required", "Say why the deal is written up.", field="reason")
    row.save(force_insert=True)
    audit.record(
        verb="write_down",
        by=by,
        at=at,
        subject=row,
        also=[fund, deal],
        fund_id=fund.pk,
        reason=row.reason,
        changes={"amount": [None, row.amount]},
    )
    return row
