"""Distributions: submitted, approved and frozen, issued, cancelled; their notices sent.

`revision` is that of the draft which the person saw: Conflict("stale_version") where it is no longer the newest.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Max

from blackgem.lib import audit
from blackgem.lib.checks import fire
from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import check_alive, reason_for_sending_back
from blackgem.lib.errors import Conflict, NotFound
from blackgem.lib.opened import opened
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from distributions import notices
from distributions.access import (
    check_approve,
    check_cancel,
    check_issue,
    check_issue_approved,
    check_resend_notice,
    check_return_to_draft,
    check_send_back,
    check_send_notices,
    check_submit,
)
from distributions.models import Distribution, DistributionItem
from distributions.queries.checks import checks_of_distribution
from distributions.services.drafts import change_draft, delete_draft, draft_distribution
from distributions.services.locks import lock_distribution_for, lock_facts_of
from distributions.services.planning import DistributionPlan, work_out
from distributions.states import DISTRIBUTION_FROZEN, DISTRIBUTION_ISSUED, DistributionStatus
from funds.access import check_asker
from funds.models import Notice
from funds.services.acknowledged import acknowledged as acknowledged_of
from funds.services.acknowledged import is_first_sending
from funds.services.controls import Kind
from funds.services.inputs import fill, problems_of
from funds.services.issued import ask_about_issued, register_issued
from funds.services.notices import nudge, queue_newest, write_cancellations

__all__ = [
    "approve_distribution",
    "cancel_distribution",
    "change_draft",
    "delete_draft",
    "draft_distribution",
    "issue_approved_distribution",
    "issue_distribution",
    "resend_notice",
    "return_to_draft",
    "send_back_distribution",
    "send_notices",
    "submit_distribution",
]


@service
def submit_distribution(*, distribution_id, revision: int | None = None, ctx: WriteContext) -> Distribution:
    """Ask for approval of a draft; its contents are fixed from here on."""
    distribution = lock_distribution_for(ctx.by, distribution_id)
    check_submit(distribution, ctx.by, revision=revision)
    _submit(distribution, ctx)
    return distribution


@service
def approve_distribution(*, distribution_id, revision: int | None = None, ctx: WriteContext) -> Distribution:
    """Freeze a distribution with its inputs. Conflict where they moved since it was computed: recompute it.

    What is approved and not yet issued counts among the inputs of the next.
    """
    distribution = lock_distribution_for(ctx.by, distribution_id)
    check_approve(distribution, ctx.by, revision=revision)
    check_alive(distribution.submitted_at, ctx.at)
    check_asker(distribution.submitted_by, distribution.fund_id)
    _approve(distribution, ctx)
    return distribution


@service
def issue_approved_distribution(
    *, distribution_id, revision: int | None = None, acknowledged: Collection[str] = (), ctx: WriteContext
) -> Distribution:
    """Issue an approved distribution: it counts from now on, and its notices are written. `acknowledged` are the keys
    of the warnings that this person lets pass.

    Conflict where one that was approved before it waits, its inputs have moved since, or a warning was not
    acknowledged.
    """
    distribution = lock_facts_of(ctx.by, distribution_id)
    _issue_approved(distribution, ctx, revision, acknowledged)
    return distribution


@service
def issue_distribution(
    *, distribution_id, revision: int | None = None, acknowledged: Collection[str] = (), ctx: WriteContext
) -> Distribution:
    """Submit, approve and issue at once; where the fund demands a second person, only submit."""
    distribution = lock_facts_of(ctx.by, distribution_id)
    _issue(distribution, ctx, revision, acknowledged)
    return distribution


@service
def return_to_draft(*, distribution_id, revision: int | None = None, ctx: WriteContext) -> Distribution:
    """Take a distribution that is not issued back to draft, to be computed anew, and every one approved after it."""
    distribution = lock_distribution_for(ctx.by, distribution_id)
    check_return_to_draft(distribution, ctx.by, revision=revision)
    if distribution.status == DistributionStatus.APPROVED:
        _return_later(distribution, ctx)
    _return(distribution, ctx)
    return distribution


@service
def send_back_distribution(
    *, distribution_id, reason: str, revision: int | None = None, ctx: WriteContext
) -> Distribution:
    """Refuse approval for now: it is a draft again, and its submitter reads why. InvalidInput without a reason."""
    distribution = lock_distribution_for(ctx.by, distribution_id)
    check_send_back(distribution, ctx.by, revision=revision)
    before = distribution.status
    fire(distribution.send_back)
    reason = reason_for_sending_back(reason)
    distribution.save(update_fields=["status", "four_eyes", "submitted_by", "submitted_at"])
    _record("send_back_distribution", distribution, ctx, before, reason=reason)
    return distribution


@service
def cancel_distribution(*, distribution_id, reason: str, ctx: WriteContext) -> Distribution:
    """Withdraw a distribution of which nothing was paid out; those approved after it counted it and go back to draft.

    Conflict where one of them was issued: that is cancelled first. Once it is approved, another person decides where
    the fund demands it: the change stands in `waiting` of the answer.
    """
    distribution = lock_distribution_for(ctx.by, distribution_id)
    check_cancel(distribution, ctx.by)
    distribution.waiting = []
    if distribution.status in DISTRIBUTION_FROZEN:
        fill(distribution, {"cancel_reason": reason}, allowed=("cancel_reason",))
        status, reason = [distribution.status, DistributionStatus.CANCELLED], distribution.cancel_reason
        changes = {"status": status, "cancel_reason": ["", reason]}
        distribution.waiting = ask_about_issued(distribution, Kind.DISTRIBUTION, changes, ctx)
    if not distribution.waiting:
        _cancel(distribution, reason, ctx)
    return distribution


def _cancel(distribution, reason: str, ctx: WriteContext) -> None:
    before = distribution.status
    if before in DISTRIBUTION_FROZEN:
        _return_later(distribution, ctx)
    fire(distribution.cancel, ctx=ctx, reason=(reason or "").strip())
    raise_if(problems_of(distribution, ["cancel_reason"]))
    distribution.save(update_fields=["status", "cancelled_by", "cancelled_at", "cancel_reason"])
    _record("cancel_distribution", distribution, ctx, before, reason=distribution.cancel_reason)
    if before in DISTRIBUTION_ISSUED:
        write_cancellations(
            subject=distribution,
            kind=Notice.Kind.DISTRIBUTION,
            facts_of=notices.with_allowed_totals,
            ctx=ctx,
            reason=distribution.cancel_reason,
        )


def _cancel_as_approved(change, ctx: WriteContext) -> None:
    distribution = lock_distribution_for(ctx.by, change.subject_id)
    check_cancel(distribution, ctx.by)
    _cancel(distribution, change.becomes["cancel_reason"], ctx)


register_issued(Kind.DISTRIBUTION, Distribution, _cancel_as_approved)


@service
def send_notices(
    *,
    distribution_id,
    resend: bool = False,
    revision: int | None = None,
    acknowledged: Collection[str] = (),
    ctx: WriteContext,
) -> int:
    """Queue the newest notice of every item for mailing; what is approved, or may be by one person, is issued first.

    Returns how many were queued. A notice that was queued before is queued again only with `resend`; `acknowledged` as
    in `issue_approved_distribution`, where none was before.
    """
    distribution = lock_facts_of(ctx.by, distribution_id)
    if distribution.status == DistributionStatus.DRAFT and not distribution.fund.four_eyes:
        _issue(distribution, ctx, revision, acknowledged)
    elif distribution.status == DistributionStatus.APPROVED:
        _issue_approved(distribution, ctx, revision, acknowledged)
    check_send_notices(distribution, ctx.by)
    is_first = is_first_sending(Notice.Kind.DISTRIBUTION, distribution.pk)
    said = _said(distribution, acknowledged, ctx) if is_first else {}
    notices.write_allowed_totals(distribution=distribution, ctx=ctx)
    return _queue(distribution, None, resend, ctx, said)


@service
def resend_notice(*, item_id, ctx: WriteContext) -> int:
    """Queue one investor's newest notice again."""
    item = DistributionItem.objects.filter(pk=item_id).first()
    if item is None:
        raise NotFound("not_found", "There is no such item.")
    distribution = lock_distribution_for(ctx.by, item.distribution_id)
    check_resend_notice(distribution, ctx.by)
    if distribution.status in DISTRIBUTION_ISSUED:
        notices.write_allowed_totals(distribution=distribution, ctx=ctx)
    return _queue(distribution, item.pk, True, ctx)


def inputs_since(distribution) -> dict | None:
    """How the facts behind a distribution have moved since it was computed: None where they have not.

    {"contributed": [then, now], "amounts": {commitment_id: [then, now]}}, in the fund's currency. Changes nothing.
    """
    now = work_out(plan_of(distribution), before=distribution, fund=distribution.fund)
    if now.inputs_sha256 == distribution.inputs_sha256:
        return None
    then = dict(distribution.items.values_list("commitment_id", "gross_amount"))
    amounts = {row.commitment_id: row.gross for row in now.rows}
    moved = {
        key: [then.get(key), amounts.get(key)] for key in then | amounts if then.get(key) != amounts.get(key)
    }
    return {"contributed": [_contributed(distribution.inputs), _contributed(now.inputs)], "amounts": moved}


def plan_of(distribution) -> DistributionPlan:
    """The plan that a distribution was made from, with what is withheld as it stands."""
    return DistributionPlan(
        fund_id=distribution.fund_id,
        total_amount=distribution.total_amount,
        date=distribution.date,
        type=distribution.type,
        source=distribution.source,
        deal_id=distribution.deal_id,
        recallable=distribution.recallable,
        given_back_lines=tuple(distribution.given_back_lines),
        withholding=dict(distribution.items.values_list("commitment_id", "withholding_tax")),
    )


def _contributed(inputs):
    return sum(
        (
            Decimal(one["amount"])
            for partner in inputs.get("partners", [])
            for one in partner["history"]["contributions"]
        ),
        Decimal("0.00"),
    )


def _issue(distribution, ctx: WriteContext, revision: int | None, keys: Collection[str]) -> None:
    """What is approved and issued in one go rests on one run of the waterfall."""
    check_issue(distribution, ctx.by, revision=revision)
    said = {} if distribution.fund.four_eyes else _said(distribution, keys, ctx)
    _submit(distribution, ctx)
    if not distribution.four_eyes:
        _approve(distribution, ctx)
        _make_issued(distribution, ctx, said)


def _said(distribution, keys: Collection[str], ctx: WriteContext) -> dict[str, list]:
    """What of its check list is acknowledged by these keys, as a change of the event."""
    return acknowledged_of(distribution.fund, lambda: checks_of_distribution(distribution, at=ctx.at), keys)


def _submit(distribution, ctx: WriteContext) -> None:
    before = distribution.status
    fire(distribution.submit, ctx=ctx)
    distribution.save(update_fields=["status", "submitted_by", "submitted_at", "four_eyes"])
    _record("submit_distribution", distribution, ctx, before)


def _approve(distribution, ctx: WriteContext) -> None:
    before = distribution.status
    turn = WriteContext(ctx.by, _in_turn(distribution, ctx.at))
    fire(distribution.approve, ctx=turn)
    _check_inputs(distribution)
    with opened(turn):
        distribution.save(update_fields=["status", "approved_by", "approved_at"])
    _record("approve_distribution", distribution, ctx, before)


def _in_turn(distribution, at) -> datetime:
    """When it is approved: after everything that was decided before it, whoever was first to ask for the lock."""
    last = distribution.fund.distributions.aggregate(Max("approved_at"), Max("cancelled_at"))
    tick = timedelta(microseconds=1)
    return max([at, *(moment + tick for moment in last.values() if moment)])


def _issue_approved(distribution, ctx: WriteContext, revision: int | None, keys: Collection[str]) -> None:
    check_issue_approved(distribution, ctx.by, revision=revision)
    said = _said(distribution, keys, ctx)
    _check_inputs(distribution)
    _make_issued(distribution, ctx, said)


def _make_issued(distribution, ctx: WriteContext, said: dict[str, list]) -> None:
    before = distribution.status
    fire(distribution.issue, ctx=ctx)
    distribution.save(update_fields=["status", "sent_by", "sent_at"])
    _record("send_distribution", distribution, ctx, before, said=said)
    notices.write_distribution_notices(distribution=distribution, ctx=ctx)
    nudge()


def _check_inputs(distribution) -> None:
    """It is what its fund's waterfall makes of the facts as they stand, once it is frozen."""
    if work_out(plan_of(distribution), before=distribution).inputs_sha256 != distribution.inputs_sha256:
        raise Conflict(
            "distribution.inputs_moved",
            "Contributions, distributions or terms have moved since this was computed. Take it back to draft and "
            "compute it anew.",
        )


def _return_later(distribution, ctx: WriteContext) -> None:
    """Those approved after it, newest first: what they rest on is no more. None of them is issued."""
    later = distribution.fund.distributions.frozen().approved_after(distribution)
    for one in later.order_by("-approved_at", "-pk").select_for_update(no_key=True):
        _return(one, ctx)


def _return(distribution, ctx: WriteContext) -> None:
    before = distribution.status
    fire(distribution.return_to_draft)
    fields = ["status", "four_eyes", "submitted_by", "submitted_at", "approved_by", "approved_at"]
    distribution.save(update_fields=fields)
    _record("return_to_draft", distribution, ctx, before)


def _queue(distribution, item_id, resend, ctx: WriteContext, said: dict[str, list] | None = None) -> int:
    about = {"subject": distribution, "kind": Notice.Kind.DISTRIBUTION, "item_id": item_id}
    return queue_newest(**about, resend=resend, said=said, ctx=ctx)


def _record(verb, distribution, ctx: WriteContext, before, *, reason="", said=None) -> None:
    audit.record(
        verb=verb,
        ctx=ctx,
        subject=distribution,
        fund_id=distribution.fund_id,
        changes={"status": [before, distribution.status], **(said or {})},
        reason=reason,
    )
