"""Later closings: drafted, submitted, settled by a second person where the fund demands it, or withdrawn."""

from django.db.models import Max, Q

from blackgem.lib import audit
from blackgem.lib.checks import fire
from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import check_alive, reason_for_sending_back
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.frozen import fingerprint
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from capital.states import CallStatus
from closings.access import check_cancel, check_change, check_send_back, check_settle, check_submit
from closings.models import (
    Closing,
    ClosingExclusion,
    ClosingExcuse,
    ClosingFee,
    ClosingRate,
    ClosingTranche,
    ClosingValue,
)
from closings.queries.capital_returned import keeps_too_much
from closings.queries.shares import gives_back_lines, is_paid_out, made_before, pays_profit_by_tiers
from closings.queries.working import WorkedOutClosing, work_out
from closings.services.planning import TERMS, ClosingPlan, problems_of_plan
from closings.services.settling import lock_register, settle
from distributions.models import Distribution
from funds.access import DRAFT, READ, check_asker, check_may
from funds.models import Fund
from funds.services.inputs import problems_of


@service
def draft_closing(*, plan: ClosingPlan, ctx: WriteContext) -> Closing:
    """Write a closing down, under the next number of its fund. Raises every problem of the plan at once."""
    check_may(ctx.by, plan.fund_id, DRAFT)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=plan.fund_id)
    raise_if(problems_of_plan(plan, fund, ctx.by))
    highest = fund.closings.aggregate(highest=Max("number"))["highest"]
    #: The first closing is the one with which the fund began.
    number = (highest or 1) + 1
    closing = Closing.objects.create(fund=fund, number=number, created_by=ctx.by, **_terms(plan))
    _write_parts(closing, plan)
    _record(closing, "draft_closing", ctx, {"status": [None, closing.status]})
    return closing


@service
def change_closing(
    *, closing_id, plan: ClosingPlan, revision: int | None = None, ctx: WriteContext
) -> Closing:
    """Write a draft anew under its number. A `revision` that is no longer the newest is refused (stale_version)."""
    closing = lock_closing(ctx.by, closing_id)
    check_change(closing, ctx.by, revision=revision)
    raise_if(problems_of_plan(plan, closing.fund, ctx.by))
    changes = audit.changed(closing, _terms(plan) | {"revision": closing.revision + 1})
    for parts in (
        closing.fees,
        closing.excuses,
        closing.tranches,
        closing.rates,
        closing.exclusions,
        closing.values,
    ):
        parts.all().delete()
    closing.save()
    _write_parts(closing, plan)
    _record(closing, "change_closing", ctx, changes)
    return closing


@service
def submit_closing(*, closing_id, revision: int | None = None, ctx: WriteContext) -> Closing:
    """Ask for its settlement: from here on its contents are fixed, and what they come to. Where the fund demands no
    second person it is settled at once.

    Raises Conflict and InvalidInput for what could not be settled as things stand.
    """
    closing = lock_closing(ctx.by, closing_id)
    check_submit(closing, ctx.by, revision=revision)
    fire(closing.submit, ctx=ctx)
    worked_out = checked(closing, ctx)
    closing.freeze(worked_out.frozen())
    closing.save(
        update_fields=["status", "submitted_by", "submitted_at", "four_eyes", "inputs", "inputs_sha256"]
    )
    _record(closing, "submit_closing", ctx, {"status": ["draft", closing.status]})
    if not closing.four_eyes:
        _settle(closing, ctx)
    return closing


@service
def settle_closing(*, closing_id, revision: int | None = None, ctx: WriteContext) -> Closing:
    """Settle it: partners are admitted, every line is held by the new register, and the notices are issued; where the
    fund demanded it, as another person than the one who submitted it.

    Raises Forbidden, and Conflict("closing.moved") where it would come to something else by now.
    """
    closing = lock_closing(ctx.by, closing_id)
    check_settle(closing, ctx.by, revision=revision)
    check_alive(closing.submitted_at, ctx.at)
    check_asker(closing.submitted_by, closing.fund_id)
    _settle(closing, ctx)
    return closing


@service
def send_back_closing(*, closing_id, reason: str, ctx: WriteContext) -> Closing:
    """Refuse approval for now: a draft again, whose submitter reads why. InvalidInput without a reason."""
    closing = lock_closing(ctx.by, closing_id)
    check_send_back(closing, ctx.by)
    fire(closing.send_back)
    reason = reason_for_sending_back(reason)
    closing.save(update_fields=["status", "four_eyes", "submitted_by", "submitted_at"])
    _record(closing, "send_back_closing", ctx, {"status": ["pending_approval", closing.status]}, reason)
    return closing


@service
def cancel_closing(*, closing_id, reason: str, ctx: WriteContext) -> Closing:
    """Withdraw a closing that is not settled."""
    closing = lock_closing(ctx.by, closing_id)
    check_cancel(closing, ctx.by)
    before = closing.status
    fire(closing.cancel, ctx=ctx, reason=(reason or "").strip())
    raise_if(problems_of(closing, ["cancel_reason"]))
    closing.save(update_fields=["status", "cancelled_by", "cancelled_at", "cancel_reason"])
    _record(closing, "cancel_closing", ctx, {"status": [before, closing.status]}, closing.cancel_reason)
    return closing


# ---------------------------------------------------------------- what it rests on


def lock_closing(by, closing_id) -> Closing:
    """The closing under the locks of its fund and itself, with the `role` of who asks."""
    fund_id = Closing.objects.filter(pk=closing_id).values_list("fund_id", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such closing.")
    role = check_may(by, fund_id, READ)
    closing = hold_closing(fund_id, closing_id)
    closing.role = role
    return closing


def hold_closing(fund_id, closing_id) -> Closing:
    """The closing under the locks of its fund and itself, whoever asks."""
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    closing = Closing.objects.select_for_update(no_key=True).get(pk=closing_id)
    closing.fund = fund
    return closing


def _settle(closing: Closing, ctx: WriteContext) -> None:
    lock_register(closing.fund)
    worked_out = checked(closing, ctx)
    if fingerprint(worked_out.frozen()) != closing.inputs_sha256:
        raise Conflict(
            "closing.moved",
            "What this closing comes to has changed since it was submitted: send it back, and look again.",
        )
    fire(closing.settle, ctx=ctx)
    settle(worked_out, ctx)
    _record(closing, "settle_closing", ctx, {"status": ["pending_approval", closing.status]})


def checked(closing: Closing, ctx: WriteContext) -> WorkedOutClosing:
    """The closing worked out, where nothing stands in its way."""
    fund = closing.fund
    if closing.held_on > ctx.today(fund):
        raise Conflict("closing.ahead", "A closing is settled on its day or later.", field="held_on")
    others = fund.closings.exclude(pk=closing.pk)
    unpaid = Q(call__isnull=False) & ~Q(call__status=CallStatus.FULLY_FUNDED)
    settled = others.settled().filter(Q(pay_on__gt=closing.held_on) | unpaid)
    if others.filter(status="pending_approval").exists() or settled.exists():
        raise Conflict("earlier_closing_unsettled", "The closing before is settled, due and paid first.")
    waiting = fund.capital_calls.filter(status="pending_approval").exists()
    if waiting or fund.distributions.filter(status__in=["pending_approval", "approved"]).exists():
        raise Conflict(
            "closing.something_waits",
            "A call or a distribution of this fund waits: it is issued or sent back first.",
        )
    if Distribution.objects.filter(fund=fund).issued().filter(items__carried_interest__gt=0).exists():
        raise Conflict(
            "closing.carry_was_paid",
            "Carried interest was paid by a distribution: a later closing would change it.",
        )
    _check_distributions(closing)
    worked_out = work_out(closing)
    _check_capital_returned(worked_out)
    _check_fees(worked_out)
    if worked_out.starts_on >= closing.pay_on:
        raise Conflict(
            "closing.pay_on",
            "A call was issued after the day on which this closing asks to be paid.",
            field="pay_on",
        )
    return worked_out


def _check_distributions(closing: Closing) -> None:
    """What becomes of distributions made before is said, and they can be shared anew where that is wanted."""
    before = made_before(closing)
    first = before.first()
    if first is None or closing.distributions == Closing.Distributions.KEEP:
        return
    if not closing.distributions:
        raise InvalidInput(
            "closing.distributions_undecided",
            f"{first} was made before. Say whether distributions are shared anew or stay with those who got them, or "
            "leave its deal out.",
            field="distributions",
        )
    unpaid = [one for one in before if not is_paid_out(one)]
    if unpaid:
        raise Conflict(
            "closing.distribution_unpaid", f"{unpaid[0]} is not paid out yet, and cannot be shared anew."
        )
    if recallable := gives_back_lines(before).first():
        raise Conflict(
            "closing.distribution_recallable",
            f"{recallable} may be called again from those who got it: leave its deal out, or let distributions stay "
            "with those who got them.",
            field="distributions",
        )
    if profit := pays_profit_by_tiers(before).first():
        raise Conflict(
            "closing.profit_was_paid",
            f"{profit} paid profit: leave its deal out, or let distributions stay with those who got them.",
            field="distributions",
        )


def _check_capital_returned(worked_out: WorkedOutClosing) -> None:
    """Nobody keeps more capital that was returned to it than it will have paid in."""
    if keeps_too_much(worked_out):
        raise Conflict(
            "closing.capital_was_returned",
            "More capital was returned to an earlier partner than it would have paid in: let distributions be shared "
            "anew, or leave the deal out.",
            field="distributions",
        )


def _check_fees(worked_out: WorkedOutClosing) -> None:
    """What is charged otherwise than it was worked out says why, and a call asks for what is agreed on fees."""
    rows = worked_out.fees.rows.values()
    if any(one.agreed and not one.reason for one in rows):
        raise Conflict(
            "closing.fee_without_reason",
            "The fees for the time before are worked out: say why others are charged.",
            field="tranches",
        )
    if rows and not any(one.pays for one in worked_out.equalisation.notices.values()):
        raise Conflict(
            "closing.fee_without_call",
            "Nobody has anything to pay: enter what is agreed on the fee as a side letter, once the partner is in.",
            field="tranches",
        )


# ---------------------------------------------------------------- what is written


def _terms(plan: ClosingPlan) -> dict:
    return {name: getattr(plan, name) for name in TERMS}


def _write_parts(closing: Closing, plan: ClosingPlan) -> None:
    references = _references(closing.fund, plan)
    tranches = ClosingTranche.objects.bulk_create(
        ClosingTranche(
            closing=closing,
            fund=closing.fund,
            investor_id=one.investor_id,
            kind=one.kind,
            reference=references[one.investor_id],
            amount=one.amount,
            fee_rate=one.fee_rate,
            fee_discount=one.fee_discount,
            fee_reason=one.fee_reason.strip(),
        )
        for one in plan.tranches
    )
    ClosingFee.objects.bulk_create(
        ClosingFee(closing=closing, fund=closing.fund, tranche=tranche, amount=fee.amount, due_on=fee.due_on)
        for tranche, one in zip(tranches, plan.tranches, strict=True)
        for fee in one.fees
    )
    ClosingExcuse.objects.bulk_create(
        ClosingExcuse(
            closing=closing, fund=closing.fund, tranche=tranche, deal_id=excuse.deal_id, reason=excuse.reason
        )
        for tranche, one in zip(tranches, plan.tranches, strict=True)
        for excuse in one.excuses
    )
    ClosingRate.objects.bulk_create(
        ClosingRate(closing=closing, starts_on=starts_on, rate=rate) for starts_on, rate in plan.rates
    )
    ClosingExclusion.objects.bulk_create(
        ClosingExclusion(closing=closing, deal_id=deal) for deal in sorted(set(plan.excluded_deals))
    )
    ClosingValue.objects.bulk_create(
        ClosingValue(closing=closing, fund=closing.fund, line_id=line, value=value)
        for line, value in plan.values.items()
    )


def _references(fund: Fund, plan: ClosingPlan) -> dict[int, str]:
    """Each investor's reference: its own where it is a partner, the one given, or the fund's next number."""
    standing = dict(fund.commitments.values_list("investor", "reference"))
    numbers = [int(one) for one in standing.values() if one.isdecimal() and len(one) <= 9]
    highest, found = max(numbers, default=0), {}
    for one in plan.tranches:
        found[one.investor_id] = standing.get(one.investor_id) or one.reference
        if not found[one.investor_id]:
            highest += 1
            found[one.investor_id] = f"{highest:04d}"
    return found


def _record(closing: Closing, verb: str, ctx: WriteContext, changes: dict, reason: str = "") -> None:
    audit.record(
        verb=verb,
        ctx=ctx,
        subject=closing,
        also=[closing.fund],
        fund_id=closing.fund_id,
        changes=changes,
        reason=reason,
    )
