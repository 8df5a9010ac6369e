"""Taking a settled closing back, whole, while nothing was paid of what it asks: as a second person approves where the
fund demands it. Everything is given back on the day on which the closing moved it, and known from the approval on: as
of any day it is as if there had been no closing, and as known then it still was there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.checks import fire
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.knowledge import Knowledge
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from capital.models import CapitalCallItem, CapitalCallItemLine, HeldPart, LineChange, Payment
from capital.services.moves import move_allocations, move_call
from capital.states import CALL_ISSUED
from closings.access import check_reverse
from closings.models import Closing, ClosingReversal
from closings.notices import tell_of_reversal
from closings.queries.transfers import moved_since
from closings.services.closings import hold_closing, lock_closing
from closings.services.settling import lock_register
from closings.services.sharing_back import take_shares_back
from distributions.models import Distribution
from fees.models import FeeRun
from funds.models import Commitment, CommitmentEvent
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of
from funds.services.register import reverse_by_closing

ZERO = Decimal("0.00")
Basis = CapitalCallItemLine.Basis


@service
def request_closing_reversal(*, closing_id, reason: str, ctx: WriteContext) -> ClosingReversal:
    """Ask to take a settled closing back. Without four eyes it takes effect at once.

    Raises InvalidInput without a reason, Conflict where something of it was paid, something issued rests on it, or an
    interest with parts that it changed was transferred since.
    """
    closing = lock_closing(ctx.by, closing_id)
    lock_register(closing.fund)
    check_reverse(closing, ctx.by)
    check_nothing_rests_on(closing)
    reversal = ClosingReversal(
        closing=closing,
        fund=closing.fund,
        reason=(reason or "").strip(),
        four_eyes=closing.fund.four_eyes,
        requested_by=ctx.by,
        requested_at=ctx.at,
    )
    raise_if(problems_of(reversal, ["reason"]))
    return CLOSING_REVERSALS.ask(reversal, ctx=ctx)


@service
def approve_closing_reversal(*, reversal_id, ctx: WriteContext) -> ClosingReversal:
    """Approve and carry out a reversal; where the fund demanded it, as another person than the one who asked."""
    return CLOSING_REVERSALS.approve(reversal_id, ctx=ctx)


@service
def reject_closing_reversal(*, reversal_id, ctx: WriteContext) -> ClosingReversal:
    """Turn a request down: the closing stands, and its reversal may be asked for again."""
    return CLOSING_REVERSALS.reject(reversal_id, ctx=ctx)


def check_nothing_rests_on(closing: Closing) -> None:
    """A closing is reversed while nothing of it is paid, and nothing was issued since that rests on its register."""
    by_shares = Payment.objects.filter(item=OuterRef("pk"), closing_id=closing.pk).values("item")
    collected = CapitalCallItem.objects.filter(call=closing.call_id).filter(
        capital__paid__gt=Coalesce(Subquery(by_shares.annotate(paid=Sum("amount")).values("paid")), ZERO)
    )
    if collected.exists() or closing.refunds.filter(progress__paid_out__gt=F("set_off")).exists():
        raise Conflict(
            "closing.paid",
            "Something of this closing is paid: take the payments back first, or keep it.",
        )
    fund, since = closing.fund, closing.approved_at
    later = fund.capital_calls.exclude(pk=closing.call_id)
    issued_calls = later.filter(status__in=CALL_ISSUED, approved_at__gte=since)
    issued = Distribution.objects.filter(fund=fund).issued().filter(sent_at__gte=since)
    waiting = fund.distributions.filter(status__in=["pending_approval", "approved"])
    settled = fund.closings.settled().exclude(pk=closing.pk).filter(approved_at__gte=since)
    billed = FeeRun.objects.counting().filter(fund=fund, approved_at__gte=since)
    if any(
        rows.exists()
        for rows in (issued_calls, later.filter(status="pending_approval"), issued, waiting, settled, billed)
    ):
        raise Conflict(
            "closing.rested_on",
            "A call, a fee, a distribution or a closing since then rests on this one: it is cancelled or sent back "
            "first.",
        )
    moved = moved_since(closing)
    if moved:
        raise Conflict(
            "closing.moved_since",
            f"Parts that this closing changed passed on since, by {moved}: they are transferred back first.",
        )
    register = CommitmentEvent.objects.filter(
        commitment__fund=fund, commitment__investor__in=closing.tranches.values("investor"), rejected_at=None
    )
    if register.exclude(approved_at=since).filter(recorded_at__gte=since).exists():
        raise Conflict(
            "closing.rested_on",
            "What one of its partners promised was changed since: that rests on this closing.",
        )


# ---------------------------------------------------------------- what it does


@dataclass(frozen=True, slots=True)
class _Before:
    """What a part was worked out from before the closing, and how."""

    weight: Decimal = ZERO
    basis: str = Basis.EDITED


def _take_effect(reversal: ClosingReversal, ctx: WriteContext) -> None:
    closing = reversal.closing
    CLOSING_REVERSALS.approved(reversal, ctx, changes={"status": [closing.status, "reversed"]})
    fire(closing.reverse)
    closing.save(update_fields=["status"])
    take_shares_back(reversal, ctx)
    changes = LineChange.objects.bulk_create([*_given_back(reversal, ctx), *_owed_no_longer(reversal, ctx)])
    for call_id in sorted({one.call_id for one in changes if one.changes_owed}):
        move_call(call_id, "revise", ctx=ctx)
    move_allocations([one.allocation_id for one in changes if one.allocation_id], "revise", ctx=ctx)
    _leave_register(reversal, ctx)
    tell_of_reversal(reversal, ctx)


def _given_back(reversal: ClosingReversal, ctx: WriteContext) -> Iterable[LineChange]:
    """To earlier partners what the closing took, worked out from what their parts were before."""
    taken = list(LineChange.objects.filter(closing_id=reversal.closing_id).order_by("pk"))
    before = _parts_before({(one.commitment_id, one.line_id) for one in taken}, reversal.closing)
    for one in taken:
        part = before[one.commitment_id, one.line_id]
        same = {name: getattr(one, name) for name in ("closing_id", "changes_owed", "effective_on")}
        yield _change(reversal, one, -one.amount, part, ctx, **same)


def _owed_no_longer(reversal: ClosingReversal, ctx: WriteContext) -> Iterable[LineChange]:
    """Off later partners whatever the call of the closing asks. An increase goes on from what its partner had."""
    parts = list(
        CapitalCallItemLine.objects.filter(call=reversal.closing.call_id, amount__gt=0)
        .select_related("line")
        .order_by("pk")
    )
    roots = {part.line.equalises_id: part for part in parts if part.line.equalises_id}
    earlier = CapitalCallItemLine.objects.filter(
        line__in=roots, commitment__in={part.commitment_id for part in parts}
    ) | CapitalCallItemLine.objects.filter(
        line__equalises__in=roots, commitment__in={part.commitment_id for part in parts}
    ).exclude(call=reversal.closing.call_id)
    last = {
        (one.line.equalises_id or one.line_id, one.commitment_id): one
        for one in earlier.select_related("line").order_by("pk")
    }
    before = _parts_before({(one.commitment_id, one.line_id) for one in last.values()}, reversal.closing)
    for part in parts:
        one = last.get((part.line.equalises_id, part.commitment_id))
        found = before[one.commitment_id, one.line_id] if one else _Before()
        if part.line.equalises_id and not one:
            found = _Before(ZERO, part.basis)
        part.allocation_id = part.line.allocation_id
        day = reversal.closing.call.call_date
        yield _change(reversal, part, -part.amount, found, ctx, effective_on=day)


def _parts_before(parts: set[tuple[int, int]], closing: Closing) -> dict[tuple[int, int], _Before]:
    """By commitment and line, what each part was worked out from, as it was known before the closing was settled."""
    known = Knowledge(closing.approved_at - timedelta(microseconds=1))
    partners, lines = {partner for partner, _ in parts}, {line for _, line in parts}
    held = HeldPart.on(date.max, known, commitment=partners, line=lines)
    return {(one.commitment_id, one.line_id): _Before(one.weight, one.basis) for one in held}


def _change(reversal, part, amount: Decimal, before: _Before, ctx: WriteContext, **facts) -> LineChange:
    """A change of the part that `part` (an earlier change or the part itself) speaks of."""
    return LineChange(
        fund_id=part.fund_id,
        call_id=part.call_id,
        item_id=part.item_id,
        line_id=part.line_id,
        commitment_id=part.commitment_id,
        allocation_id=part.allocation_id,
        closing_reversal_id=reversal.pk,
        reduces_unfunded=part.reduces_unfunded,
        counts_as_called=part.counts_as_called,
        amount=amount,
        changes_held=True,
        weight=before.weight,
        basis=before.basis,
        recorded_at=ctx.at,
        **facts,
    )


def _leave_register(reversal: ClosingReversal, ctx: WriteContext) -> None:
    """What was promised at the closing is promised no longer."""
    closing = reversal.closing
    partners = {
        one.investor_id: one
        for one in Commitment.objects.filter(fund=closing.fund).select_related("fund", "investor")
    }
    for tranche in closing.tranches.order_by("pk"):
        reverse_by_closing(
            partners[tranche.investor_id],
            tranche.amount,
            closing.held_on,
            reason=f"{closing} was reversed: {reversal.reason}"[:500],
            ctx=ctx,
        )


def _lock(reversal: ClosingReversal) -> None:
    """Under the locks of the closing and all partners; nothing may rest on the closing by now."""
    reversal.closing = hold_closing(reversal.fund_id, reversal.closing_id)
    lock_register(reversal.closing.fund)


CLOSING_REVERSALS = Decidable(
    pending=ClosingReversal.objects.pending,
    fetch=("closing__fund", "requested_by"),
    code="reversal",
    noun="reversal",
    asked="request_closing_reversal",
    granted="approve_closing_reversal",
    refused="reject_closing_reversal",
    asked_by="requested_by",
    also=lambda reversal: [reversal.closing, reversal.closing.fund],
    lock=_lock,
    check=lambda reversal, at: check_nothing_rests_on(reversal.closing),
    effect=_take_effect,
)
