"""What should be looked at before a call is issued, and before its letters are sent."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef

from capital.models import CapitalCall, CapitalCallItem, CapitalCallItemLine, CapitalCallLine
from capital.notices import are_unsent, texts_of_letters
from capital.states import CALL_BEFORE_ISSUE, CallStatus
from funds.calc.checks import Bank, Check, PartOf, ToCheck, blocking, checks
from funds.models import Fund
from funds.queries.checks import bank_of, takes_notices, unprintable

_Basis = CapitalCallItemLine.Basis


def checks_of_call(
    call: CapitalCall,
    *,
    at: datetime,
    bank: Bank | None = None,
    unsent: bool | None = None,
    lines: Iterable[CapitalCallLine] | None = None,
) -> list[Check]:
    """The check list while letters are still to go out; none of a call whose letters were sent, or that is cancelled.

    Days of notice are counted from the fund's day at this moment.
    What the caller has read already it gives; the rest is read here. The
    number of queries does not depend on the number of investors.
    """
    is_before_issue = call.status in CALL_BEFORE_ISSUE
    if not is_before_issue and (call.status == CallStatus.CANCELLED or not _is_unsent(call, unsent)):
        return []
    items = _items(call)
    return checks(
        ToCheck(
            currency=call.fund.currency,
            calendar=call.fund.calendar,
            today=call.fund.day_of(at),
            due_on=call.due_date,
            notice_days=call.fund.notice_days,
            parts=[_part(item) for item in items],
            in_totals=_in_totals(call, items),
            bank=bank or bank_of(call.fund),
            unprintable=_unprintable(call, items, lines) if is_before_issue else (),
        )
    )


def blocking_checks(call: CapitalCall) -> list[Check]:
    """Those of the list that must be mended before the call is submitted or issued; they do not depend on the day."""
    return blocking(_unprintable(call, _items(call)))


def _is_unsent(call: CapitalCall, unsent: bool | None) -> bool:
    return are_unsent(call) if unsent is None else unsent


def _unprintable(call: CapitalCall, items: list[CapitalCallItem], lines=None) -> list[str]:
    if lines is None:
        lines = call.lines.select_related("allocation__deal")
    reasons = [reason for item in items for reason in item.excuse_reasons]
    return unprintable([*texts_of_letters(call, [one for one in items if one.amount > 0], lines), *reasons])


def _items(call: CapitalCall) -> list[CapitalCallItem]:
    lines = CapitalCallItemLine.objects.filter(item=OuterRef("pk"))
    return list(
        CapitalCallItem.objects.filter(call=call)
        .select_related("commitment__investor")
        .annotate(
            is_excused=Exists(lines.filter(basis=_Basis.EXCUSED)),
            is_by_hand=Exists(lines.filter(basis=_Basis.EDITED)),
            lines_paid=ArraySubquery(lines.filter(amount__gt=0).values("line_id")),
            excuse_reasons=ArraySubquery(lines.filter(basis=_Basis.EXCUSED).values("excuse_reason")),
            has_contact=takes_notices("commitment__investor"),
        )
        .order_by("commitment__reference", "pk")
    )


def _in_totals(call: CapitalCall, items: list[CapitalCallItem]) -> set[int]:
    """How many partners each total adds up: all commitments, the call, and each of its lines."""
    if call.fund.partner_totals == Fund.PartnerTotals.NONE:
        return set()
    promised = sum(item.commitment.amount > 0 for item in items)
    called = sum(item.amount > 0 for item in items)
    return {promised, called, *Counter(line for item in items for line in item.lines_paid).values()}


def _part(item: CapitalCallItem) -> PartOf:
    return PartOf(
        item.commitment.investor.name,
        item.amount,
        excused=item.is_excused or not item.commitment.amount,
        by_hand=item.is_by_hand,
        has_contact=item.has_contact,
    )
