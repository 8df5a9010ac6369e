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
from funds.models import FundMembership, Notice
from funds.services.notices import NoticeDraft, draft_notice


@service
def rehearsed_letter(*, closing_id, investor_id, ctx: WriteContext) -> Notice | None:
    """What a partner would be written if the closing were settled now: its refund notice, or else the letter of the
    call that collects. In memory alone; nothing stays written. None where it gets neither.

    Raises whatever stands in the way of settling, and Conflict("closing.no_second_person") where the fund demands a
    second person and has none.
    """
    fund_id = Closing.objects.values_list("fund", flat=True).get(pk=closing_id)
    check_may(ctx.by, fund_id, READ)
    with transaction.atomic():
        written = _settled(hold_closing(fund_id, closing_id), investor_id, ctx)
        transaction.set_rollback(True)
    return written and draft_notice(
        fund=written.fund,
        kind=written.kind,
        dated_on=written.dated_on,
        draft=NoticeDraft(written.commitment, written.item_id, written.number, written.facts),
    )


def _settled(closing: Closing, investor_id, ctx: WriteContext) -> Notice | None:
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
    as_second = WriteContext(_second_person(closing), ctx.at)
    with opened(as_second):
        fire(closing.settle, ctx=as_second)
        settle(worked_out, as_second)
    about = ((Notice.Kind.REFUND, closing.pk), (Notice.Kind.CAPITAL_CALL, closing.call_id))
    letters = [
        Notice.objects.newest(*event)
        .filter(commitment__investor=investor_id)
        .select_related("fund", "commitment__investor")
        .first()
        for event in about
    ]
    return next(filter(None, letters), None)


def _second_person(closing: Closing):
    """Somebody who could approve it, another than who submitted it where the fund demands one: in whose name it is
    approved until it is undone."""
    managers = FundMembership.objects.filter(fund=closing.fund_id, role=FundMembership.Role.MANAGER)
    if closing.four_eyes:
        managers = managers.exclude(user=closing.submitted_by_id)
    member = managers.select_related("user").order_by("pk").first()
    if member is None:
        raise Conflict(
            "closing.no_second_person", "This fund demands a second manager to approve it, and has none."
        )
    return member.user
