"""Stacked horizontal bars: parts of a whole side by side, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from blackgem.lib.charts.axes import ZERO, Scale, Tick, nice_ticks, ticks
from blackgem.lib.charts.sizes import WIDE, Size

#: The room for what rows are called, by the size; for the exact amount after a bar; for the axis beneath.
_NAMES = {"wide": 180, "narrow": 104}
_AMOUNTS, _AXIS = 104, 24


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar; `key` names its colour and pattern ("funded", "due", "uncalled")."""

    key: str
    amount: Decimal
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its parts side by side, up to `end`. `middle` is where its label sits."""

    label: str
    total: Decimal
    y: float
    height: float
    middle: float
    end: float
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class StackedBars:
    """Horizontal bars over one axis; `left`, `right` and `bottom` bound the plot, in a drawing of this `height`."""

    size: Size
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
    size: Size = WIDE,
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
    scale = Scale(ZERO, amounts[-1], _NAMES[size.name], size.width - _AMOUNTS)
    pitch = bar_height + gap
    bottom = gap / 2 + len(rows) * pitch
    return StackedBars(
        size=size,
        height=round(bottom + _AXIS),
        left=scale.start,
        right=scale.end,
        bottom=bottom,
        bars=tuple(
            _bar(label, parts, scale, gap + n * pitch, bar_height) for n, (label, parts) in enumerate(rows)
        ),
        ticks=ticks(amounts, scale, currency),
    )


def _bar(label: str, parts: Mapping[str, Decimal], scale: Scale, y: float, height: float) -> Bar:
    ends = list(accumulate(parts.values(), initial=ZERO))
    segments = tuple(
        Segment(key, amount, scale.at(start), scale.between(start, start + amount))
        for (key, amount), start in zip(parts.items(), ends[:-1], strict=True)
        if amount
    )
    return Bar(label, ends[-1], y, height, y + height / 2, scale.at(ends[-1]), segments)
