"""Cancelling a fee run that no call asks for: the same days are worked out anew.

A run that a call asks for is cancelled with its call. What the fund paid of a run from cash on hand is taken back
before, by a row of its own.
"""

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from fees.access import check_cancel_run
from fees.models import FeeRun, FeeRunCancellation
from funds.access import MANAGE, check_may
from funds.models import Fund
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of


@service
def cancel_fee_run(*, run_id, reason: str, ctx: WriteContext) -> FeeRunCancellation:
    """Ask to cancel a run that is paid from cash on hand, or of which nothing is due; it takes effect where the fund
    demands no second person.

    Raises NotFound, InvalidInput without a reason, Conflict where a call asks for it, a payment of it stands, or a
    later run rests on it.
    """
    fund_id = FeeRun.objects.filter(pk=run_id).values_list("fund", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such fee run.")
    role = check_may(ctx.by, fund_id, MANAGE)
    row = FeeRunCancellation(run_id=run_id, fund_id=fund_id, reason=(reason or "").strip())
    _lock(row)
    row.run.role = row.role = role
    check_cancel_run(row.run, ctx.by)
    row.effective_on, row.four_eyes = ctx.today(row.fund), row.fund.four_eyes
    row.recorded_at, row.recorded_by = ctx.at, ctx.by
    if not row.reason:
        raise InvalidInput("reason.required", "Say why it is cancelled.", field="reason")
    raise_if(problems_of(row, ["reason"]))
    return CANCELLATIONS.ask(row, ctx=ctx)


@service
def approve_fee_cancellation(*, cancellation_id, ctx: WriteContext) -> FeeRunCancellation:
    """Let a run count no longer, as another person than the one who asked where the fund demanded it. Raises Conflict
    where a later run rests on it, or the fund paid it, by now."""
    return CANCELLATIONS.approve(cancellation_id, ctx=ctx)


@service
def reject_fee_cancellation(*, cancellation_id, ctx: WriteContext) -> FeeRunCancellation:
    """Turn it down: the run stays as it is."""
    return CANCELLATIONS.reject(cancellation_id, ctx=ctx)


def _lock(row: FeeRunCancellation) -> None:
    row.fund = Fund.objects.select_for_update(no_key=True).get(pk=row.fund_id)
    FeeRun.objects.select_for_update(no_key=True).only("pk").get(pk=row.run_id)
    run = FeeRun.objects.with_paid().select_related("fund", "bill__call").defer("inputs").get(pk=row.run_id)
    row.run = run


def _check(row: FeeRunCancellation, at) -> None:
    row.run.role = row.role
    check_cancel_run(row.run, None, waits=False)


def _take_effect(row: FeeRunCancellation, ctx: WriteContext) -> None:
    CANCELLATIONS.approved(row, ctx, changes={"net": [row.run.net, "0.00"]})


CANCELLATIONS = Decidable(
    pending=FeeRunCancellation.objects.pending,
    fetch=("fund", "run", "recorded_by"),
    code="fee_cancellation",
    noun="cancellation",
    asked="request_fee_cancellation",
    granted="cancel_fee_run",
    refused="reject_fee_cancellation",
    announced=False,
    also=lambda row: [row.run],
    told=lambda row: {"net": [row.run.net, "0.00"]},
    lock=_lock,
    check=_check,
    effect=_take_effect,
)
