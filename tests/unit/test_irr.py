"""The internal rate of return: against another implementation, and where that one has no answer."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from funds.calc.irr import Irr, Reason, xirr
from funds.calc.years import YearCount, years_between

START = date(2012, 1, 1)
OTHERS_NAMES = {
    YearCount.ACT_365: pyxirr.DayCount.ACT_365F,
    YearCount.ACT_360: pyxirr.DayCount.ACT_360,
    YearCount.THIRTY_E_360: pyxirr.DayCount.THIRTY_E_360,
    YearCount.THIRTY_360_ISDA: pyxirr.DayCount.THIRTY_360_ISDA,
    YearCount.ACT_ACT_ISDA: pyxirr.DayCount.ACT_ACT_ISDA,
}


def yearly(*amounts: Decimal | str | int) -> list[tuple[date, Decimal]]:
    """Flows 365 days apart."""
    return [(START + timedelta(365 * n), Decimal(amount)) for n, amount in enumerate(amounts)]


def single_root_flows(chance: random.Random) -> list[tuple[date, Decimal]]:
    """Money in, then money out: one change of sign, so one root. From a few weeks to twelve years."""
    count = chance.randint(2, 40)
    days = sorted(chance.sample(range(chance.choice([400, 4400])), count))
    turn = chance.randint(1, count - 1)
    return [
        (START + timedelta(day), Decimal(chance.randint(1, 10**9)).scaleb(-2) * (1 if n >= turn else -1))
        for n, day in enumerate(days)
    ]


@pytest.mark.parametrize("day_count", YearCount)
def test_agrees_with_another_implementation(day_count):
    chance = random.Random(f"flows {day_count}")  # the same in every run
    compared = 0
    for _ in range(800):
        flows = single_root_flows(chance)
        days, amounts = [on for on, _ in flows], [float(amount) for _, amount in flows]
        other = pyxirr.xirr(days, amounts, day_count=OTHERS_NAMES[day_count])
        if other is None or not -0.99 < other < 10:  # it gives up, or iterates to less than 1e-8
            continue
        found = xirr(flows, day_count)
        assert found.reason is None
        assert abs(float(found.irr) - other) < 1e-8
        compared += 1
    assert compared > 500


@given(st.randoms(use_true_random=False))
def test_the_net_present_value_is_zero_at_every_root(chance):
    days = sorted(chance.sample(range(3000), chance.randint(2, 12)))
    flows = [(START + timedelta(day), Decimal(chance.randint(-(10**8), 10**8)).scaleb(-2)) for day in days]
    found = xirr(flows)
    assert (
        (found.irr is None) == (not found.roots) == (found.reason in (Reason.NO_SIGN_CHANGE, Reason.NO_ROOT))
    )
    assert list(found.roots) == sorted(found.roots)
    for root in found.roots:
        values = [
            float(amount) * (1 + float(root)) ** -float(years_between(flows[0][0], on))
            for on, amount in flows
        ]
        assert abs(sum(values)) < 1e-6 * sum(map(abs, values))


@given(st.randoms(use_true_random=False), st.integers(1, 10**9))
def test_neither_order_nor_scale_nor_sign_matter(chance, factor):
    flows = single_root_flows(chance)
    scaled = [(on, -amount * factor) for on, amount in flows]
    chance.shuffle(scaled)
    roots, again = xirr(flows).roots, xirr(scaled).roots
    assert len(roots) == len(again)
    assert all(abs(a - b) <= Decimal("1e-11") * max(1, abs(a)) for a, b in zip(roots, again, strict=True))


# ---------------------------------------------------------------- several roots, one or none


def test_three_roots_and_the_headline_is_the_one_nearest_ten_percent():
    found = xirr(yearly(-1000, 3600, -4310, 1716))
    assert found == Irr(Decimal("0.1"), (Decimal("0.1"), Decimal("0.2"), Decimal("0.3")), Reason.SEVERAL)


def test_two_roots_that_lie_close_together():
    """(v − 1/1.10)(v − 1/1.1001): within one step of the scan."""
    found = xirr(yearly("-1000000", "2200100", "-1210110"))
    assert found.reason == Reason.SEVERAL
    assert [round(root, 6) for root in found.roots] == [Decimal("0.1"), Decimal("0.1001")]


def test_a_root_where_the_value_only_touches_zero_is_one_root():
    for rate in ("0.1", "0", "-0.5", "3"):
        root = 1 + Decimal(rate)
        found = xirr(yearly(-100, 200 * root, -100 * root**2))
        assert (len(found.roots), found.reason) == (1, None)
        assert abs(found.irr - Decimal(rate)) < Decimal("1e-8")


def test_five_roots():
    rates = [Decimal(rate) for rate in ("-0.6", "-0.1", "0.05", "0.4", "9")]
    amounts = [Decimal(-1000)]  # Π (1 + r − vᵢ) over the growth factors v
    for factor in (1 + rate for rate in rates):
        amounts = [
            high - factor * low
            for high, low in zip([*amounts, Decimal(0)], [Decimal(0), *amounts], strict=True)
        ]
    found = xirr(yearly(*amounts))
    assert [round(root, 8) for root in found.roots] == rates
    assert found.irr == found.roots[2]


def test_several_changes_of_sign_may_still_mean_one_root():
    found = xirr(yearly(-1000, 1500, -100, 50))
    assert (len(found.roots), found.reason) == (1, None)


@pytest.mark.parametrize(
    "flows",
    [
        [],
        yearly(0, 0),
        yearly(100, 50),
        yearly(-100, 0, -50),
        [*yearly(-100), *yearly(100)],
        [*yearly(-100), *yearly(150)],
    ],
    ids=["nothing", "zeros", "in only", "out only", "nets to zero", "nets to one flow"],
)
def test_without_a_change_of_sign_there_is_no_rate(flows):
    assert xirr(flows) == Irr(None, (), Reason.NO_SIGN_CHANGE)


@pytest.mark.parametrize(
    "flows",
    [yearly(1000, -3000, 2500), yearly(-1, 1002), yearly("-1000000", "0.5"), yearly("-1000000", 1)],
    ids=["no real root", "above 100,000 %", "below −99.9999 %", "at −99.9999 %"],
)
def test_changes_of_sign_without_a_root_in_the_domain(flows):
    assert xirr(flows) == Irr(None, (), Reason.NO_ROOT)


@pytest.mark.parametrize(
    ("flows", "irr"),
    [
        (yearly(-1, 1001), "1000"),  # the upper end belongs to the domain
        (yearly(-100, 0, 100), "0"),
        (yearly("-1000000", "1.1"), "-0.9999989"),
        (yearly("-10000000000.00", "10000000000000.00"), "999"),
    ],
)
def test_the_ends_of_the_domain(flows, irr):
    assert abs(xirr(flows).irr - Decimal(irr)) < Decimal("1e-8")


def test_a_century_does_not_overflow():
    found = xirr([(date(1920, 1, 1), Decimal(-1)), (date(2020, 1, 1), Decimal(1000000))])
    assert abs(found.irr - Decimal("0.148")) < Decimal("0.001")
    flows = [(date(1920 + n, 1, 1), Decimal(-1 if n % 3 else 2)) for n in range(101)]
    assert xirr(flows).reason in (None, *Reason)


def test_flows_of_one_day_are_one_flow():
    assert xirr(yearly(-100, 60) + yearly(0, 50)) == xirr(yearly(-100, 110))


# ---------------------------------------------------------------- years


@pytest.mark.parametrize(
    ("day_count", "start", "end", "years"),
    [
        (YearCount.ACT_ACT_ISDA, date(2019, 7, 1), date(2020, 7, 1), Decimal("1.0014")),
        (YearCount.ACT_ACT_ISDA, date(2021, 1, 1), date(2024, 1, 1), Decimal("3.0000")),
        (YearCount.THIRTY_360_ISDA, date(2021, 1, 30), date(2021, 3, 31), Decimal("0.1667")),
        (YearCount.THIRTY_360_ISDA, date(2021, 1, 29), date(2021, 3, 31), Decimal("0.1722")),
        (YearCount.THIRTY_E_360, date(2021, 1, 29), date(2021, 3, 31), Decimal("0.1694")),
    ],
)
def test_years_between(day_count, start, end, years):
    assert round(Decimal(float(years_between(start, end, day_count))), 4) == years


def test_an_unknown_day_count_is_refused():
    with pytest.raises(ValueError, match="act/fact"):
        xirr(yearly(-1, 2), "act/fact")
