"""Who is excused from a deal takes no part in a further line of it, unless the plan says why it does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from blackgem.lib.problems import Problem
from capital.queries.excused import excused_from
from capital.services.plans import CallPlan, ItemPlan
from funds.models import Fund

#: By commitment and index of a line: why the partner is excused from the line's deal.
Excused = Mapping[tuple[int, int], str]


def excused_before(fund: Fund, plan: CallPlan, partners: Sequence) -> Excused:
    """Of the lines of a plan, by what was decided before."""
    deals = {index: line.allocation_id for index, line in enumerate(plan.lines) if line.allocation_id}
    found = excused_from(fund.pk, set(deals.values()))
    return {
        (one.pk, index): found[deal, one.pk]
        for index, deal in deals.items()
        for one in partners
        if (deal, one.pk) in found
    }


def with_excused(plan: CallPlan, before: Excused) -> CallPlan:
    """The plan with those left out who are excused from a line's deal and do not take part after all. What it says of
    anybody else taking part after all is no matter."""
    items = {one.commitment_id: one for one in plan.items}
    for commitment in {commitment for commitment, _ in before} | set(items):
        item = items.get(commitment) or ItemPlan(commitment)
        included = {
            index: reason.strip()
            for index, reason in item.included.items()
            if reason.strip() and (commitment, index) in before and index not in item.excused
        }
        excused = {
            index: reason
            for (one, index), reason in before.items()
            if one == commitment and index not in included
        } | dict(item.excused)
        if excused != item.excused or included != item.included:
            is_all = len(excused) == len(plan.lines)
            called = None if is_all else item.called_amount
            items[commitment] = replace(item, called_amount=called, excused=excused, included=included)
    return replace(plan, items=tuple(items.values()))


def asked_all_the_same(plan: CallPlan, before: Excused, partners: Sequence) -> Iterator[Problem]:
    """Whom a plan sets an amount for, on a deal from which it is excused, without saying why."""
    names = {one.pk: one.investor.name for one in partners}
    asked = [names[item.commitment_id] for item in plan.items if _is_asked(item, plan, before)]
    if asked:
        said = f"Excused from this deal before: {', '.join(asked)}. Say why it takes part after all."
        yield Problem("call.excused_from_deal", said, "items")


def _is_asked(item: ItemPlan, plan: CallPlan, before: Excused) -> bool:
    """Whether it has an amount on a line that it is left out of, or one in all while no line is left."""
    lines, own = range(len(plan.lines)), set(item.excused)
    left_out = {
        index
        for index in lines
        if (item.commitment_id, index) in before and not item.included.get(index, "").strip()
    } - own
    if item.line_amounts:
        return any(index < len(item.line_amounts) and item.line_amounts[index] for index in left_out)
    return bool(left_out and item.called_amount and left_out | own >= set(lines))
