"""The keys of lines: what the partners' parts of each line are in proportion to."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum

from capital.models import CapitalCall, CapitalCallItemLine, CapitalCallLine
from capital.states import CALL_ISSUED

SplitBy = CapitalCallLine.SplitBy
ZERO = Decimal("0.00")
#: Keys that read what other calls did.
READ_ANEW = (SplitBy.REMAINING, SplitBy.SHARING)
SHARED = [CapitalCallItemLine.Basis.PRO_RATA, CapitalCallItemLine.Basis.CAPPED]


def line_weights(fund, plan, commitments) -> list[dict[int, Decimal]]:
    """For each line of a plan, what each commitment's part is in proportion to.

    What remains of a commitment is what is unfunded before this call; the share in a deal is what is held of the lines
    of its issued calls. A line of fixed parts keeps the commitments, by which nothing is split there.
    """
    deals = {line.allocation_id for line in plan.lines if line.split_by == SplitBy.SHARING}
    held = _held(fund, deals - {None})
    remaining = {one.pk: max(ZERO, one.capital.unfunded) for one in commitments}
    committed = {one.pk: one.amount for one in commitments}

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
    """The keys by which a draft would be split otherwise by now, in words: another call was issued since."""
    parts = CapitalCallItemLine.objects.filter(
        call=call, line__split_by__in=READ_ANEW, basis__in=SHARED
    ).select_related("line", "commitment__capital")
    parts = list(parts)
    held = _held(
        call.fund, {part.line.allocation_id for part in parts if part.line.split_by == SplitBy.SHARING}
    )

    def now(part) -> Decimal:
        if part.line.split_by == SplitBy.SHARING:
            return held[part.line.allocation_id, part.commitment_id]
        return max(ZERO, part.commitment.capital.unfunded)

    return sorted({part.line.get_split_by_display() for part in parts if part.weight != now(part)})
