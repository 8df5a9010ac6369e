"""What a person decides about a call: its lines, who is called how much, and who is excused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from capital.queries.line_keys import SplitBy


@dataclass(frozen=True)
class LinePlan:
    """What part of a call is for. `amount` is in the fund's currency."""

    kind: str
    amount: Decimal
    allocation_id: int | None = None
    reduces_unfunded: bool = True
    split_by: str = SplitBy.COMMITMENT


@dataclass(frozen=True)
class ItemPlan:
    """A partner who is not simply called pro rata: an amount set by hand, in all or per line, or excused from lines.

    `excused` maps the index of a line to the reason; so does `included`, of whom an earlier
    decision excused from the line's deal.
    """

    commitment_id: int
    called_amount: Decimal | None = None
    line_amounts: tuple[Decimal | None, ...] = ()
    excused: Mapping[int, str] = field(default_factory=dict)
    included: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CallPlan:
    """Everything a person decides about a call.

    `keep_line_order` applies payments to the lines in the order given, instead of fees first.
    """

    fund_id: int
    total_amount: Decimal
    purpose: str
    purpose_detail: str
    call_date: date
    due_date: date
    lines: tuple[LinePlan, ...]
    items: tuple[ItemPlan, ...] = ()
    keep_line_order: bool = False
