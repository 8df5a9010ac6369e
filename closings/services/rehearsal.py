"""The letters of a closing before it is settled: it is settled, read, and undone, all in one transaction."""

from django.db import transaction

from blackgem.lib.checks import fire
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.opened import opened
from blackgem.lib.sql import service
from closings.models import Closing
from closings.services.closings import checked, hold_closing
from closings.services.settling import lock_register, settle
from closings.states import CLOSING_OPEN, ClosingStatus
from funds.access import READ, check_may
from funds.models import Notice
from funds.services.rehearsal import as_drafts, who_could_approve


def rehearsed_letter(*, closing_id, investor_id, ctx: WriteContext) -> Notice | None:
    """One partner's of `rehearsed_letters`: its refund notice, or else the letter of the call that collects. None where
    it gets neither."""
    letters = rehearsed_letters(closing_id=closing_id, ctx=ctx)
    return next((one for one in letters if one.commitment.investor_id == investor_id), None)


@service
def rehearsed_letters(*, closing_id, ctx: WriteContext) -> list[Notice]:
    """What each partner would be written if the closing were settled now: refund notices, then the letters of the call
    that collects. In memory alone; nothing stays written.

    Raises whatever stands in the way of settling, and Conflict("closing.no_second_person") where the fund demands a
    second person and has none.
    """
    fund_id = Closing.objects.values_list("fund", flat=True).get(pk=closing_id)
    check_may(ctx.by, fund_id, READ)
    with transaction.atomic():
        written = _settled(hold_closing(fund_id, closing_id), ctx)
        transaction.set_rollback(True)
    return as_drafts(written)


def _settled(closing: Closing, ctx: WriteContext) -> list[Notice]:
    if closing.status not in CLOSING_OPEN:
        raise Conflict(
            "closing.not_open", "The letters of this closing are written already, or never will be."
        )
    lock_register(closing.fund)
    worked_out = checked(closing, ctx)
    if closing.status == ClosingStatus.DRAFT:
        fire(closing.submit, ctx=ctx)
        closing.freeze(worked_out.frozen())
        closing.save()
    asker = closing.submitted_by_id if closing.four_eyes else None
    as_second = WriteContext(
        who_could_approve(closing.fund_id, but=asker, code="closing.no_second_person"), ctx.at
    )
    with opened(as_second):
        fire(closing.settle, ctx=as_second)
        settle(worked_out, as_second)
    about = ((Notice.Kind.REFUND, closing.pk), (Notice.Kind.CAPITAL_CALL, closing.call_id))
    return [
        letter
        for event in about
        for letter in sorted(
            Notice.objects.newest(*event).select_related("fund", "commitment__investor"),
            key=lambda one: one.number,
        )
    ]
