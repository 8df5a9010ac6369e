"""The keys of lines: what the partners' parts of each line are in proportion to."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum

from blackgem.lib.knowledge import NOW
from capital.models import CapitalCall, CapitalCallItemLine, CapitalCallLine
from capital.queries.room import room_from
from capital.states import CALL_ISSUED
from funds.models.register import committed_by

SplitBy = CapitalCallLine.SplitBy
ZERO = Decimal("0.00")
SHARED = [CapitalCallItemLine.Basis.PRO_RATA, CapitalCallItemLine.Basis.CAPPED]


def line_weights(fund, plan, commitments) -> list[dict[int, Decimal]]:
    """For each line of a plan, what each commitment's part is in proportion to.

    Commitments have what they `promised` by the date of the call, and their `room`: what remains, the least that is
    unfunded from then on, before this call. The share in a deal is what is held of the lines of its issued calls. A
    line of fixed parts keeps the commitments, by which nothing is split there.
    """
    deals = {line.allocation_id for line in plan.lines if line.split_by == SplitBy.SHARING}
    held = _held(fund, deals - {None})
    remaining = {one.pk: max(ZERO, one.room) for one in commitments}
    committed = {one.pk: one.promised for one in commitments}

    def weights(line) -> dict[int, Decimal]:
        if line.split_by == SplitBy.SHARING:
            return {pk: held[line.allocation_id, pk] for pk in committed}
        return remaining if line.split_by == SplitBy.REMAINING else committed

    return [weights(line) for line in plan.lines]


def _held(fund, allocations: set[int]) -> dict[tuple[int, int], Decimal]:
    """By allocation and commitment: what is held of the lines of issued calls on the deal."""
    held: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    if allocations:
        parts = CapitalCallItemLine.objects.filter(
            fund=fund, call__status__in=CALL_ISSUED, line__allocation__in=allocations
        )
        sums = parts.order_by().values_list("line__allocation_id", "commitment_id").annotate(Sum("amount"))
        held.update({(allocation, commitment): amount for allocation, commitment, amount in sums})
    return held


def changed_keys(call: CapitalCall) -> list[str]:
    """The keys by which a draft would be split otherwise by now, in words: another call was issued since, or a
    commitment changed."""
    by_then = committed_by(call.call_date, NOW, of="commitment_id")
    shared = CapitalCallItemLine.objects.filter(call=call, basis__in=SHARED)
    parts = list(shared.select_related("line").annotate(by_then=by_then))
    keys = {part.line.split_by for part in parts}
    partners = [part.commitment_id for part in parts]
    deals = {part.line.allocation_id for part in parts if part.line.split_by == SplitBy.SHARING}
    room = room_from(partners, call.call_date) if SplitBy.REMAINING in keys else {}
    held = _held(call.fund, deals)

    def now(part) -> Decimal:
        if part.line.split_by == SplitBy.SHARING:
            return held[part.line.allocation_id, part.commitment_id]
        if part.line.split_by == SplitBy.REMAINING:
            return max(ZERO, room.get(part.commitment_id, ZERO))
        return part.by_then

    return sorted({part.line.get_split_by_display() for part in parts if part.weight != now(part)})
