"""One investor's part of a call: what it is for, what was paid, and the letters about it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from blackgem.lib import audit
from blackgem.lib.checks import Offer, offer
from blackgem.lib.pages import found
from blackgem.lib.timeline import TimelineEntry, entries_of
from blackgem.lib.together import read_together
from capital.access import check_request_reversal, check_settle
from capital.calc.dues import days_overdue
from capital.models import (
    CapitalCall,
    CapitalCallItem,
    CapitalCallItemLine,
    Excuse,
    LineChange,
    Payment,
    PaymentReversal,
    ResidualSettlement,
)
from capital.queries.excuses import excuses_of
from capital.states import CALL_OPEN
from funds.models import CapitalTransaction, Notice
from funds.queries.access import with_role
from funds.queries.questions import messages_with
from funds.queries.reversals import MoneyShown, money_shown, with_reversals

from .call import ZERO


def item_of(user, call_id, item_id) -> CapitalCallItem:
    """The item with call, fund, commitment, capital and the user's `role`; 404 where it is not to be seen."""
    items = CapitalCallItem.objects.filter(
        call__in=CapitalCall.objects.visible_to(user).values("pk")
    ).select_related("call__fund", "commitment__investor", "commitment__capital", "capital")
    items = items.annotate(messages=messages_with(Notice.Kind.CAPITAL_CALL))
    return found(with_role(items, user), pk=item_id, call=call_id)


def payment_of(user, call_id, item_id, payment_id) -> Payment:
    """The payment with its item, call and fund; 404 where it is not to be seen."""
    payments = Payment.objects.filter(call__in=CapitalCall.objects.visible_to(user).values("pk"))
    related = payments.select_related("call__fund", "item__capital", "commitment__investor")
    return found(with_role(related, user), pk=payment_id, call=call_id, item=item_id)


@dataclass(frozen=True, slots=True)
class AboutItem:
    """What stands about an item.

    `parts`: its lines in the order in which payments are applied, each with what is `waived` and `paid` of it, and by
    how much it was `revised` as a partner was excused. The newest first: `settlements`, what was decided, or waits to
    be, about what a payment left; `excuses` of its call, each by how much it `changed` the item; `payments` and
    reversals; and what was done with it (`story`).
    """

    parts: list[CapitalCallItemLine]
    settlements: list[ResidualSettlement]
    excuses: list[Excuse]
    payments: list[MoneyShown]
    story: list[TimelineEntry]


def about(item, by) -> AboutItem:
    """In one statement; of each payment whether this person may ask to `reverse` it."""
    people = ("recorded_by", "approved_by")
    parts, settlements, excuses, payments, events = read_together(
        _parts(item),
        item.settlements.select_related(*people, "payment__reversed_by_payment").order_by("-pk"),
        excuses_of(item.call, item),
        _payments(item),
        audit.timeline(item),
    )
    return AboutItem(
        parts,
        settlements,
        excuses,
        money_shown(payments, item.role, by, check_request_reversal, _applied),
        entries_of(events, item.call.fund.currency),
    )


def _parts(item) -> QuerySet[CapitalCallItemLine]:
    posted = CapitalTransaction.objects.filter(
        call_item_id=item.pk, call_line_id=OuterRef("line"), refund_payout_id__isnull=True
    )
    changes = LineChange.objects.filter(item=item, line=OuterRef("line"), changes_owed=True)
    parts = item.item_lines.select_related("line__allocation__deal").order_by("line__position")
    return parts.annotate(
        paid=_sum_of(posted, "call_line_id"),
        waived=-_sum_of(changes.filter(changes_held=False), "line"),
        revised=_sum_of(changes.filter(changes_held=True), "line"),
    )


def _sum_of(rows, key):
    """The amounts of rows that share a key, added; zero where there are none."""
    total = rows.order_by().values(key).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total), ZERO)


def _payments(item) -> QuerySet[Payment]:
    payments = item.payments.select_related("receipt", "recorded_by", "reverses").annotate(
        applied=_sum_of(Payment.objects.filter(item=item, receipt=OuterRef("receipt")), "receipt")
    )
    return with_reversals(payments, PaymentReversal.objects.pending(), of="payment", posted_by="payment_id")


def _applied(payment) -> dict:
    """What its receipt still pays of the item."""
    return {"applied": payment.applied if payment.receipt_id else payment.amount}


def settle_offer(item, by, settlements) -> Offer:
    """Whether there is a residual of it that this person may settle, or ask to."""
    waits = any(not one.approved_at and not one.rejected_at for one in settlements)
    return offer(check_settle, item, by, waits=waits)


def days_late(item, *, at: datetime) -> int:
    """Days since the due date while something is owed, else zero."""
    owed = item.call.status in CALL_OPEN
    return (
        days_overdue(item.capital.due_on, item.capital.outstanding, item.call.fund.day_of(at)) if owed else 0
    )


def is_excused(parts: list[CapitalCallItemLine], excuses: list[Excuse]) -> bool:
    """Whether the investor is excused from any line, before its call was issued or since."""
    since = any(one.approved_at and one.item_id == part.item_id for one in excuses for part in parts)
    return since or any(part.basis == CapitalCallItemLine.Basis.EXCUSED for part in parts)
