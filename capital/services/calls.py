"""Capital calls: drafted, submitted, approved, reworded, cancelled; and their notices sent.

`revision` is that of the draft which the person saw: Conflict("stale_version") where it is no longer the newest.
"""

from datetime import date, datetime

from blackgem.lib import audit
from blackgem.lib.checks import fire
from blackgem.lib.decisions import reason_for_sending_back
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
from capital.services.carried import keep_letters_after_cancelling
from capital.services.drafts import change_draft, delete_draft, draft_call, write_draft
from capital.services.locks import lock_call_for, lock_with_partners
from capital.services.moves import allocations_of, move_allocations
from capital.services.planning import CallPlan, LinePlan
from capital.states import CALL_ISSUED, CallStatus
from funds.access import MANAGE, check_may
from funds.models import Notice
from funds.services.inputs import problems_of
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
def submit_call(*, call_id, revision: int | None = None, by, at: datetime) -> CapitalCall:
    """Ask for approval of a draft; its contents are fixed from here on."""
    call = lock_call_for(by, call_id)
    check_submit(call, by, revision=revision)
    _submit(call, by, at)
    return call


@service
def approve_call(*, call_id, revision: int | None = None, by, at: datetime) -> CapitalCall:
    """Approve and issue: the call binds, its notices are written, its allocations move (CREATE_CALL).

    Raises Forbidden where a second person is demanded, Conflict where the state of the money refuses it.
    """
    call = lock_with_partners(by, call_id)
    check_approve(call, by, revision=revision)
    _approve(call, by, at)
    return call


@service
def send_back_call(*, call_id, reason: str, revision: int | None = None, by, at: datetime) -> CapitalCall:
    """Refuse approval for now: a draft again, whose submitter reads why. InvalidInput without a reason."""
    call = lock_call_for(by, call_id)
    check_send_back(call, by, revision=revision)
    before = call.status
    fire(call.send_back)
    reason = reason_for_sending_back(reason)
    call.save(update_fields=["status", "four_eyes", "submitted_by", "submitted_at"])
    audit.record(
        verb="send_back_call",
        by=by,
        at=at,
        subject=call,
        fund_id=call.fund_id,
        changes={"status": [before, call.status]},
        reason=reason,
    )
    return call


@service
def issue_call(*, call_id, revision: int | None = None, by, at: datetime) -> CapitalCall:
    """Submit and approve at once; where the fund demands a second person, only submit."""
    call = lock_with_partners(by, call_id)
    _issue(call, by, at, revision)
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
) -> CapitalCall:
    """Call an amount on one allocation from all partners, pro rata, and issue it in one step (CREATE_CALL).

    The call date is the fund's today and the purpose "Investment – {deal}" unless said. Where the fund demands a
    second person the call waits for approval.
    """
    allocation = FundAllocation.objects.select_related("fund", "deal").filter(pk=allocation_id).first()
    if allocation is None:
        raise NotFound("not_found", "There is no such allocation.")
    check_may(by, allocation.fund_id, MANAGE)
    amount = parse_amount(amount, currency=allocation.fund.currency, field="amount")
    line = LinePlan(CapitalCallLine.Kind.INVESTMENT, amount, allocation.pk)
    plan = CallPlan(
        allocation.fund_id,
        amount,
        purpose or f"Investment – {allocation.deal}"[:200],
        purpose_detail,
        call_date or allocation.fund.day_of(at),
        due_date,
        (line,),
    )
    draft = write_draft(plan, by, at)
    call = lock_with_partners(by, draft.pk)
    _issue(call, by, at)
    return call


def _issue(call, by, at, revision: int | None = None) -> None:
    check_issue(call, by, revision=revision)
    _submit(call, by, at)
    if not call.four_eyes:
        _approve(call, by, at)


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


def _approve(call, by, at) -> None:
    fire(call.approve, by=by, at=at)
    call.bank_details = call.fund.bank_details.verified().order_by("-version").first()
    drawn_on = allocations_of(call.pk)
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
    notices.write_call_notices(call=call, by=by, at=at)
    move_allocations(drawn_on, "create_call", by=by, at=at)
    nudge()


# ---------------------------------------------------------------- afterwards


@service
def cancel_call(*, call_id, reason: str, by, at: datetime) -> CapitalCall:
    """Withdraw a call on which nothing was paid; what it drew on is free again. Says why, to whom it was sent too.

    What was carried to it is due with the partner's next call that was issued, whose letter then asks for it.
    """
    call = lock_with_partners(by, call_id)
    check_cancel(call, by)
    before = call.status
    fire(call.cancel, by=by, at=at, reason=(reason or "").strip())
    raise_if(problems_of(call, ["cancel_reason"]))
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
        write_cancellations(
            subject=call,
            kind=Notice.Kind.CAPITAL_CALL,
            facts_of=notices.with_allowed_totals,
            by=by,
            at=at,
            reason=call.cancel_reason,
        )
        keep_letters_after_cancelling(call, by=by, at=at)
        move_allocations(drawn_on, "cancel_call", by=by, at=at)
    return call


@service
def reword_call(
    *, call_id, purpose: str, purpose_detail: str, due_date: date, by, at: datetime
) -> CapitalCall:
    """Change the wording or set a later due date of an issued call: a new version of its notices says so."""
    call = lock_call_for(by, call_id)
    check_reword(call, by)
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
    raise_if(problems_of(call, ["purpose", "purpose_detail", "due_date"]))
    if changes:
        call.save(update_fields=list(changes))
        audit.record(verb="reword_call", by=by, at=at, subject=call, fund_id=call.fund_id, changes=changes)
        words = ", ".join(name.replace("_", " ") for name in changes)
        written = notices.write_call_notices(call=call, by=by, at=at, change_note=f"Changed: {words}.")
        queue_next_versions(notices=written, by=by, at=at)
        nudge()
    return call


@service
def send_notices(
    *,
    call_id,
    resend: bool = False,
    confirmed: bool = False,
    revision: int | None = None,
    by,
    at: datetime,
) -> int:
    """Queue the newest notice of every item for mailing; a draft is issued first where one person may.

    Returns how many were queued. A notice that was queued before is queued again only with `resend`. Raises
    Conflict("call.no_verified_bank_details") where the letters could not say where to pay, unless that is `confirmed`.
    """
    call = lock_with_partners(by, call_id)
    if call.status == CallStatus.DRAFT and not call.fund.four_eyes:
        _issue(call, by, at, revision)
    check_send_notices(call, by)
    _bring_up_to_date(call, confirmed, by, at)
    return _queue(call, None, resend, by, at)


@service
def resend_notice(*, item_id, by, at: datetime) -> int:
    """Queue one investor's newest notice again, with the payment instructions if it had none."""
    item = CapitalCallItem.objects.filter(pk=item_id).first()
    if item is None:
        raise NotFound("not_found", "There is no such item.")
    call = lock_call_for(by, item.call_id)
    check_resend_notice(call, by)
    if call.status in CALL_ISSUED:
        _bring_up_to_date(call, True, by, at)
    return _queue(call, item.pk, True, by, at)


def _bring_up_to_date(call, confirmed: bool, by, at) -> None:
    """Have the letters name the bank details that are verified now, and show no more of all partners than the fund lets
    them; without bank details they are first sent by a person's word only."""
    details = call.fund.bank_details.verified().order_by("-version").first()
    if details is None and not confirmed and notices.are_unsent(call):
        raise Conflict(
            "call.no_verified_bank_details",
            "The fund has no verified bank details: the notices would not say where to pay."
            " Confirm that they are to go out all the same.",
        )
    if details is not None:
        written = notices.write_payment_instructions(call=call, details=details, by=by, at=at)
        queue_next_versions(notices=written, by=by, at=at)
    notices.write_allowed_totals(call=call, by=by, at=at)


def _queue(call, item_id, resend, by, at) -> int:
    return queue_newest(
        subject=call, kind=Notice.Kind.CAPITAL_CALL, item_id=item_id, resend=resend, by=by, at=at
    )
