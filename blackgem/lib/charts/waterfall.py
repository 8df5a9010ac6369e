"""A distribution tier by tier: each step stands on what the steps before paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise

from blackgem.lib.charts.axes import ZERO, Scale, Tick, nice_ticks, short_label, ticks
from blackgem.lib.charts.sizes import WIDE, Size, Slot, slots


@dataclass(frozen=True, slots=True)
class Fall:
    """One step of a waterfall: what it pays to the LPs and to the GP. `label` is short: it stands under a column."""

    label: str
    lp: Decimal
    gp: Decimal


@dataclass(frozen=True, slots=True)
class FallColumn:
    """A step drawn: it stands on what the steps before paid, the LPs' part below the GP's. `top` is where it ends,
    `said` its total in three figures."""

    label: str
    slot: Slot
    x: float
    width: float
    lp: Decimal
    lp_y: float
    lp_height: float
    gp: Decimal
    gp_y: float
    gp_height: float
    total: Decimal
    top: float
    said: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Columns that climb from zero to the whole, the last one the whole itself; `bridges` join their tops."""

    size: Size
    right: float
    zero_y: float
    columns: tuple[FallColumn, ...]
    bridges: tuple[tuple[float, float, float], ...]
    ticks: tuple[Tick, ...]


def waterfall(
    falls: Sequence[Fall],
    *,
    currency: str = "USD",
    size: Size = WIDE,
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
    scale = Scale(ZERO, amounts[-1], size.height - 28, 20)  # room for what stands on the highest column
    placed = [*zip(falls, sums[:-1], strict=True), (Fall(whole, lp, gp), ZERO)]
    columns = tuple(
        _fall_column(fall, before, scale, slot, currency)
        for (fall, before), slot in zip(placed, slots(len(placed), size), strict=True)
    )
    return Waterfall(
        size=size,
        right=size.width - size.after,
        zero_y=scale.at(ZERO),
        columns=columns,
        bridges=tuple((round(one.x + one.width, 2), two.x, one.top) for one, two in pairwise(columns)),
        ticks=ticks(amounts, scale, currency),
    )


def _fall_column(fall: Fall, before: Decimal, scale: Scale, slot: Slot, currency: str) -> FallColumn:
    width = min(slot.width * 0.6, 64)
    middle, top = before + fall.lp, before + fall.lp + fall.gp
    return FallColumn(
        label=fall.label,
        slot=slot,
        x=round(slot.middle - width / 2, 2),
        width=round(width, 2),
        lp=fall.lp,
        lp_y=scale.at(middle),
        lp_height=scale.between(before, middle),
        gp=fall.gp,
        gp_y=scale.at(top),
        gp_height=scale.between(middle, top),
        total=fall.lp + fall.gp,
        top=scale.at(top),
        said=short_label(fall.lp + fall.gp, currency),
    )
