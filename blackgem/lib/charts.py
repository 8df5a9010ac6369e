"""Geometry of the charts that templates draw as SVG: amounts in, pixels out.

Amounts stay exact beside their shapes, for labels and for the table beneath a chart. Only pixels are floats.
Templates print them inside `{% localize off %}`, so that no locale writes a decimal comma.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.money import NO_BREAK_SPACE, check_currency

_NICE_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_SIZES = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from amounts to pixels: `low` lies at `start`, `high` at `end` (which may be less)."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def at(self, amount: Decimal) -> float:
        """The pixel of an amount, to a hundredth."""
        span = self.high - self.low
        part = float((amount - self.low) / span) if span else 0.0
        return round(self.start + part * (self.end - self.start), 2)

    def between(self, first: Decimal, second: Decimal) -> float:
        """How many pixels lie between two amounts."""
        return round(abs(self.at(second) - self.at(first)), 2)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    amount: Decimal
    label: str


def nice_ticks(low: Decimal, high: Decimal, *, about: int = 5) -> list[Decimal]:
    """Round amounts that enclose `low` to `high` in about so many steps, zero among them where they span it."""
    step = _nice_step((high - low) / about)
    first, last = low // step, high // step
    first -= 1 if first * step > low else 0
    last += 1 if last * step < high else 0
    return [step * number for number in range(int(first), int(last) + 1)]


def _nice_step(rough: Decimal) -> Decimal:
    if rough <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb(rough.adjusted())
    return next(power * nice for nice in _NICE_STEPS if power * nice >= rough)


def axis_label(amount: Decimal, currency: str) -> str:
    """A short amount for an axis: "$250k", "($1.25M)"; exact for the round amounts that axes have."""
    known = CURRENCIES[check_currency(currency)]
    size, letter = next(((size, letter) for size, letter in _SIZES if abs(amount) >= size), (Decimal(1), ""))
    number = f"{(abs(amount) / size).normalize():f}{letter}"
    shown = f"{known.symbol or known.code + NO_BREAK_SPACE}{number}"
    return f"({shown})" if amount < 0 else shown


def _ticks(amounts: Iterable[Decimal], scale: Scale, currency: str) -> tuple[Tick, ...]:
    return tuple(Tick(scale.at(amount), amount, axis_label(amount, currency)) for amount in amounts)


# ---------------------------------------------------------------- stacked horizontal bars


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar; `key` names its colour and pattern ("funded", "due", "uncalled")."""

    key: str
    amount: Decimal
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its parts side by side. `middle` is where its label sits."""

    label: str
    total: Decimal
    y: float
    height: float
    middle: float
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class StackedBars:
    """Horizontal bars over one axis; `left`, `right` and `bottom` bound the plot."""

    width: int
    height: int
    left: float
    right: float
    bottom: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def stacked_bars(
    rows: Sequence[tuple[str, Mapping[str, Decimal]]],
    *,
    currency: str = "USD",
    width: int = 720,
    label_width: int = 180,
    bar_height: int = 16,
    gap: int = 16,
) -> StackedBars:
    """Bars such as ("Fund I", {"funded": …, "due": …, "uncalled": …}), in that order and on one scale.

    Every part is zero or more (ValueError otherwise); parts of zero are left out.
    """
    if any(amount < 0 for _, parts in rows for amount in parts.values()):
        raise ValueError("a bar has no negative part")
    longest = max((sum(parts.values(), ZERO) for _, parts in rows), default=ZERO)
    amounts = nice_ticks(ZERO, longest)
    margin = 24  # half a label at the last tick, and the height of the axis
    scale = Scale(ZERO, amounts[-1], label_width, width - margin)
    pitch = bar_height + gap
    bottom = gap / 2 + len(rows) * pitch
    return StackedBars(
        width=width,
        height=round(bottom + margin),
        left=scale.start,
        right=scale.end,
        bottom=bottom,
        bars=tuple(
            _bar(label, parts, scale, gap + n * pitch, bar_height) for n, (label, parts) in enumerate(rows)
        ),
        ticks=_ticks(amounts, scale, currency),
    )


def _bar(label: str, parts: Mapping[str, Decimal], scale: Scale, y: float, height: float) -> Bar:
    ends = list(accumulate(parts.values(), initial=ZERO))
    segments = tuple(
        Segment(key, amount, scale.at(start), scale.between(start, start + amount))
        for (key, amount), start in zip(parts.items(), ends[:-1], strict=True)
        if amount
    )
    return Bar(label, ends[-1], y, height, y + height / 2, segments)


# ---------------------------------------------------------------- cash flow by quarter


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
    x: float
    width: float
    middle: float
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
    """Bars by quarter with the cumulative net line (the J-curve); `line` is the points of an SVG polyline."""

    width: int
    height: int
    left: float
    right: float
    zero_y: float
    columns: tuple[Column, ...]
    line: str
    ticks: tuple[Tick, ...]


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
    quarters: Sequence[Quarter],
    *,
    currency: str = "USD",
    width: int = 720,
    height: int = 280,
    axis_width: int = 72,
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
        amounts[0], amounts[-1], height - 28, 12
    )  # room for the quarters' names, and for half a label
    pitch = (width - axis_width) / max(1, len(quarters))
    columns = tuple(
        _column(quarter, net, scale, axis_width + n * pitch, pitch)
        for n, (quarter, net) in enumerate(zip(quarters, nets, strict=True))
    )
    return CashFlowChart(
        width=width,
        height=height,
        left=axis_width,
        right=width,
        zero_y=scale.at(ZERO),
        columns=columns,
        line=" ".join(f"{column.middle},{column.net_y}" for column in columns),
        ticks=_ticks(amounts, scale, currency),
    )


def _column(quarter: Quarter, net: Decimal, scale: Scale, x: float, pitch: float) -> Column:
    width = min(pitch * 0.6, 40)
    return Column(
        label=quarter.label,
        x=round(x + (pitch - width) / 2, 2),
        width=round(width, 2),
        middle=round(x + pitch / 2, 2),
        paid_in=quarter.paid_in,
        paid_in_y=min(scale.at(ZERO), scale.at(-quarter.paid_in)),
        paid_in_height=scale.between(ZERO, -quarter.paid_in),
        paid_out=quarter.paid_out,
        paid_out_y=min(scale.at(ZERO), scale.at(quarter.paid_out)),
        paid_out_height=scale.between(ZERO, quarter.paid_out),
        net=net,
        net_y=scale.at(net),
    )


# ---------------------------------------------------------------- a distribution, tier by tier


@dataclass(frozen=True, slots=True)
class Fall:
    """One step of a waterfall: what it pays to the LPs and to the GP. `label` is short: it stands under a column."""

    label: str
    lp: Decimal
    gp: Decimal


@dataclass(frozen=True, slots=True)
class FallColumn:
    """A step drawn: it stands on what the steps before paid, the LPs' part below the GP's. `top` is where it ends."""

    label: str
    x: float
    width: float
    middle: float
    lp: Decimal
    lp_y: float
    lp_height: float
    gp: Decimal
    gp_y: float
    gp_height: float
    total: Decimal
    top: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Columns that climb from zero to the whole, the last one the whole itself; `bridges` join their tops."""

    width: int
    height: int
    left: float
    right: float
    zero_y: float
    columns: tuple[FallColumn, ...]
    bridges: tuple[tuple[float, float, float], ...]
    ticks: tuple[Tick, ...]


def waterfall(
    falls: Sequence[Fall],
    *,
    currency: str = "USD",
    width: int = 720,
    height: int = 280,
    axis_width: int = 72,
    whole: str = "Total",
) -> Waterfall:
    """The steps as columns, each on top of the last, and their sum as the column `whole`.

    `bridges` are (from x, to x, y). Every part is zero or more (ValueError otherwise).
    """
    if any(part < 0 for fall in falls for part in (fall.lp, fall.gp)):
        raise ValueError("a step of a waterfall pays nothing negative")
    sums = list(accumulate((fall.lp + fall.gp for fall in falls), initial=ZERO))
    lp, gp = (sum((getattr(fall, name) for fall in falls), ZERO) for name in ("lp", "gp"))
    amounts = nice_ticks(ZERO, sums[-1])
    scale = Scale(ZERO, amounts[-1], height - 28, 12)
    pitch = (width - axis_width) / (len(falls) + 1)
    placed = [*zip(falls, sums[:-1], strict=True), (Fall(whole, lp, gp), ZERO)]
    columns = tuple(
        _fall_column(fall, before, scale, axis_width + n * pitch, pitch)
        for n, (fall, before) in enumerate(placed)
    )
    return Waterfall(
        width=width,
        height=height,
        left=axis_width,
        right=width,
        zero_y=scale.at(ZERO),
        columns=columns,
        bridges=tuple((round(one.x + one.width, 2), two.x, one.top) for one, two in pairwise(columns)),
        ticks=_ticks(amounts, scale, currency),
    )


def _fall_column(fall: Fall, before: Decimal, scale: Scale, x: float, pitch: float) -> FallColumn:
    width = min(pitch * 0.6, 64)
    middle, top = before + fall.lp, before + fall.lp + fall.gp
    return FallColumn(
        label=fall.label,
        x=round(x + (pitch - width) / 2, 2),
        width=round(width, 2),
        middle=round(x + pitch / 2, 2),
        lp=fall.lp,
        lp_y=scale.at(middle),
        lp_height=scale.between(before, middle),
        gp=fall.gp,
        gp_y=scale.at(top),
        gp_height=scale.between(middle, top),
        total=fall.lp + fall.gp,
        top=scale.at(top),
    )
