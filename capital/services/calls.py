"""Capital calls: drafted, submitted, approved, reworded, cancelled; and their notices sent.

`revision` is that of the draft which the person saw: Conflict("stale_version") where it is no longer the newest.
"""

from collections.abc import Collection, Mapping
from datetime import date

from blackgem.lib import audit
from blackgem.lib.checks import fire
from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import check_alive, reason_for_sending_back
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import parse_amount
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from capital import notices
from capital.access import (
    check_approve,
    check_cancel,
    check_issue,
    check_resend_notice,
    check_reword,
    check_send_back,
    check_send_notices,
    check_submit,
)
from capital.models import CapitalCall, CapitalCallItem, CapitalCallLine, FundAllocation
from capital.notice_totals import cancelled_facts
from capital.queries.checks import checks_of_call
from capital.services.carried import keep_letters_after_cancelling
from capital.services.drafts import change_draft, delete_draft, draft_call, write_draft
from capital.services.locks import lock_call_for, lock_with_partners
from capital.services.moves import allocations_of, move_allocations
from capital.services.plans import CallPlan, LinePlan
from capital.states import CALL_ISSUED, CallStatus
from funds.access import MANAGE, check_asker, check_may
from funds.models import Notice
from funds.services.acknowledged import acknowledged as acknowledged_of
from funds.services.acknowledged import is_first_sending
from funds.services.controls import Kind
from funds.services.inputs import fill, problems_of
from funds.services.issued import ask_about_issued, register_issued
from funds.services.notices import nudge, queue_newest, queue_next_versions, write_cancellations

__all__ = [
    "approve_call",
    "call_allocation",
    "cancel_call",
    "change_draft",
    "delete_draft",
    "draft_call",
    "issue_call",
    "resend_notice",
    "reword_call",
    "send_back_call",
    "send_notices",
    "submit_call",
]


# ---------------------------------------------------------------- approval and issue


@service
def submit_call(*, call_id, revision: int | None = None, ctx: WriteContext) -> CapitalCall:
    """Ask for approval of a draft; its contents are fixed from here on."""
    call = lock_call_for(ctx.by, call_id)
    check_submit(call, ctx.by, revision=revision)
    _submit(call, ctx)
    return call


@service
def approve_call(
    *, call_id, revision: int | None = None, acknowledged: Collection[str] = (), ctx: WriteContext
) -> CapitalCall:
    """Approve and issue: the call binds, its notices are written, its allocations move (CREATE_CALL).

    `acknowledged` are the keys of the warnings that this person lets pass. Raises Forbidden where a second person is
    demanded, Conflict where the state of the money refuses it or a warning was not acknowledged.
    """
    call = lock_with_partners(ctx.by, call_id)
    check_approve(call, ctx.by, revision=revision)
    check_alive(call.submitted_at, ctx.at)
    check_asker(call.submitted_by, call.fund_id)
    _approve(call, ctx, said=_said(call, acknowledged, ctx))
    return call


def _said(call, keys: Collection[str], ctx: WriteContext) -> dict[str, list]:
    """What of the call's check list is acknowledged, as a change of the event."""
    return acknowledged_of(call.fund, lambda: checks_of_call(call, at=ctx.at), keys)


@service
def send_back_call(*, call_id, reason: str, revision: int | None = None, ctx: WriteContext) -> CapitalCall:
    """Refuse approval for now: a draft again, whose submitter reads why. InvalidInput without a reason."""
    call = lock_call_for(ctx.by, call_id)
    check_send_back(call, ctx.by, revision=revision)
    before = call.status
    fire(call.send_back)
    reason = reason_for_sending_back(reason)
    call.save(update_fields=["status", "four_eyes", "submitted_by", "submitted_at"])
    audit.record(
        verb="send_back_call",
        ctx=ctx,
        subject=call,
        fund_id=call.fund_id,
        changes={"status": [before, call.status]},
        reason=reason,
    )
    return call


@service
def issue_call(
    *, call_id, revision: int | None = None, acknowledged: Collection[str] = (), ctx: WriteContext
) -> CapitalCall:
    """Submit and approve at once; where the fund demands a second person, only submit. `acknowledged` as in
    `approve_call`."""
    call = lock_with_partners(ctx.by, call_id)
    _issue(call, ctx, revision, acknowledged)
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
    acknowledged: Collection[str] = (),
    ctx: WriteContext,
) -> CapitalCall:
    """Call an amount on one allocation from all partners, pro rata, and issue it in one step (CREATE_CALL).

    The call date is the fund's today and the purpose "Investment – {deal}" unless said. Where the fund demands a
    second person the call waits for approval.
    """
    allocation = FundAllocation.objects.select_related("fund", "deal").filter(pk=allocation_id).first()
    if allocation is None:
        raise NotFound("not_found", "There is no such allocation.")
    check_may(ctx.by, allocation.fund_id, MANAGE)
    amount = parse_amount(amount, currency=allocation.fund.currency, field="amount")
    line = LinePlan(CapitalCallLine.Kind.INVESTMENT, amount, allocation.pk)
    plan = CallPlan(
        allocation.fund_id,
        amount,
        purpose or f"Investment – {allocation.deal}"[:200],
        purpose_detail,
        call_date or ctx.today(allocation.fund),
        due_date,
        (line,),
    )
    draft = write_draft(plan, ctx)
    call = lock_with_partners(ctx.by, draft.pk)
    _issue(call, ctx, acknowledged=acknowledged)
    return call


def issue_decided(call, ctx: WriteContext, *, fees: Mapping[int, dict] | None = None) -> None:
    """Issue a draft that was decided with what it collects for, by two where the fund demands it; `fees` are those of
    `write_call_notices`. The fund and its partners are locked by the caller."""
    _submit(call, ctx, four_eyes=False)
    _approve(call, ctx, fees=fees)


def _issue(call, ctx: WriteContext, revision: int | None = None, acknowledged: Collection[str] = ()) -> None:
    check_issue(call, ctx.by, revision=revision)
    said = {} if call.fund.four_eyes else _said(call, acknowledged, ctx)
    _submit(call, ctx)
    if not call.four_eyes:
        _approve(call, ctx, said=said)


def _submit(call, ctx: WriteContext, *, four_eyes: bool | None = None) -> None:
    fire(call.submit, ctx=ctx)
    if four_eyes is not None:
        call.four_eyes = four_eyes
    call.save(update_fields=["status", "submitted_by", "submitted_at", "four_eyes"])
    audit.record(
        verb="submit_call",
        ctx=ctx,
        subject=call,
        fund_id=call.fund_id,
        changes={"status": [CallStatus.DRAFT, call.status]},
    )


def _approve(
    call, ctx: WriteContext, *, fees: Mapping[int, dict] | None = None, said: Mapping[str, list] | None = None
) -> None:
    fire(call.approve, ctx=ctx)
    call.bank_details = call.fund.bank_details.verified().order_by("-version").first()
    drawn_on = allocations_of(call.pk)
    call.save(update_fields=["status", "approved_by", "approved_at", "bank_details"])
    audit.record(
        verb="approve_call",
        ctx=ctx,
        subject=call,
        fund_id=call.fund_id,
        also=list(FundAllocation.objects.filter(pk__in=drawn_on).select_related("fund", "deal")),
        changes={"status": [CallStatus.PENDING_APPROVAL, call.status], **(said or {})},
    )
    notices.write_call_notices(call=call, fees=fees, ctx=ctx)
    move_allocations(drawn_on, "create_call", ctx=ctx)
    nudge()


# ---------------------------------------------------------------- afterwards

#: What may change of a call that is issued.
WORDING = ("purpose", "purpose_detail", "due_date")


@service
def cancel_call(*, call_id, reason: str, ctx: WriteContext) -> CapitalCall:
    """Withdraw a call on which nothing was paid; what it drew on is free again. Says why, to whom it was sent too.

    What was carried to it is due with the partner's next call that was issued, whose letter then asks for it. Of an
    issued call another person decides where the fund demands it: the change stands in `waiting` of the answer.
    """
    call = lock_with_partners(ctx.by, call_id)
    check_cancel(call, ctx.by)
    call.waiting = []
    if call.status in CALL_ISSUED:
        fill(call, {"cancel_reason": reason}, allowed=("cancel_reason",))
        changes = {"status": [call.status, CallStatus.CANCELLED], "cancel_reason": ["", call.cancel_reason]}
        call.waiting = ask_about_issued(call, Kind.CAPITAL_CALL, changes, ctx)
    if not call.waiting:
        _cancel(call, reason, ctx)
    return call


def _cancel(call, reason: str, ctx: WriteContext) -> None:
    before = call.status
    fire(call.cancel, ctx=ctx, reason=(reason or "").strip())
    raise_if(problems_of(call, ["cancel_reason"]))
    call.save(update_fields=["status", "cancelled_by", "cancelled_at", "cancel_reason"])
    drawn_on = allocations_of(call.pk)
    audit.record(
        verb="cancel_call",
        ctx=ctx,
        subject=call,
        fund_id=call.fund_id,
        reason=call.cancel_reason,
        also=list(FundAllocation.objects.filter(pk__in=drawn_on).select_related("fund", "deal")),
        changes={"status": [before, call.status]},
    )
    if before in CALL_ISSUED:
        write_cancellations(
            subject=call,
            kind=Notice.Kind.CAPITAL_CALL,
            facts_of=cancelled_facts,
            ctx=ctx,
            reason=call.cancel_reason,
        )
        keep_letters_after_cancelling(call, ctx=ctx)
        move_allocations(drawn_on, "cancel_call", ctx=ctx)


@service
def reword_call(
    *, call_id, purpose: str, purpose_detail: str, due_date: date, ctx: WriteContext
) -> CapitalCall:
    """Change the wording or set a later due date of an issued call: a new version of its notices says so. Another
    person decides where the fund demands it: the change stands in `waiting` of the answer."""
    call = lock_with_partners(ctx.by, call_id)
    check_reword(call, ctx.by)
    changes = _word(call, {"purpose": purpose, "purpose_detail": purpose_detail, "due_date": due_date})
    call.waiting = ask_about_issued(call, Kind.CAPITAL_CALL, changes, ctx)
    if call.waiting:
        call.refresh_from_db(fields=list(WORDING))
    else:
        _reword(call, changes, ctx)
    return call


def _word(call, fields: dict) -> dict[str, list]:
    """Set the wording; what of it changes."""
    if not 1 <= len(fields.get("purpose", call.purpose).strip()) <= 200:
        raise InvalidInput(
            "call.purpose", "Say what the call is for, in 1 to 200 characters.", field="purpose"
        )
    due_before = call.due_date
    changes = fill(call, fields, allowed=WORDING)
    if call.due_date < due_before:
        raise Conflict(
            "call.due_date_earlier", "The due date of an issued call can only move later.", field="due_date"
        )
    return changes


def _reword(call, changes: dict[str, list], ctx: WriteContext) -> None:
    if changes:
        call.save(update_fields=list(changes))
        audit.record(verb="reword_call", ctx=ctx, subject=call, fund_id=call.fund_id, changes=changes)
        words = ", ".join(name.replace("_", " ") for name in changes)
        written = notices.write_call_notices(call=call, ctx=ctx, change_note=f"Changed: {words}.")
        queue_next_versions(notices=written, ctx=ctx)
        nudge()


def _change_as_approved(change, ctx: WriteContext) -> None:
    call = lock_with_partners(ctx.by, change.subject_id)
    if "status" in change.becomes:
        check_cancel(call, ctx.by)
        _cancel(call, change.becomes["cancel_reason"], ctx)
    else:
        check_reword(call, ctx.by)
        _reword(call, _word(call, change.becomes), ctx)


register_issued(Kind.CAPITAL_CALL, CapitalCall, _change_as_approved)


@service
def send_notices(
    *,
    call_id,
    resend: bool = False,
    confirmed: bool = False,
    revision: int | None = None,
    acknowledged: Collection[str] = (),
    ctx: WriteContext,
) -> int:
    """Queue the newest notice of every item for mailing; a draft is issued first where one person may.

    Returns how many were queued. A notice that was queued before is queued again only with `resend`; `acknowledged` as
    in `approve_call`, where none was before. Raises Conflict("call.no_verified_bank_details") where the letters could
    not say where to pay, unless that is `confirmed`.
    """
    call = lock_with_partners(ctx.by, call_id)
    if call.status == CallStatus.DRAFT and not call.fund.four_eyes:
        _issue(call, ctx, revision, acknowledged)
    check_send_notices(call, ctx.by)
    is_first = is_first_sending(Notice.Kind.CAPITAL_CALL, call.pk)
    said = _said(call, acknowledged, ctx) if is_first else {}
    _bring_up_to_date(call, confirmed, ctx)
    return _queue(call, None, resend, ctx, said)


@service
def resend_notice(*, item_id, ctx: WriteContext) -> int:
    """Queue one investor's newest notice again, with the payment instructions if it had none."""
    item = CapitalCallItem.objects.filter(pk=item_id).first()
    if item is None:
        raise NotFound("not_found", "There is no such item.")
    call = lock_call_for(ctx.by, item.call_id)
    check_resend_notice(call, ctx.by)
    if call.status in CALL_ISSUED:
        _bring_up_to_date(call, True, ctx)
    return _queue(call, item.pk, True, ctx)


def _bring_up_to_date(call, confirmed: bool, ctx: WriteContext) -> None:
    """Have the letters name the bank details that are verified now, and show no more of all partners than the fund lets
    them; without bank details they are first sent where an administrator and another person let that, and by a
    person's word."""
    details = call.fund.bank_details.verified().order_by("-version").first()
    if details is None and not call.fund.letters_without_account and notices.are_unsent(call):
        raise Conflict(
            "call.no_verified_bank_details",
            "The fund has no verified bank details: the notices would not say where to pay. Have them verified first; "
            "only an administrator and another person let letters leave without.",
        )
    if details is None and not confirmed and notices.are_unsent(call):
        raise Conflict(
            "call.no_verified_bank_details",
            "The fund has no verified bank details: the notices would not say where to pay."
            " Confirm that they are to go out all the same.",
        )
    if details is not None:
        written = notices.write_payment_instructions(call=call, details=details, ctx=ctx)
        queue_next_versions(notices=written, ctx=ctx)
    notices.write_allowed_totals(call=call, ctx=ctx)


def _queue(call, item_id, resend, ctx: WriteContext, said: Mapping[str, list] | None = None) -> int:
    about = {"subject": call, "kind": Notice.Kind.CAPITAL_CALL, "item_id": item_id}
    return queue_newest(**about, resend=resend, said=said, ctx=ctx)
