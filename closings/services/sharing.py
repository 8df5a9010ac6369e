"""Distributions that a closing shares anew: who gives which part to whom, and what of calls and refunds that pays.

A later partner's part pays so much of what it takes over of earlier calls, without a receipt; what an earlier partner
gives is so much of its refund, without a wire. Both documents stay gross.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from blackgem.lib.context import WriteContext
from blackgem.lib.money import unit_of
from capital.services.setoffs import METHOD, pay_set_off
from closings.calc.equalise import LineChange as Moved
from closings.calc.moves import moves, parts_moved
from closings.models import (
    Closing,
    EqualisedRow,
    EqualisedShare,
    Refund,
    RefundPayout,
)
from closings.queries.shares import ShareRoot
from closings.queries.working import WorkedOutClosing
from distributions.models import TakenShare

ZERO = Decimal("0.00")


def share_anew(worked_out: WorkedOutClosing, who: Mapping[int, int], ctx: WriteContext) -> None:
    """Write what partners give and take of earlier distributions. `who` are the commitments of investors."""
    if not worked_out.shares:
        return
    closing, changes = worked_out.closing, worked_out.moved_shares
    both = [(root, changes[root.key]) for root in worked_out.shares]
    EqualisedShare.objects.bulk_create(
        share for root, moved in both for share in _shares(closing, root, moved, who)
    )
    EqualisedRow.objects.bulk_create(
        EqualisedRow(
            closing=closing,
            fund_id=closing.fund_id,
            row_id=row,
            giver_id=who[giver],
            taker_id=who[taker],
            amount=amount,
            effective_on=worked_out.starts_on,
        )
        for root, moved in both
        for row, giver, taker, amount in _moves(root, moved)
    )
    TakenShare.objects.bulk_create(
        one for root, moved in both for one in _taken(worked_out, root, moved, who, ctx)
    )


def pay_by_shares(worked_out: WorkedOutClosing, who: Mapping[int, int], ctx: WriteContext) -> None:
    """Let what later partners get pay what they owe, and what earlier ones give their refunds."""
    closing = worked_out.closing
    sides = {who[key]: side for key, side in worked_out.sides.items()}
    reference = str(closing)
    if pays := {key: side.set_off for key, side in sides.items() if side.set_off}:
        items = closing.call.items.filter(commitment__in=pays).order_by("pk")
        pay_set_off(
            call_id=closing.call_id,
            parts=[(item.pk, pays[item.commitment_id], None) for item in items],
            value_date=worked_out.starts_on,
            reference=reference,
            closing_id=closing.pk,
            ctx=ctx,
        )
    RefundPayout.objects.bulk_create(
        RefundPayout(
            refund=one,
            fund_id=one.fund_id,
            commitment_id=one.commitment_id,
            amount=one.set_off,
            by_distribution=True,
            value_date=worked_out.starts_on,
            method=METHOD,
            reference=reference,
            recorded_at=ctx.at,
            recorded_by=ctx.by,
        )
        for one in Refund.objects.filter(closing=closing, set_off__gt=0).order_by("pk")
    )


# ---------------------------------------------------------------- rows


def _shares(
    closing: Closing, root: ShareRoot, moved: Moved, who: Mapping[int, int]
) -> Iterator[EqualisedShare]:
    for key, delta in moved.delta.items():
        if delta or moved.interest[key] or moved.inside[key]:
            yield EqualisedShare(
                closing=closing,
                fund_id=closing.fund_id,
                distribution=root.distribution,
                commitment_id=who[key],
                delta=delta,
                recallable=moved.inside[key],
                days=moved.days,
                interest=moved.interest[key],
            )


def _moves(root: ShareRoot, moved: Moved) -> Iterator[tuple[int, int, int, Decimal]]:
    """What may be called again by itself, and the rest by itself."""
    for recallable in (True, False):
        rows = {
            key: [(row, amount) for row, again, amount in held if again is recallable]
            for key, held in root.rows.items()
        }
        deltas = {
            key: moved.inside[key] if recallable else delta - moved.inside[key]
            for key, delta in moved.delta.items()
        }
        yield from moves(rows, deltas)


def _taken(worked_out, root: ShareRoot, moved: Moved, who, ctx: WriteContext) -> Iterator[TakenShare]:
    unit = unit_of(worked_out.closing.fund.currency)
    for key, parts in parts_moved(root.parts, moved.delta, unit).items():
        capital, preferred, profit = (-part for part in parts)
        yield TakenShare(
            closing_id=worked_out.closing.pk,
            fund_id=worked_out.closing.fund_id,
            distribution=root.distribution,
            commitment_id=who[key],
            gross_amount=-moved.delta[key],
            return_of_capital=capital,
            preferred_return=preferred,
            profit_share=profit,
            carried_interest=ZERO,
            recallable_amount=-moved.inside[key],
            withholding_tax=ZERO,
            effective_on=worked_out.starts_on,
            recorded_at=ctx.at,
        )
