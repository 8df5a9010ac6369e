"""Reminders of calls: the next version of a letter that was mailed, on the days that the fund says, to whom something
is outstanding then. Nobody presses anything: workers write them by the fund's setting."""

from datetime import datetime, timedelta

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.opened import written_by_worker
from capital.models import CallItemCapital, CapitalCall, CapitalCallItem
from capital.notices import write_what_is_due
from capital.queries.carried import carried_to, outstanding_with, pays_by_refund
from capital.services.locks import lock_call
from capital.states import CALL_OPEN
from funds.calc.reminders import EARLIEST, LATE_DAYS, LATEST, step_due, steps_of
from funds.models import Fund, Notice, NoticeDelivery
from funds.queries.letter_holds import register_owed
from funds.services.notice_facts import text
from funds.services.notices import nudge, queue_next_versions

_CALL = Notice.Kind.CAPITAL_CALL
_Mail = NoticeDelivery.State
NOTE = "It is a reminder."
#: What is left waits for the next call.
CARRIED = "carried"


def remind(*, at: datetime) -> int:
    """Write and queue the reminders of this moment; how many. Each call in a transaction of its own."""
    return sum(_remind(call_id, at) for fund in _reminding() for call_id in _calls(fund, at))


def _reminding():
    return Fund.objects.exclude(reminder_days="").order_by("pk")


def _calls(fund: Fund, at: datetime) -> list[int]:
    """The open calls of a fund of which a step comes to pass on its day."""
    today, steps = fund.day_of(at), steps_of(fund.reminder_days)
    near = (today - timedelta(days=LATEST + LATE_DAYS), today - timedelta(days=EARLIEST))
    calls = CapitalCall.objects.filter(fund=fund, status__in=CALL_OPEN, due_date__range=near).order_by("pk")
    return [
        pk
        for pk, due_on in calls.values_list("pk", "due_date")
        if step_due(steps, due_on=due_on, today=today) is not None
    ]


def _remind(call_id: int, at: datetime) -> int:
    with written_by_worker(at):
        call = lock_call(call_id)
        today, steps = call.fund.day_of(at), steps_of(call.fund.reminder_days)
        step = step_due(steps, due_on=call.due_date, today=today)
        if call.status not in CALL_OPEN or step is None:
            return 0
        return _write(call, step, WriteContext(None, at))


def _write(call: CapitalCall, step: int, ctx: WriteContext) -> int:
    items = _items(call, step)
    told = {"step": step, "due_on": call.due_date.isoformat()}
    versions = {
        one.item_id: one.version + 1
        for one in Notice.objects.newest(_CALL, call.pk).filter(item_id__in=[item.pk for item in items])
    }

    carried = carried_to(call)

    def reminds(item: CapitalCallItem) -> dict:
        owed = text(outstanding_with(item, carried))
        return {"reminder": told | {"outstanding": owed, "version": versions[item.pk]}, "ask": owed}

    if not items:
        return 0
    written = write_what_is_due(call=call, items=items, change_note=NOTE, of_each=reminds, ctx=ctx)
    queue_next_versions(notices=written, ctx=ctx)
    audit.record(
        verb="send_reminders",
        ctx=ctx,
        subject=call,
        fund_id=call.fund_id,
        changes={"reminders": [None, len(written)], "days_from_due_date": [None, step]},
    )
    nudge()
    return len(written)


def _items(call: CapitalCall, step: int) -> list[CapitalCallItem]:
    """Of which something is outstanding, whose letter was mailed before the day of this step, and that were not
    reminded at it. Not of what is due with a later call, or will be paid by a refund that is agreed on; whoever has
    notice of a default is not reminded besides."""
    begins = call.due_date + timedelta(days=step)
    letters = Notice.objects.filter(kind=_CALL, subject_id=call.pk)
    done = letters.filter(
        facts__reminder__step=step, facts__reminder__due_on=call.due_date.isoformat()
    ).values_list("item_id", flat=True)
    first = NoticeDelivery.objects.filter(notice__in=letters, state=_Mail.SENT).order_by("-sent_at")
    mailed = {
        item
        for item, sent_at in first.values_list("notice__item_id", "sent_at")
        if call.fund.day_of(sent_at) < begins
    }
    others = {one.item_id for one in Notice.objects.newest(_CALL, call.pk) if _asks_otherwise(one.facts)}
    found = CapitalCallItem.objects.filter(call=call, pk__in=mailed - set(done) - others)
    owed = found.filter(capital__outstanding__gt=0, capital__carried_to__isnull=True)
    return list(owed.exclude(capital__status=CARRIED).select_related("capital").order_by("pk"))


def _asks_otherwise(facts: dict) -> bool:
    """Whether a letter is the notice of a default, or says that a refund will pay."""
    return facts.get("default") is not None or pays_by_refund(facts)


def _is_owed(notice: Notice) -> bool:
    """Whether something is outstanding of the item at this moment."""
    owed = CallItemCapital.objects.filter(item=notice.item_id, outstanding__gt=0)
    return owed.filter(carried_to__isnull=True).exclude(status=CARRIED).exists()


register_owed(_CALL, _is_owed)
