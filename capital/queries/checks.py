"""What should be looked at before a call is issued, and before its letters are sent."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from blackgem.lib.errors import Conflict
from blackgem.lib.money import unit_of
from capital.models import CapitalCall, CapitalCallItem, CapitalCallItemLine, CapitalCallLine, LineChange
from capital.notices import are_unsent, texts_of_letters
from capital.queries.excused import still_excused
from capital.queries.line_keys import with_changed_keys
from capital.queries.room import room_on
from capital.queries.usual import fees_of, of_lines, with_what_is_usual
from capital.states import CALL_BEFORE_ISSUE, CallStatus
from funds.calc.checks import (
    Bank,
    Check,
    PartOf,
    ToCheck,
    blocking,
    blocking_parts,
    checks,
    due_date_checks,
)
from funds.models import Fund, Notice
from funds.queries.checks import accounts_of, bank_of, mails_of, run_by, unprintable

_Basis = CapitalCallItemLine.Basis


def checks_of_call(
    call: CapitalCall,
    *,
    at: datetime,
    bank: Bank | None = None,
    unsent: bool | None = None,
    lines: Iterable[CapitalCallLine] | None = None,
    items: list[CapitalCallItem] | None = None,
) -> list[Check]:
    """The check list while letters are still to go out; none of a call whose letters were sent, or that is cancelled.

    Days of notice are counted from the fund's day at this moment.
    What the caller has read already it gives; the rest is read here. The
    number of queries does not depend on the number of investors.
    """
    is_before_issue = call.status in CALL_BEFORE_ISSUE
    if not is_before_issue and (call.status == CallStatus.CANCELLED or not _is_unsent(call, unsent)):
        return []
    if items is None:
        items = items_to_issue(call) if is_before_issue else list(_items(call))
    lines = lines if lines is not None or not is_before_issue else lines_to_issue(call)
    unprinted = _unprintable(call, items, lines or ()) if is_before_issue else ()
    account = bank or bank_of(accounts_of(call.fund))
    found = checks(_to_check(call, items, today=call.fund.day_of(at), bank=account, unprintable=unprinted))
    return [*found, *_changed_keys(items)] if is_before_issue else found


def _to_check(call: CapitalCall, items: list[CapitalCallItem], *, today, **known) -> ToCheck:
    """What is known of a call and its items, counted from `today`."""
    usual = items[0] if items else None
    return ToCheck(
        currency=call.fund.currency,
        calendar=call.fund.calendar,
        today=today,
        due_on=call.due_date,
        notice_days=call.fund.notice_days,
        parts=[_part(item) for item in items],
        in_totals=_in_totals(call, items),
        total=call.total_amount,
        looked_at_above=call.fund.looked_at_above,
        own_mails=_own_mails(call, items),
        largest_before=usual and usual.largest_before,
        is_by_commitment=bool(usual and usual.is_by_commitment),
        fees=fees_of(items, unit_of(call.fund.currency)),
        **known,
    )


def _changed_keys(items: list[CapitalCallItem]) -> Iterator[Check]:
    """Where a line's key reads something else than when it was split."""
    if changed := {key for item in items for key in item.changed_keys}:
        keys = ", ".join(sorted(CapitalCallLine.SplitBy(key).label for key in changed)).lower()
        message = f"What a line was split by changed since ({keys}): save the draft again to split it anew."
        yield Check("check.key_changed", message)


def checks_of_due_date(call: CapitalCall, *, at: datetime) -> list[Check]:
    """Those of the due date, whether or not letters are still to go out."""
    fund = call.fund
    return list(
        due_date_checks(
            ToCheck(
                currency=fund.currency,
                calendar=fund.calendar,
                today=fund.day_of(at),
                due_on=call.due_date,
                notice_days=fund.notice_days,
                parts=(),
                bank=Bank.VERIFIED,
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What keeps a draft from approval: `blocking` from being submitted and issued, `over` only from being issued."""

    blocking: list[Check]
    over: list[Conflict]


def obstacles_of(
    call: CapitalCall,
    items: list[CapitalCallItem] | None = None,
    lines: Iterable[CapitalCallLine] | None = None,
) -> Obstacles:
    """The checks that must be mended, and where more is called than is left: the money may have moved since the draft
    was made. They do not depend on the day; `items` are those of `items_to_issue`, lines have their allocations.
    """
    items = _items_that_block(call) if items is None else items
    lines = lines_to_issue(call) if lines is None else lines
    mended = [*blocking(_unprintable(call, items, lines)), *blocking_parts(_to_block(call, items))]
    return Obstacles(mended, [*_over_items(items), *_over_lines(lines)])


def _items_that_block(call: CapitalCall) -> list[CapitalCallItem]:
    """The items of what is not issued with what may keep it from that alone: a fraction of `items_to_issue`."""
    lines = CapitalCallItemLine.objects.filter(item=OuterRef("pk"))
    items = CapitalCallItem.objects.filter(call=call).select_related("commitment__investor").with_within()
    return list(
        items.annotate(
            of_lines=of_lines(),
            excuse_reasons=ArraySubquery(lines.filter(basis=_Basis.EXCUSED).values("excuse_reason")),
            mails=mails_of("commitment__investor", Notice.Kind.CAPITAL_CALL),
            run_by=run_by(call.fund_id),
            still_excused=still_excused(call),
            room=room_on(call.call_date, of='"capital_call_items"."commitment_id"'),
        ).order_by("commitment__reference", "pk")
    )


def _to_block(call: CapitalCall, items: list[CapitalCallItem]) -> ToCheck:
    """What `blocking_parts` asks of a call."""
    return ToCheck(
        currency=call.fund.currency,
        calendar=call.fund.calendar,
        today=call.call_date,
        due_on=call.due_date,
        parts=[
            PartOf(
                item.commitment.investor.name,
                item.amount,
                mails=item.mails,
                lines=item.of_lines,
                still_excused=item.still_excused,
                item_id=item.pk,
                investor_id=item.commitment.investor_id,
            )
            for item in items
        ],
        total=call.total_amount,
        own_mails=_own_mails(call, items),
    )


def _own_mails(call: CapitalCall, items: list[CapitalCallItem]) -> list[str]:
    return [mail for mail in (call.fund.contact_email, *(items[0].run_by if items else ())) if mail]


def items_to_issue(call: CapitalCall) -> list[CapitalCallItem]:
    """The items of what is not issued, each with its part `within` the commitment, the `room` that it has there,
    and its `changed_keys`."""
    return list(with_changed_keys(_items(call).with_within(), call))


def lines_to_issue(call: CapitalCall) -> list[CapitalCallLine]:
    """The lines, each with its allocation and what is left to call of it."""
    return list(call.lines.select_related("allocation__deal", "allocation__capital").order_by("position"))


def _over_items(items: list[CapitalCallItem]) -> Iterator[Conflict]:
    over = [item.commitment.investor.name for item in items if item.within > item.room]
    if over:
        message = f"More than is unfunded: {', '.join(over)}."
        yield Conflict("call.exceeds_uncalled", message, extra={"investors": over})


def _over_lines(lines: Iterable[CapitalCallLine]) -> Iterator[Conflict]:
    for line in lines:
        if line.allocation and line.amount > line.allocation.capital.uncalled:
            message = f"{line.allocation.deal} has not that much left to call."
            yield Conflict("allocation.over_called", message, field="amount")


def _is_unsent(call: CapitalCall, unsent: bool | None) -> bool:
    return are_unsent(call) if unsent is None else unsent


def _unprintable(call: CapitalCall, items, lines) -> list[str]:
    reasons = [reason for item in items for reason in item.excuse_reasons]
    return unprintable([*texts_of_letters(call, [one for one in items if one.amount > 0], lines), *reasons])


def _items(call: CapitalCall) -> QuerySet[CapitalCallItem]:
    lines = CapitalCallItemLine.objects.filter(item=OuterRef("pk"))
    return (
        with_what_is_usual(CapitalCallItem.objects.filter(call=call), call)
        .select_related("commitment__investor", "commitment__amounts")
        .annotate(
            is_excused=Exists(lines.filter(basis=_Basis.EXCUSED)),
            is_by_hand=Exists(lines.filter(basis=_Basis.EDITED)) & Q(is_worked_out=False),
            lines_paid=ArraySubquery(lines.filter(amount__gt=0).values("line_id")),
            excuse_reasons=ArraySubquery(lines.filter(basis=_Basis.EXCUSED).values("excuse_reason")),
            mails=mails_of("commitment__investor", Notice.Kind.CAPITAL_CALL),
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
        has_contact=bool(item.mails),
        mails=item.mails,
        promised=item.commitment.amount,
        lines=item.of_lines,
        excused_before=item.excused_before,
        still_excused=item.still_excused,
        item_id=item.pk,
        investor_id=item.commitment.investor_id,
    )


def moved_by_a_closing(call_id) -> bool:
    """Whether a later closing moved parts of the lines of a call and was not reversed since, or collects by it."""
    changed = LineChange.objects.filter(call=call_id, closing_id__isnull=False).order_by()
    moved = changed.values("item", "line", "changes_owed").annotate(net=Sum("amount")).exclude(net=0)
    return moved.exists() or CapitalCallLine.objects.filter(call=call_id, equalises__isnull=False).exists()
