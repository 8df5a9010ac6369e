"""From the body of a call to the plan that the services work out."""

from blackgem.lib.errors import InvalidInput, Problem
from capital.models import CapitalCallLine
from capital.queries.line_keys import default_key
from capital.services.plans import CallPlan, ItemPlan, LinePlan
from funds.models import Commitment

from . import reads
from .bodies import CallBody, ItemBody

Kind = CapitalCallLine.Kind


def plan_of(body: CallBody, user) -> CallPlan:
    """Raises NotFound for a fund that the user may not see, InvalidInput for an investor without a commitment to it."""
    return CallPlan(
        fund_id=body.fund_id,
        total_amount=body.total_amount,
        purpose=body.purpose,
        purpose_detail=body.purpose_detail,
        call_date=body.call_date,
        due_date=body.due_date,
        lines=_lines(body, user),
        items=_items(body, user) if body.items else (),
    )


def _lines(body: CallBody, user) -> tuple[LinePlan, ...]:
    """A line that names no key takes the fund's."""
    fund = reads.one(reads.funds(user), body.fund_id)
    if not body.lines:
        kind = Kind.INVESTMENT if body.allocation_id else Kind.OTHER
        return (LinePlan(kind, body.total_amount, body.allocation_id, split_by=default_key(fund, kind)),)
    return tuple(
        LinePlan(
            line.kind,
            line.amount,
            line.allocation_id,
            line.reduces_unfunded,
            line.split_by or default_key(fund, line.kind),
        )
        for line in body.lines
    )


def _items(body: CallBody, user) -> tuple[ItemPlan, ...]:
    """The named investors as they are named; the others are called for nothing."""
    fund = reads.one(reads.funds(user), body.fund_id)
    partners = {one.investor_id: one for one in Commitment.objects.filter(fund=fund)}
    unknown = [
        Problem(
            "commitment.unknown", "This investor has no commitment to the fund.", f"items.{n}.investor_id"
        )
        for n, item in enumerate(body.items)
        if item.investor_id not in partners
    ]
    if unknown:
        raise InvalidInput.from_problems(unknown)
    named = [_item(partners.pop(item.investor_id).pk, item) for item in body.items]
    return (*named, *(ItemPlan(one.pk, one.amount * 0) for one in partners.values() if one.amount))


def _item(commitment_id: int, item: ItemBody) -> ItemPlan:
    if not item.lines:
        return ItemPlan(commitment_id, item.called_amount)
    return ItemPlan(
        commitment_id,
        item.called_amount,
        tuple(line.amount for line in item.lines),
        {index: line.excused for index, line in enumerate(item.lines) if line.excused},
        {index: line.included for index, line in enumerate(item.lines) if line.included},
    )
