"""What a partner owes of calls, line by line, and what of it another one would assume, or assumed, with a transfer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from blackgem.lib.fields import MoneyField
from capital.models import CapitalCallItemLine, LineChange
from capital.notice_lines import label_of
from capital.states import CALL_ISSUED
from closings.calc.transfers import Row, RowKind
from closings.models import AssumedPart, Transfer
from funds.models import CapitalTransaction

ZERO = Decimal("0.00")
_LINE = ("line__allocation__deal", "line__equalises__allocation__deal", "line__equalises__call", "call")


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What is `owed` of a line of a call, and what of it is `moved`: owed by who takes over."""

    call_id: int
    number: int
    item_id: int
    line_id: int
    due_on: date
    what: str
    within: bool
    owed: Decimal
    moved: Decimal = ZERO

    @property
    def kept(self) -> Decimal:
        return self.owed - self.moved

    def as_row(self, amount: Decimal | None = None) -> Row:
        """For the arithmetic; `amount` is what of it moved, where that is asked for."""
        return Row(
            RowKind.OPEN_CALL,
            self.due_on,
            self.owed if amount is None else amount,
            key=self.line_id,
            outside=not self.within,
        )


def open_lines_of(commitment_id: int) -> list[OpenLine]:
    """Those of issued calls of which this partner owes anything, by the day on which they are due."""
    posted = CapitalTransaction.objects.filter(
        call_item_id=OuterRef("item"), call_line_id=OuterRef("line"), refund_payout_id__isnull=True
    )
    changes = LineChange.objects.filter(item=OuterRef("item"), line=OuterRef("line"), changes_owed=True)
    parts = CapitalCallItemLine.objects.filter(commitment=commitment_id, call__status__in=CALL_ISSUED)
    owing = parts.annotate(owed=F("amount") + _sum(changes) - _sum(posted)).exclude(owed=0)
    return [
        OpenLine(
            part.call_id,
            part.call.number,
            part.item_id,
            part.line_id,
            part.call.due_date,
            label_of(part.line),
            part.reduces_unfunded,
            part.owed,
        )
        for part in owing.select_related(*_LINE).order_by("call__due_date", "line")
    ]


def _sum(rows) -> Coalesce:
    total = rows.order_by().annotate(all=Value(1)).values("all").annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total), Value(ZERO), output_field=MoneyField())


def assumed_rows(transfer: Transfer) -> QuerySet[AssumedPart]:
    """What a transfer that took effect found owed, and what of it was assumed, by the day on which it was due."""
    rows = AssumedPart.objects.filter(transfer=transfer).select_related(*_LINE)
    return rows.order_by("call__due_date", "line")


def assumed_of(transfer: Transfer) -> Sequence[OpenLine]:
    """The same as lines."""
    is_assumed = transfer.open_items == Transfer.OpenItems.ASSUMED
    return [as_line(one) for one in assumed_rows(transfer)] if is_assumed else ()


def as_line(one: AssumedPart) -> OpenLine:
    """As pages show it."""
    return OpenLine(
        one.call_id,
        one.call.number,
        one.item_id,
        one.line_id,
        one.call.due_date,
        label_of(one.line),
        one.line.reduces_unfunded,
        one.owed,
        one.amount,
    )
