"""Geometry of the charts that templates draw as SVG: amounts in, pixels out.

Amounts stay exact beside their shapes, for labels and for the table beneath a chart. Only pixels are floats.
Templates print them inside `{% localize off %}`, so that no locale writes a decimal comma.
"""

from blackgem.lib.charts.axes import Scale, Tick, axis_label, nice_ticks, short_label, ticks
from blackgem.lib.charts.bars import Bar, Segment, StackedBars, stacked_bars
from blackgem.lib.charts.cash_flow import CashFlowChart, Column, Quarter, by_quarter, cash_flow_chart
from blackgem.lib.charts.sizes import NARROW, WIDE, Size, in_both_sizes
from blackgem.lib.charts.waterfall import Fall, FallColumn, Waterfall, waterfall

__all__ = [
    "NARROW",
    "WIDE",
    "Bar",
    "CashFlowChart",
    "Column",
    "Fall",
    "FallColumn",
    "Quarter",
    "Scale",
    "Segment",
    "Size",
    "StackedBars",
    "Tick",
    "Waterfall",
    "axis_label",
    "by_quarter",
    "cash_flow_chart",
    "in_both_sizes",
    "nice_ticks",
    "short_label",
    "stacked_bars",
    "ticks",
    "waterfall",
]
