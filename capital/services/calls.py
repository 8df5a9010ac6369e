"""Capital calls: drafted, submitted, approved, reworded, cancelled; and their notices sent."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max
from funds.services.notices import nudge, queue_deliveries, withdraw_deliveries

from blackgem.lib import audit
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import parse_amount
from blackgem.lib.sql import service
from capital import notices
from capital.models import (
    CapitalCall,
    CapitalCallItem,
    CapitalCallItemLine,
    CapitalCallLine,
    FundAllocation,
)
from capital.services.moves import allocations_of, fire, lock_call, move_allocations
from capital.services.planning import CallPlan, LinePlan, WorkedOutCall, raise_problems, work_out
from capital.states import CALL_ISSUED, CallStatus
from funds.access import DRAFT, MANAGE, check_may, check_second_person
from funds.models import Commitment, Fund, Notice

_LINE_ORDER = {kind: index for index, kind in enumerate(CapitalCallLine.Kind.values)}


# ---------------------------------------------------------------- drafts


@service
def draft_call(*, plan: CallPlan, by, at: datetime) -> CapitalCall:
    """Write a draft with its number, lines and items. Refuses with every problem of the plan at once."""
    check_may(by, plan.fund_id, DRAFT)
    return _draft(plan, by, at)


@service
def change_draft(*, call_id, plan: CallPlan, revision: int | None = None, by, at: datetime) -> CapitalCall:
    """Write a draft anew under its number. A `revision` that is no longer the newest is refused (stale_version)."""
    call = _lock_for(by, call_id, DRAFT)
    if call.fund_id != plan.fund_id:
        raise InvalidInput("call.fund_fixed", "A call stays with its fund.", field="fund_id")
    _require_draft(call)
    if revision not in (None, call.revision):
        raise Conflict("stale_version", "Somebody changed this draft since you opened it. Please look again.")
    worked_out = _checked(plan)
    changes = audit.changed(call, _fields(plan) | {"revision": call.revision + 1})
    call.item_lines_of_draft().delete()
    call.items.all().delete()
    call.lines.all().delete()
    call.save()
    _write_parts(call, worked_out)
    audit.record(verb="change_draft", by=by, at=at, subject=call, fund_id=call.fund_id, changes=changes)
    return call


@service
def delete_draft(*, call_id, by, at: datetime) -> None:
    """Delete a draft; its number is not given again."""
    call = _lock_for(by, call_id, DRAFT)
    _require_draft(call)
    audit.record(
        verb="delete_draft",
        by=by,
        at=at,
        subject=call,
        also=[call.fund],
        fund_id=call.fund_id,
        changes={"total_amount": [call.total_amount, None], "purpose": [call.purpose, None]},
    )
    call.item_lines_of_draft().delete()
    call.items.all().delete()
    call.lines.all().delete()
    call.delete()


def _draft(plan, by, at) -> CapitalCall:
    fund = Fund.objects.select_for_update(no_key=True).get(pk=plan.fund_id)
    worked_out = _checked(plan)
    fund.last_call_number += 1
    fund.save(update_fields=["last_call_number"])
    call = CapitalCall.objects.create(fund=fund, number=fund.last_call_number, created_by=by, **_fields(plan))
    _write_parts(call, worked_out)
    audit.record(
        verb="draft_call",
        by=by,
        at=at,
        subject=call,
        also=[fund, *_drawn_on(worked_out)],
        fund_id=fund.pk,
        changes={"total_amount": [None, call.total_amount], "status": [None, call.status]},
    )
    return call


def _checked(plan) -> WorkedOutCall:
    worked_out = work_out(plan)
    raise_problems(worked_out)
    return worked_out


def _fields(plan) -> dict:
    return {
        "total_amount": plan.total_amount,
        "purpose": plan.purpose.strip(),
        "purpose_detail": plan.purpose_detail,
        "call_date": plan.call_date,
        "due_date": plan.due_date,
    }


def _drawn_on(worked_out) -> list[FundAllocation]:
    ids = [line.allocation_id for line in worked_out.plan.lines if line.allocation_id]
    return list(FundAllocation.objects.filter(pk__in=ids).select_related("fund", "deal"))


def _write_parts(call, worked_out) -> None:
    """Lines, items and what each item owes on each line: three statements, whatever the number of partners."""
    lines = CapitalCallLine.objects.bulk_create(_lines(call, worked_out.plan))
    items = CapitalCallItem.objects.bulk_create(
        CapitalCallItem(call=call, fund_id=call.fund_id, commitment_id=row.commitment_id, amount=row.called)
        for row in worked_out.rows
    )
    CapitalCallItemLine.objects.bulk_create(
        CapitalCallItemLine(
            item=item,
            line=line,
            call=call,
            fund_id=call.fund_id,
            commitment_id=row.commitment_id,
            reduces_unfunded=line.reduces_unfunded,
            amount=row.line_amounts[index],
            weight=row.committed,
            basis=row.bases[index],
            excuse_reason=row.excuse_reasons[index].strip(),
        )
        for row, item in zip(worked_out.rows, items, strict=True)
        for index, line in enumerate(lines)
    )


def _lines(call, plan) -> list[CapitalCallLine]:
    """The lines in the plan's order. Payments are applied by `position`: fees first, unless told otherwise."""
    order = sorted(
        range(len(plan.lines)),
        key=lambda i: (0 if plan.keep_line_order else _LINE_ORDER[plan.lines[i].kind], i),
    )
    next_seq_no = {
        pk: (last or 0) + 1
        for pk, last in FundAllocation.objects.filter(
            pk__in={line.allocation_id for line in plan.lines if line.allocation_id}
        )
        .annotate(last=Max("call_lines__seq_no"))
        .values_list("pk", "last")
    }
    lines = []
    for index, line in enumerate(plan.lines):
        seq_no = next_seq_no.get(line.allocation_id)
        if seq_no:
            next_seq_no[line.allocation_id] += 1
        lines.append(
            CapitalCallLine(
                call=call,
                fund_id=call.fund_id,
                position=order.index(index) + 1,
                kind=line.kind,
                allocation_id=line.allocation_id,
                seq_no=seq_no,
                amount=line.amount,
                reduces_unfunded=line.reduces_unfunded,
            )
        )
    return lines


# ---------------------------------------------------------------- approval and issue


@service
def submit_call(*, call_id, by, at: datetime) -> CapitalCall:
    """Ask for approval of a draft; its contents are fixed from here on."""
    call = _lock_for(by, call_id, DRAFT)
    _submit(call, by, at)
    return call


@service
def approve_call(*, call_id, by, at: datetime, today: date) -> CapitalCall:
    """Approve and issue: the call binds, its notices are written, its allocations move (CREATE_CALL).

    Raises Forbidden where a second person is demanded, Conflict where the state of the money refuses it.
    """
    fund_id = _fund_of(by, call_id, MANAGE)
    call = _lock_to_issue(fund_id, call_id)
    _approve(call, by, at, today)
    return call


@service
def issue_call(*, call_id, by, at: datetime, today: date) -> CapitalCall:
    """Submit and approve at once; where the fund demands a second person, only submit."""
    fund_id = _fund_of(by, call_id, MANAGE)
    call = _lock_to_issue(fund_id, call_id)
    _issue(call, by, at, today)
    return call


@service
def call_allocation(
    *,
    allocation_id,
    amount,
    due_date,
    call_date=None,
    purpose=None,
    purpose_detail="",
    by,
    at: datetime,
    today: date,
) -> CapitalCall:
    """Call an amount on one allocation from all partners, pro rata, and issue it in one step (CREATE_CALL).

    The call date is today and the purpose "Investment – {deal}" unless said. Where the fund demands a second person
    the call waits for approval.
    """
    allocation = FundAllocation.objects.select_related("fund", "deal").filter(pk=allocation_id).first()
    if allocation is None:
        raise NotFound("not_found", "There is no such allocation.")
    check_may(by, allocation.fund_id, MANAGE)
    amount = parse_amount(amount, currency=allocation.fund.currency)
    line = LinePlan(CapitalCallLine.Kind.INVESTMENT, amount, allocation.pk)
    plan = CallPlan(
        allocation.fund_id,
        amount,
        purpose or f"Investment – {allocation.deal}"[:200],
        purpose_detail,
        call_date or today,
        due_date,
        (line,),
    )
    draft = _draft(plan, by, at)
    call = _lock_to_issue(draft.fund_id, draft.pk)
    _issue(call, by, at, today)
    return call


def _issue(call, by, at, today) -> None:
    _submit(call, by, at)
    if not call.four_eyes:
        _approve(call, by, at, today)


def _submit(call, by, at) -> None:
    fire(call.submit, by=by, at=at)
    call.save(update_fields=["status", "submitted_by", "submitted_at", "four_eyes"])
    audit.record(
        verb="submit_call",
        by=by,
        at=at,
        subject=call,
        fund_id=call.fund_id,
        changes={"status": [CallStatus.DRAFT, call.status]},
    )


def _approve(call, by, at, today) -> None:
    check_second_person(needed=call.four_eyes, first=call.submitted_by, second=by)
    fire(call.approve, by=by, at=at)
    call.bank_details = call.fund.bank_details.verified().order_by("-version").first()
    drawn_on = allocations_of(call.pk)
    _check_still_callable(call)
    call.save(update_fields=["status", "approved_by", "approved_at", "bank_details"])
    audit.record(
        verb="approve_call",
        by=by,
        at=at,
        subject=call,
        fund_id=call.fund_id,
        also=list(FundAllocation.objects.filter(pk__in=drawn_on).select_related("fund", "deal")),
        changes={"status": [CallStatus.PENDING_APPROVAL, call.status]},
    )
    notices.write_call_notices(call=call, by=by, at=at, today=today)
    move_allocations(drawn_on, "create_call", by=by, at=at)
    nudge()


def _check_still_callable(call) -> None:
    """The money may have moved since the draft was made: say so in words, before a rail has to."""
    over = [
        item.commitment.investor.name
        for item in call.items.select_related("commitment__investor", "commitment__capital").with_within()
        if item.within > item.commitment.capital.unfunded
    ]
    if over:
        raise Conflict(
            "call.exceeds_uncalled", f"More than is unfunded: {', '.join(over)}.", extra={"investors": over}
        )
    for line in call.lines.filter(allocation__isnull=False).select_related(
        "allocation__deal", "allocation__capital"
    ):
        if line.amount > line.allocation.capital.uncalled:
            raise Conflict(
                "allocation.over_called",
                f"{line.allocation.deal} has not that much left to call.",
                field="amount",
            )


# ---------------------------------------------------------------- afterwards


@service
def cancel_call(*, call_id, reason: str, by, at: datetime) -> CapitalCall:
    """Withdraw a call on which nothing was paid; what it drew on is free again."""
    _fund_of(by, call_id, MANAGE)
    call = lock_call(call_id)
    before = call.status
    if call.payments.exists() and _paid(call):
        raise Conflict("call.has_payments", "Something was paid on this call; reverse its payments first.")
    fire(call.cancel, by=by, at=at, reason=(reason or "").strip())
    call.save(update_fields=["status", "cancelled_by", "cancelled_at", "cancel_reason"])
    drawn_on = allocations_of(call.pk)
    audit.record(
        verb="cancel_call",
        by=by,
        at=at,
        subject=call,
        fund_id=call.fund_id,
        reason=call.cancel_reason,
        also=list(FundAllocation.objects.filter(pk__in=drawn_on).select_related("fund", "deal")),
        changes={"status": [before, call.status]},
    )
    if before in CALL_ISSUED:
        withdraw_deliveries(
            kind=Notice.Kind.CAPITAL_CALL, subject_id=call.pk, reason="The call was cancelled."
        )
        move_allocations(drawn_on, "cancel_call", by=by, at=at)
    return call


@service
def reword_call(
    *, call_id, purpose: str, purpose_detail: str, due_date: date, by, at: datetime, today: date
) -> CapitalCall:
    """Change the wording or set a later due date of an issued call: a new version of its notices says so."""
    call = _lock_for(by, call_id, MANAGE)
    if call.status not in CALL_ISSUED:
        raise Conflict("call.not_issued", "Only an issued call is reworded; a draft is edited.")
    if not 1 <= len(purpose.strip()) <= 200:
        raise InvalidInput(
            "call.purpose", "Say what the call is for, in 1 to 200 characters.", field="purpose"
        )
    if due_date < call.due_date:
        raise Conflict(
            "call.due_date_earlier", "The due date of an issued call can only move later.", field="due_date"
        )
    changes = audit.changed(
        call, {"purpose": purpose.strip(), "purpose_detail": purpose_detail, "due_date": due_date}
    )
    if changes:
        call.save(update_fields=list(changes))
        audit.record(verb="reword_call", by=by, at=at, subject=call, fund_id=call.fund_id, changes=changes)
        words = ", ".join(name.replace("_", " ") for name in changes)
        notices.write_call_notices(call=call, by=by, at=at, today=today, change_note=f"Changed: {words}.")
        nudge()
    return call


@service
def send_notices(*, call_id, resend: bool = False, by, at: datetime, today: date) -> int:
    """Queue the newest notice of every item for mailing; a draft is issued first where one person may.

    Returns how many were queued. A notice that was queued before is queued again only with `resend`.
    """
    fund_id = _fund_of(by, call_id, MANAGE)
    call = _lock_to_issue(fund_id, call_id)
    if call.status == CallStatus.DRAFT and not call.fund.four_eyes:
        _issue(call, by, at, today)
    if call.status not in CALL_ISSUED:
        raise Conflict("call.not_approved", "Notices are sent once the call is approved.")
    return _queue(call, None, resend, by, at)


@service
def resend_notice(*, item_id, by, at: datetime, today: date) -> int:
    """Queue one investor's newest notice again."""
    item = CapitalCallItem.objects.filter(pk=item_id).first()
    if item is None:
        raise NotFound("not_found", "There is no such item.")
    call = _lock_for(by, item.call_id, MANAGE)
    if call.status not in CALL_ISSUED:
        raise Conflict("call.not_approved", "Notices are sent once the call is approved.")
    return _queue(call, item.pk, True, by, at)


def _queue(call, item_id, resend, by, at) -> int:
    mine = Notice.objects.filter(kind=Notice.Kind.CAPITAL_CALL, subject_id=call.pk)
    newest = (
        (mine.filter(item_id=item_id) if item_id else mine)
        .order_by("item_id", "-version")
        .distinct("item_id")
    )
    queued = queue_deliveries(notices=list(newest), by=by, at=at, resend=resend)
    if queued:
        audit.record(
            verb="resend_notice" if item_id else "send_notices",
            by=by,
            at=at,
            subject=call,
            fund_id=call.fund_id,
            changes={"notices_queued": [None, queued]},
        )
        nudge()
    return queued


# ---------------------------------------------------------------- shared


def _fund_of(by, call_id, deed) -> int:
    fund_id = CapitalCall.objects.filter(pk=call_id).values_list("fund_id", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such call.")
    check_may(by, fund_id, deed)
    return fund_id


def _lock_for(by, call_id, deed) -> CapitalCall:
    _fund_of(by, call_id, deed)
    return lock_call(call_id)


def _lock_to_issue(fund_id, call_id) -> CapitalCall:
    """Fund, then the partners, then the call: the order in which everyone locks."""
    Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    list(
        Commitment.objects.select_for_update(no_key=True, of=("self",))
        .filter(call_items__call=call_id)
        .order_by("pk")
        .values_list("pk")
    )
    return lock_call(call_id)


def _require_draft(call) -> None:
    if call.status != CallStatus.DRAFT:
        raise Conflict("call.not_a_draft", "Only a draft can be changed or deleted.")


def _paid(call) -> Decimal:
    return type(call).objects.select_related("capital").get(pk=call.pk).capital.paid
