"""Losses on deals that are not sold yet."""

from datetime import date, datetime

from blackgem.lib import audit
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import parse_amount
from blackgem.lib.sql import service
from distributions.models import WriteDown
from funds.access import MANAGE, check_may, check_second_person
from funds.models import Deal, Fund


@service
def write_down(
    *, fund_id, deal_id, date: date, amount, direction: str = "down", reason: str = "", by, at: datetime
) -> WriteDown:
    """Record that `amount` (fund currency) of what a fund paid for a deal is gone from a day on, or (`direction` "up",
    with the reason) is back. Without four eyes it counts at once; otherwise a second person approves it.

    Raises InvalidInput for a day in the future, a deal without an allocation or a write-up without a reason, Conflict
    where more would be back, on any day, than was written down by then.
    """
    check_may(by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    if date > fund.day_of(at):
        raise InvalidInput("date.future", "The date lies in the future.", field="date")
    deal = Deal.objects.filter(pk=deal_id, allocations__fund=fund).first()
    if deal is None:
        raise InvalidInput("deal.unknown", "The fund has no allocation to such a deal.", field="deal_id")
    lost = parse_amount(amount, currency=fund.currency, field="amount")
    row = WriteDown(
        fund=fund, deal=deal, date=date, reason=reason.strip(), four_eyes=fund.four_eyes, created_by=by
    )
    row.amount = -lost if direction == "up" else lost
    if direction == "up" and not row.reason:
        raise InvalidInput("reason.required", "Say why the deal is written up.", field="reason")
    if not row.four_eyes:
        row.approved_by, row.approved_at = by, at
    row.save(force_insert=True)
    _record(row, "write_down" if row.is_in_force else "request_write_down", by, at)
    return row


@service
def approve_write_down(*, write_down_id, by, at: datetime) -> WriteDown:
    """Approve a write-down or write-up as another person than the one who asked: it counts. Raises Conflict where more
    would be back, on any day, than was written down by then."""
    row = _lock_pending(by, write_down_id)
    check_second_person(needed=row.four_eyes, first=row.created_by, second=by)
    row.approved_by, row.approved_at = by, at
    row.save(update_fields=["approved_by", "approved_at"])
    _record(row, "write_down", by, at)
    return row


@service
def reject_write_down(*, write_down_id, by, at: datetime) -> WriteDown:
    """Turn a write-down or write-up down: it counts nowhere."""
    row = _lock_pending(by, write_down_id)
    row.rejected_by, row.rejected_at = by, at
    row.save(update_fields=["rejected_by", "rejected_at"])
    _record(row, "reject_write_down", by, at)
    return row


def _lock_pending(by, write_down_id) -> WriteDown:
    """The write-down, under the lock of its fund."""
    fund_id = WriteDown.objects.filter(pk=write_down_id).values_list("fund_id", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such write-down.")
    check_may(by, fund_id, MANAGE)
    Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    pending = WriteDown.objects.pending().select_related("fund", "deal", "created_by")
    row = pending.filter(pk=write_down_id).first()
    if row is None:
        raise Conflict("write_down.decided", "This write-down was already decided.")
    return row


def _record(row: WriteDown, verb: str, by, at) -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=row,
        also=[row.fund, row.deal],
        fund_id=row.fund_id,
        reason=row.reason,
        changes={"amount": [None, row.amount]},
    )
