"""Geometry of the charts that templates draw as SVG: amounts in, pixels out.

Amounts stay exact beside their shapes, for labels and for the table beneath a chart. Only pixels are floats.
Templates print them inside `{% localize off %}`, so that no locale writes a decimal comma.
"""

from blackgem.lib.charts.axes import Scale, Tick, axis_label, nice_ticks, ticks
from blackgem.lib.charts.bars import Bar, Segment, StackedBars, stacked_bars
from blackgem.lib.charts.cash_flow import CashFlowChart, Column, Quarter, by_quarter, cash_flow_chart
from blackgem.lib.charts.waterfall import Fall, FallColumn, Waterfall, waterfall

__all__ = [
    "Bar",
    "CashFlowChart",
    "Column",
    "Fall",
    "FallColumn",
    "Quarter",
    "Scale",
    "Segment",
    "StackedBars",
    "Tick",
    "Waterfall",
    "axis_label",
    "by_quarter",
    "cash_flow_chart",
    "nice_ticks",
    "stacked_bars",
    "ticks",
    "waterfall",
]
