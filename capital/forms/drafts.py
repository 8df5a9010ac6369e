"""A new call, or a draft as it was typed: what the form holds when it opens."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from blackgem.lib.entered_amounts import EnteredAmounts
from blackgem.lib.entered_numbers import amount_to_enter
from capital.models import CapitalCall, CapitalCallItemLine
from capital.queries.excused import excused_from

from .inclusions import Inclusions

DAYS_TO_PAY = timedelta(days=14)
ALL_LINES = "all"
Basis = CapitalCallItemLine.Basis


@dataclass(frozen=True)
class Opened:
    """The first contents of the form's parts. `left_out` are the deals on which nothing more can be called."""

    details: dict
    lines: list[dict]
    excuses: list[dict]
    amounts: EnteredAmounts
    left_out: tuple[str, ...] = ()
    inclusions: Inclusions = field(default_factory=Inclusions)


def open_new(today: date) -> Opened:
    """A call of today with two weeks to pay, on one line."""
    return Opened({"call_date": today, "due_date": today + DAYS_TO_PAY}, [{}], [], EnteredAmounts())


def open_copy(call: CapitalCall, today: date, callable_ids: set[int]) -> Opened:
    """A call again, from today on: its amount, what it was for, and as many days to pay. Who was excused and what was
    set by hand each call decides anew; a line of a deal that is called in full names none."""
    lines = list(call.lines.select_related("allocation__deal").order_by("position"))
    full = [line for line in lines if line.allocation_id and line.allocation_id not in callable_ids]
    details = {name: getattr(call, name) for name in ("total_amount", "purpose", "purpose_detail")}
    due_date = today + (call.due_date - call.call_date)
    return Opened(
        details={**details, "call_date": today, "due_date": due_date},
        lines=[_line(line) | ({"allocation": ""} if line in full else {}) for line in lines],
        excuses=[],
        amounts=EnteredAmounts(),
        left_out=tuple(line.allocation.deal.name for line in full),
    )


def open_draft(call: CapitalCall) -> Opened:
    """A draft: its lines, who is excused, and which amounts a person set. Whoever was excused from a line's deal before
    needs no row, or has a reason to take part."""
    names = ("total_amount", "purpose", "purpose_detail", "call_date", "due_date", "revision")
    lines = list(call.lines.order_by("position"))
    decided = Q(basis__in=[Basis.EXCUSED, Basis.EDITED]) | ~Q(included_reason="")
    parts = list(CapitalCallItemLine.objects.filter(decided, call=call).select_related("item").order_by("pk"))
    anyway = excused_from(call.fund_id, {line.allocation_id for line in lines} - {None})
    deals, places = {line.pk: line.allocation_id for line in lines}, [line.pk for line in lines]
    excused = [
        part
        for part in parts
        if part.basis == Basis.EXCUSED
        and anyway.get((deals[part.line_id], part.commitment_id)) != part.excuse_reason
    ]
    return Opened(
        details={name: getattr(call, name) for name in names},
        lines=[_line(line) for line in lines],
        excuses=_excuses(excused, places),
        amounts=_amounts([part.item for part in parts if part.basis == Basis.EDITED], call.fund.currency),
        inclusions=Inclusions(
            {
                (part.commitment_id, places.index(part.line_id)): part.included_reason
                for part in parts
                if part.included_reason
            }
        ),
    )


def _line(line) -> dict:
    return {
        "kind": line.kind,
        "allocation": str(line.allocation_id or ""),
        "amount": line.amount,
        "outside": not line.reduces_unfunded,
        "split_by": line.split_by,
    }


def _excuses(parts, line_ids: list[int]) -> list[dict]:
    """One row per excused line, or one for the whole call."""
    by_partner: dict[tuple[int, str], list[int]] = {}
    place_of = {line_id: place for place, line_id in enumerate(line_ids)}
    for part in parts:
        key = (part.commitment_id, part.excuse_reason)
        by_partner.setdefault(key, []).append(place_of[part.line_id])
    return [
        {"commitment": str(commitment), "line": line, "reason": reason}
        for (commitment, reason), places in by_partner.items()
        for line in ([ALL_LINES] if 1 < len(places) == len(line_ids) else map(str, places))
    ]


def _amounts(items, currency: str) -> EnteredAmounts:
    amounts = {item.commitment_id: item.amount for item in items}
    return EnteredAmounts(
        texts={pk: amount_to_enter(amount, currency) for pk, amount in amounts.items()}, by_hand=amounts
    )
