"""Charts: shapes stand where their amounts say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.charts import (
    NARROW,
    WIDE,
    Fall,
    Quarter,
    Scale,
    Size,
    axis_label,
    by_quarter,
    cash_flow_chart,
    nice_ticks,
    short_label,
    stacked_bars,
    waterfall,
)
from blackgem.lib.charts.sizes import CARD_WIDTH

amounts = st.integers(0, 10**15 - 1).map(lambda cents: Decimal(cents).scaleb(-2))
signed = st.integers(-(10**15) + 1, 10**15 - 1).map(lambda cents: Decimal(cents).scaleb(-2))

DEMO = {"funded": Decimal(325_000), "due": Decimal(25_000), "uncalled": Decimal(900_000)}


def test_the_demo_funds_bar():
    chart = stacked_bars([("Demo fund", DEMO)], size=replace(WIDE, width=784))
    (bar,) = chart.bars
    assert [tick.label for tick in chart.ticks] == ["$0", "$250k", "$500k", "$750k", "$1M", "$1.25M"]
    assert [(segment.key, segment.x, segment.width) for segment in bar.segments] == [
        ("funded", 180.0, 130.0),
        ("due", 310.0, 10.0),
        ("uncalled", 320.0, 360.0),
    ]
    assert bar.total == 1_250_000
    assert (chart.left, bar.end, chart.right) == (180, 680, 680)


def test_rows_follow_each_other_and_zero_parts_are_left_out():
    chart = stacked_bars(
        [("A", DEMO), ("B", {"funded": Decimal(0), "due": Decimal(5)})], bar_height=16, gap=16
    )
    assert [bar.y for bar in chart.bars] == [16, 48]
    assert [segment.key for segment in chart.bars[1].segments] == ["due"]
    assert chart.bars[1].y + chart.bars[1].height < chart.bottom < chart.height


def test_a_chart_of_nothing_still_has_an_axis():
    assert [tick.amount for tick in stacked_bars([]).ticks] == [0]
    chart = cash_flow_chart([])
    assert (chart.columns, chart.line) == ((), "")
    assert [tick.amount for tick in chart.ticks] == [0]


def test_a_negative_part_is_refused():
    with pytest.raises(ValueError, match="negative"):
        stacked_bars([("A", {"due": Decimal(-1)})])


@given(st.lists(st.dictionaries(st.sampled_from(["funded", "due", "uncalled"]), amounts), max_size=5))
def test_bars_stay_inside_and_their_segments_touch(rows):
    chart = stacked_bars([(str(number), parts) for number, parts in enumerate(rows)])
    for bar, parts in zip(chart.bars, rows, strict=True):
        assert bar.total == sum(parts.values())
        ends = [chart.left]
        for segment in bar.segments:
            assert segment.x == pytest.approx(ends[-1], abs=0.02)
            ends.append(segment.x + segment.width)
        assert ends[-1] <= chart.right + 0.05


@given(signed, signed)
def test_ticks_enclose_what_they_measure(first, second):
    low, high = sorted((first, second))
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low <= high <= ticks[-1]
    assert len(ticks) <= 8
    assert 0 in ticks or low > 0 or high < 0


@pytest.mark.parametrize(
    ("amount", "currency", "label"),
    [
        ("0", "USD", "$0"),
        ("250000", "USD", "$250k"),
        ("-1250000", "USD", "($1.25M)"),
        ("2500000000", "EUR", "€2.5B"),
        ("0.5", "USD", "$0.5"),
        ("100", "CHF", "CHF\u00a0100"),
    ],
)
def test_axis_labels(amount, currency, label):
    assert axis_label(Decimal(amount), currency) == label


@pytest.mark.parametrize(
    ("amount", "currency", "label"),
    [
        ("50126123.45", "USD", "$50.1M"),
        ("-999999.99", "USD", "($1M)"),
        ("12.345", "KWD", "KWD\u00a012.3"),
        ("0", "JPY", "¥0"),
    ],
)
def test_a_short_label_has_three_figures(amount, currency, label):
    assert short_label(Decimal(amount), currency) == label


def test_flows_by_quarter_with_quiet_quarters_and_a_reversal():
    zero = Decimal(0)
    flows = [
        (date(2026, 3, 1), Decimal(75_000), zero),
        (date(2025, 10, 1), Decimal(100_000), zero),
        (date(2026, 7, 2), Decimal(-8_000), zero),
        (date(2026, 9, 30), zero, Decimal(50_000)),
    ]
    assert by_quarter(flows) == [
        Quarter("Q4 2025", Decimal(100_000), zero),
        Quarter("Q1 2026", Decimal(75_000), zero),
        Quarter("Q2 2026", zero, zero),
        Quarter("Q3 2026", Decimal(-8_000), Decimal(50_000)),
    ]
    assert by_quarter([]) == []


def test_the_j_curve():
    quarters = [
        Quarter("Q1 2026", Decimal(100), Decimal(0)),
        Quarter("Q2 2026", Decimal(0), Decimal(150)),
    ]
    chart = cash_flow_chart(quarters, size=Size("wide", 272, 290, 72, 0, 10))
    assert [tick.amount for tick in chart.ticks] == [-100, -50, 0, 50, 100, 150]
    assert [column.net for column in chart.columns] == [-100, 50]
    assert chart.zero_y == 162.0
    down, up = chart.columns
    assert (down.paid_in_y, down.paid_in_height) == (162.0, 100.0)
    assert (up.paid_out_y, up.paid_out_height) == (12.0, 150.0)
    assert (down.slot.middle, up.slot.middle) == (122.0, 222.0)
    assert chart.line == "122.0,262.0 222.0,112.0"
    assert chart.end == "$50"


@pytest.mark.parametrize("size", [WIDE, NARROW])
@given(st.lists(st.tuples(signed, signed), max_size=60))
def test_every_column_and_point_stays_inside(size, flows):
    chart = cash_flow_chart([Quarter(str(number), *flow) for number, flow in enumerate(flows)], size=size)
    assert len(flows[:: chart.label_step]) <= size.names
    for column in chart.columns:
        assert 0 <= column.paid_in_y <= column.paid_in_y + column.paid_in_height <= size.height
        assert 0 <= column.paid_out_y <= column.paid_out_y + column.paid_out_height <= size.height
        assert 0 <= column.net_y <= size.height
        assert size.before <= column.x <= column.x + column.width <= chart.right
        assert 0 <= column.slot.card_x <= column.slot.card_x + CARD_WIDTH <= size.width


def test_a_scale_without_a_span_stays_at_its_start():
    assert Scale(Decimal(0), Decimal(0), 10, 100).at(Decimal(0)) == 10


# ---------------------------------------------------------------- a distribution, tier by tier


def test_the_exit_climbs_from_capital_to_the_whole():
    falls = [
        Fall("Capital", Decimal(350_000), Decimal(0)),
        Fall("Preferred", Decimal(84_000), Decimal(0)),
        Fall("Catch-up", Decimal(0), Decimal(21_000)),
        Fall("Split", Decimal(36_000), Decimal(9_000)),
    ]
    chart = waterfall(falls, size=Size("wide", 580, 548, 80, 0, 10))
    capital, pref, catch_up, split, total = chart.columns
    assert (chart.zero_y, capital.lp_y, capital.lp_height) == (520.0, 170.0, 350.0)
    assert (pref.lp_y, pref.lp_height, pref.gp_height) == (86.0, 84.0, 0.0)
    assert (catch_up.gp_y, catch_up.gp_height) == (65.0, 21.0)
    assert (split.lp_y, split.gp_y, split.top) == (29.0, 20.0, 20.0)
    assert (total.lp, total.gp, total.lp_y, total.gp_y) == (470_000, 30_000, 50.0, 20.0)
    assert chart.bridges[0] == (160.0, 200.0, 170.0)
    assert [tick.label for tick in chart.ticks] == ["$0", "$100k", "$200k", "$300k", "$400k", "$500k"]


@given(st.lists(st.tuples(amounts, amounts), max_size=12))
def test_every_step_of_a_waterfall_begins_where_the_last_ended(steps):
    chart = waterfall([Fall("", lp, gp) for lp, gp in steps])
    assert len(chart.columns) == len(steps) + 1
    assert chart.columns[-1].total == sum((lp + gp for lp, gp in steps), Decimal(0))
    for one, two in zip(chart.columns[:-2], chart.columns[1:-1], strict=True):
        assert abs(two.lp_y + two.lp_height - one.top) <= 0.03


def test_a_waterfall_never_pays_less_than_nothing():
    with pytest.raises(ValueError, match="nothing negative"):
        waterfall([Fall("Capital", Decimal(-1), Decimal(0))])
