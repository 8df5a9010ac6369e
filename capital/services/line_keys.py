"""Keys by which the lines of a plan cannot be split."""

from collections.abc import Iterator

from blackgem.lib.problems import Problem
from capital.models import CapitalCallLine

SplitBy = CapitalCallLine.SplitBy


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


def nobody_shares(commitments) -> Problem:
    """Why nobody can be called on."""
    if any(one.amount for one in commitments):
        said = "Nobody who is asked has a share by which a line is split."
        return Problem("call.nobody_shares", said, "lines")
    return Problem("fund.no_commitments", "There is no commitment in this fund to call on.", "total_amount")
