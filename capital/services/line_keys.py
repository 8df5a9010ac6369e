"""The keys of a plan's lines: what the partners' parts of each line are in proportion to."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from blackgem.lib.problems import Problem
from capital.models import CapitalCallItemLine, CapitalCallLine
from capital.states import CALL_ISSUED

SplitBy = CapitalCallLine.SplitBy
ZERO = Decimal("0.00")


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


def key_problems(plan) -> Iterator[Problem]:
    """Keys by which a line cannot be split."""
    if any(line.split_by not in SplitBy.values for line in plan.lines):
        yield Problem("call.split_by", "There is no such way to split a line.", "lines")
    if any(line.split_by == SplitBy.SHARING and line.allocation_id is None for line in plan.lines):
        yield Problem(
            "call.share_without_deal", "Only a line of a deal is split by the share in it.", "lines"
        )
    fixed = {index for index, line in enumerate(plan.lines) if line.split_by == SplitBy.FIXED}
    if len(plan.lines) > 1 and any(
        item.called_amount and not item.line_amounts and fixed - set(item.excused) for item in plan.items
    ):
        yield Problem(
            "call.fixed_parts",
            "Beside other lines, a line in fixed parts takes an amount of its own from each investor: call it alone,"
            " or through the API.",
            "items",
        )
