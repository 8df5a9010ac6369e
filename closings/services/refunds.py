"""Refunds after a later closing: what later partners have paid goes out to earlier ones, and may come back."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import Reversal
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from closings.access import HELD, NOTHING_RELEASED, check_pay_refunds, check_request_refund_reversal
from closings.models import Refund, RefundPayout, RefundPayoutReversal
from closings.queries.setoffs import with_kept
from closings.services.closings import lock_closing
from closings.services.setoff_refunds import post_released
from funds.access import READ, check_may
from funds.models import Commitment, PayeeDetails
from funds.queries.periods import check_open
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of
from funds.services.reversals import fill_reversal, post_compensation


@service
def pay_refunds(
    *,
    closing_id,
    value_date: date,
    method: str = "wire",
    reference: str = "",
    refund_ids: Collection[int] | None = None,
    ctx: WriteContext,
) -> list[RefundPayout]:
    """Record that what is released of these refunds, or of all of a closing, went out on a day; but for what is set off
    against a call, which is posted first.

    Raises Conflict("refund.nothing_released") where nothing may be paid out, InvalidInput for a day that cannot be.
    """
    closing = lock_closing(ctx.by, closing_id)
    check_pay_refunds(closing, ctx.by)
    if not closing.held_on <= value_date <= ctx.today(closing.fund):
        raise InvalidInput(
            "paid_date.invalid",
            "A refund is paid since its closing, and not in the future.",
            field="value_date",
        )
    check_open(closing.fund, value_date, field="value_date")
    raise_if(problems_of(RefundPayout(method=method, reference=reference), ["method", "reference"]))
    lock_refunds(closing.refunds, refund_ids)
    set_off = post_released(closing, value_date, ctx, refund_ids=refund_ids)
    if set_off and not _payable(closing, refund_ids):
        return set_off
    return set_off + pay_out(closing, refund_ids, value_date, method, reference, ctx)


def pay_out(
    by, refund_ids, value_date: date, method: str, reference: str, ctx: WriteContext
) -> list[RefundPayout]:
    """What is released of the refunds by a closing, or of interest that a remedy passes on; of some, or of all."""
    lock_refunds(by.refunds, refund_ids)
    released = _payable(by, refund_ids)
    due = _not_held(released)
    if not due:
        raise HELD if released else NOTHING_RELEASED
    payouts = RefundPayout.objects.bulk_create(
        RefundPayout(
            refund=one,
            fund_id=one.fund_id,
            commitment_id=one.commitment_id,
            amount=payable,
            value_date=value_date,
            method=method,
            reference=reference,
            recorded_at=ctx.at,
            recorded_by=ctx.by,
        )
        for one, payable in due
    )
    audit.record(
        verb="pay_refunds",
        ctx=ctx,
        subject=by,
        also=[one for one, _ in due],
        fund_id=by.fund_id,
        changes={"paid_out": [None, sum(payout.amount for payout in payouts)]},
    )
    return payouts


def _not_held(payable: list[tuple[Refund, Decimal]]) -> list[tuple[Refund, Decimal]]:
    """Those of partners of whom no other account waits to be verified; the partners are locked."""
    waiting = PayeeDetails.objects.pending().filter(commitment__in=[one.commitment_id for one, _ in payable])
    held = set(waiting.values_list("commitment", flat=True))
    return [(one, amount) for one, amount in payable if one.commitment_id not in held]


def lock_refunds(of, refund_ids) -> None:
    """Lock the partners of these refunds, and the refunds."""
    refunds = of.all() if refund_ids is None else of.filter(pk__in=refund_ids)
    if refund_ids is not None and refunds.count() < len(set(refund_ids)):
        raise NotFound("refund.not_found", "There is no such refund.")
    partners = Commitment.objects.filter(pk__in=refunds.values("commitment"))
    for rows in (partners, refunds):
        list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))


def _payable(by, refund_ids) -> list[tuple[Refund, Decimal]]:
    """Each refund with what of it may be wired: what is released but for what is still to be set off against a call."""
    refunds = by.refunds.all() if refund_ids is None else by.refunds.filter(pk__in=refund_ids)
    found = [(one, one.progress.payable - one.kept) for one in with_kept(refunds).order_by("pk")]
    return [(one, payable) for one, payable in found if payable > 0]


@service
def request_refund_reversal(
    *, payout_id, reason: str, bounced: bool = True, cash_on: date | None = None, ctx: WriteContext
) -> RefundPayoutReversal:
    """Ask to take back one whole payout of a refund. Without four eyes it takes effect at once.

    `bounced`: its wire came back on `cash_on`, the bank's own day (the fund's today where it is left out); otherwise it
    was posted wrongly. Raises InvalidInput for a day that cannot be, Conflict where it was taken back already.
    """
    payout = RefundPayout.objects.select_related("refund__closing", "fund").filter(pk=payout_id).first()
    if payout is None:
        raise NotFound("not_found", "There is no such payout.")
    payout.role = check_may(ctx.by, payout.fund_id, READ)
    _lock_refund(payout)
    check_request_refund_reversal(payout, ctx.by)
    reversal = fill_reversal(
        RefundPayoutReversal(payout=payout),
        paid=payout,
        fund=payout.fund,
        reason=reason,
        bounced=bounced,
        cash_on=cash_on,
        ctx=ctx,
    )
    return REFUND_REVERSALS.ask(reversal, ctx=ctx)


@service
def approve_refund_reversal(*, reversal_id, ctx: WriteContext) -> RefundPayoutReversal:
    """Approve and post a reversal; where the fund demanded it, as another person than the one who asked."""
    return REFUND_REVERSALS.approve(reversal_id, ctx=ctx)


@service
def reject_refund_reversal(*, reversal_id, ctx: WriteContext) -> RefundPayoutReversal:
    """Turn a request down: the payout stands, and a reversal may be asked for again."""
    return REFUND_REVERSALS.reject(reversal_id, ctx=ctx)


def _lock_refund(payout: RefundPayout) -> None:
    Commitment.objects.select_for_update(no_key=True).get(pk=payout.commitment_id)
    Refund.objects.select_for_update(no_key=True).get(pk=payout.refund_id)


def _take_effect(reversal: RefundPayoutReversal, ctx: WriteContext) -> None:
    post_compensation(REFUND_REVERSALS, reversal, reversal.payout, figure="paid_out", ctx=ctx)


REFUND_REVERSALS = Decidable(
    pending=RefundPayoutReversal.objects.pending,
    fetch=("payout__refund__closing", "payout__refund__remedy", "payout__fund", "requested_by"),
    fund_of=lambda reversal: reversal.payout.fund_id,
    code="reversal",
    noun="reversal",
    asked="request_refund_reversal",
    granted="approve_refund_reversal",
    refused="reject_refund_reversal",
    asked_by="requested_by",
    also=lambda reversal: [
        reversal.payout,
        reversal.payout.refund,
        reversal.payout.refund.closing or reversal.payout.refund.remedy,
    ],
    lock=lambda reversal: _lock_refund(reversal.payout),
    effect=_take_effect,
)


def take_payout_back(payout: RefundPayout, *, decision: Reversal, ctx: WriteContext) -> RefundPayout:
    """Take back what paid a refund without a wire, inside the caller's transaction and under its locks, as the
    `decision` about both of its sides says."""
    reversal = RefundPayoutReversal.objects.create(
        payout=payout,
        reason=decision.reason,
        four_eyes=payout.fund.four_eyes,
        requested_at=decision.requested_at,
        requested_by_id=decision.requested_by_id,
    )
    return post_compensation(REFUND_REVERSALS, reversal, payout, figure="paid_out", ctx=ctx)
