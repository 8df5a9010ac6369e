"""The letters of a fee run before it is approved, with how each partner's fee was worked out."""

from django.db import transaction

from blackgem.lib.context import WriteContext
from blackgem.lib.opened import opened
from blackgem.lib.sql import service
from capital.models import CapitalCall
from fees.models import FeeRun
from fees.services.runs import RUNS
from funds.access import READ, check_may
from funds.models import Notice
from funds.services.rehearsal import as_drafts, who_could_approve


@service
def rehearsed_letters(*, run_id, ctx: WriteContext) -> list[Notice]:
    """What each partner would be written if the run were billed now; none where it is paid from cash on hand, or
    decided. Nothing stays written.

    Raises whatever stands in the way of billing it, and Conflict("fee_run.no_second_person") where the fund demands a
    second person and has none.
    """
    run = FeeRun.objects.select_related("fund", "recorded_by").get(pk=run_id)
    check_may(ctx.by, run.fund_id, READ)
    with transaction.atomic():
        written = _billed(run, ctx)
        transaction.set_rollback(True)
    return as_drafts(written)


def _billed(run: FeeRun, ctx: WriteContext) -> list[Notice]:
    RUNS.lock(run)
    if run.paid_from == FeeRun.PaidFrom.CASH or not FeeRun.objects.pending().filter(pk=run.pk).exists():
        return []
    RUNS.check(run, ctx.at)
    asker = run.recorded_by_id if run.four_eyes else None
    as_second = WriteContext(
        who_could_approve(run.fund_id, but=asker, code="fee_run.no_second_person"), ctx.at
    )
    with opened(as_second):
        RUNS.effect(run, as_second)
    call = CapitalCall.objects.filter(fee_bill__run=run).first()
    if call is None:
        return []
    letters = Notice.objects.newest(Notice.Kind.CAPITAL_CALL, call.pk)
    return sorted(letters.select_related("fund", "commitment__investor"), key=lambda one: one.number)
