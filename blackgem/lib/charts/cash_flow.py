"""Cash flow by quarter with its cumulative net line, the J-curve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from blackgem.lib.charts.axes import ZERO, Scale, Tick, nice_ticks, short_label, ticks
from blackgem.lib.charts.sizes import WIDE, Size, Slot, slots


@dataclass(frozen=True, slots=True)
class Quarter:
    """What partners paid in and were paid out in a quarter; below zero where reversals outweigh the rest."""

    label: str
    paid_in: Decimal
    paid_out: Decimal

    @property
    def net(self) -> Decimal:
        """From the partners' side: money out of the fund less money into it."""
        return self.paid_out - self.paid_in


@dataclass(frozen=True, slots=True)
class Column:
    """A quarter drawn: paid in hangs below zero, paid out stands on it, `net` is the point of the line."""

    label: str
    slot: Slot
    x: float
    width: float
    paid_in: Decimal
    paid_in_y: float
    paid_in_height: float
    paid_out: Decimal
    paid_out_y: float
    paid_out_height: float
    net: Decimal
    net_y: float


@dataclass(frozen=True, slots=True)
class CashFlowChart:
    """Bars by quarter with the cumulative net line (the J-curve); `line` is the points of an SVG polyline, `end` what
    stands at its end."""

    size: Size
    right: float
    zero_y: float
    columns: tuple[Column, ...]
    line: str
    end: str
    ticks: tuple[Tick, ...]

    @property
    def label_step(self) -> int:
        return self.size.label_step(len(self.columns))


def by_quarter(flows: Iterable[tuple[date, Decimal, Decimal]]) -> list[Quarter]:
    """Flows (day, paid in, paid out) by calendar quarter, in order, quiet quarters included.

    A reversal counts negative on its own side, on its own day.
    """
    sums: dict[int, tuple[Decimal, Decimal]] = {}
    for day, paid_in, paid_out in flows:
        number = day.year * 4 + (day.month - 1) // 3
        before = sums.get(number, (ZERO, ZERO))
        sums[number] = (before[0] + paid_in, before[1] + paid_out)
    return [
        Quarter(f"Q{number % 4 + 1} {number // 4}", *sums.get(number, (ZERO, ZERO)))
        for number in range(min(sums, default=0), max(sums, default=-1) + 1)
    ]


def cash_flow_chart(
    quarters: Sequence[Quarter], *, currency: str = "USD", size: Size = WIDE
) -> CashFlowChart:
    """Bars and cumulative net line over one scale of amounts, which always holds zero."""
    nets = list(accumulate(quarter.net for quarter in quarters))
    shown = [
        ZERO,
        *nets,
        *(-quarter.paid_in for quarter in quarters),
        *(quarter.paid_out for quarter in quarters),
    ]
    amounts = nice_ticks(min(shown), max(shown))
    scale = Scale(
        amounts[0], amounts[-1], size.height - 28, 12
    )  # room for the quarters' names, and for half a label
    placed = zip(quarters, nets, slots(len(quarters), size), strict=True)
    columns = tuple(_column(quarter, net, scale, slot) for quarter, net, slot in placed)
    return CashFlowChart(
        size=size,
        right=size.width - size.after,
        zero_y=scale.at(ZERO),
        columns=columns,
        line=" ".join(f"{column.slot.middle},{column.net_y}" for column in columns),
        end=short_label(nets[-1], currency) if nets else "",
        ticks=ticks(amounts, scale, currency),
    )


def _column(quarter: Quarter, net: Decimal, scale: Scale, slot: Slot) -> Column:
    width = min(slot.width * 0.6, 40)
    return Column(
        label=quarter.label,
        slot=slot,
        x=round(slot.middle - width / 2, 2),
        width=round(width, 2),
        paid_in=quarter.paid_in,
        paid_in_y=min(scale.at(ZERO), scale.at(-quarter.paid_in)),
        paid_in_height=scale.between(ZERO, -quarter.paid_in),
        paid_out=quarter.paid_out,
        paid_out_y=min(scale.at(ZERO), scale.at(quarter.paid_out)),
        paid_out_height=scale.between(ZERO, quarter.paid_out),
        net=net,
        net_y=scale.at(net),
    )
