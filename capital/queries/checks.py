"""What should be looked at before a call is issued, and before its letters are sent."""

from datetime import date

from django.db.models import Exists, OuterRef

from capital.models import CapitalCall, CapitalCallItem, CapitalCallItemLine
from capital.notices import are_unsent, texts_of_letters
from capital.states import CallStatus
from funds.calc.checks import Check, PartOf, ToCheck, blocking, checks
from funds.queries.checks import bank_of, takes_notices, unprintable

BEFORE_ISSUE = (CallStatus.DRAFT, CallStatus.PENDING_APPROVAL)
_Basis = CapitalCallItemLine.Basis


def checks_of_call(call: CapitalCall, *, today: date) -> list[Check]:
    """The check list while letters are still to go out; none of a call whose letters were sent, or that is cancelled.

    Days of notice are counted from `today`. The number of queries does not depend on the number of investors.
    """
    is_before_issue = call.status in BEFORE_ISSUE
    if not is_before_issue and (call.status == CallStatus.CANCELLED or not are_unsent(call)):
        return []
    items = _items(call)
    return checks(
        ToCheck(
            currency=call.fund.currency,
            calendar=call.fund.calendar,
            today=today,
            due_on=call.due_date,
            notice_days=call.fund.notice_days,
            parts=[_part(item) for item in items],
            bank=bank_of(call.fund),
            unprintable=_unprintable(call, items) if is_before_issue else (),
        )
    )


def blocking_checks(call: CapitalCall) -> list[Check]:
    """Those of the list that must be mended before the call is submitted or issued; they do not depend on the day."""
    return blocking(_unprintable(call, _items(call)))


def _unprintable(call: CapitalCall, items: list[CapitalCallItem]) -> list[str]:
    return unprintable(texts_of_letters(call, [item for item in items if item.amount > 0]))


def _items(call: CapitalCall) -> list[CapitalCallItem]:
    lines = CapitalCallItemLine.objects.filter(item=OuterRef("pk"))
    return list(
        CapitalCallItem.objects.filter(call=call)
        .select_related("commitment__investor")
        .annotate(
            is_excused=Exists(lines.filter(basis=_Basis.EXCUSED)),
            is_by_hand=Exists(lines.filter(basis=_Basis.EDITED)),
            has_contact=takes_notices("commitment__investor"),
        )
        .order_by("commitment__reference", "pk")
    )


def _part(item: CapitalCallItem) -> PartOf:
    return PartOf(
        item.commitment.investor.name,
        item.amount,
        excused=item.is_excused or not item.commitment.amount,
        by_hand=item.is_by_hand,
        has_contact=item.has_contact,
    )
