"""Day counts and growth."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.rates import DayCount, as_decimal, days_between, growth, year_fraction

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("start", "end", "day_count", "count"),
    [
        (date(2025, 10, 1), date(2026, 10, 1), "act/365", 365),
        (date(2024, 1, 1), date(2025, 1, 1), "act/360", 366),
        (date(2025, 1, 31), date(2025, 2, 28), "30E/360", 28),
        (date(2025, 2, 28), date(2025, 3, 31), "30E/360", 32),
        (date(2024, 2, 29), date(2025, 2, 28), "30E/360", 359),
        (date(2025, 1, 30), date(2025, 1, 31), "30E/360", 0),
        (date(2026, 1, 1), date(2025, 1, 1), "30E/360", -360),
    ],
)
def test_days_between(start, end, day_count, count):
    assert days_between(start, end, day_count) == count


def test_years_are_exact():
    assert year_fraction(date(2025, 1, 1), date(2025, 3, 15)) == Fraction(1, 5)
    assert year_fraction(date(2025, 1, 1), date(2026, 1, 1), DayCount.ACT_360) == Fraction(73, 72)
    assert year_fraction(date(2025, 1, 31), date(2025, 7, 31), "30E/360") == Fraction(1, 2)
    with pytest.raises(ValueError, match="30/360 US"):
        year_fraction(date(2025, 1, 1), date(2026, 1, 1), "30/360 US")


@given(days, days, days, st.sampled_from(DayCount))
def test_every_day_count_adds_up_over_sub_periods(first, second, third, day_count):
    whole = year_fraction(first, third, day_count)
    assert year_fraction(first, second, day_count) + year_fraction(second, third, day_count) == whole


@given(days, st.sampled_from(DayCount))
def test_a_day_is_never_negative(start, day_count):
    assert 0 <= days_between(start, start + timedelta(days=1), day_count) <= 3


def test_growth():
    assert growth(Decimal("0.08"), Fraction(2)) == Decimal("1.1664")
    assert growth(Decimal("0.08"), Fraction(1), periods_per_year=4) == Decimal("1.08243216")
    assert growth(Decimal("0.08"), Fraction(0)) == 1
    assert growth(Decimal("0"), Fraction(7, 3)) == 1
    assert str(growth(Decimal("0.08"), Fraction(1, 2)))[:20] == "1.039230484541326376"
    assert growth(Decimal("0.21"), Fraction(1, 2)) == Decimal("1.1")


@given(st.integers(0, 10**8).map(lambda n: Decimal(n).scaleb(-8)), st.integers(0, 3650), st.integers(0, 3650))
def test_growth_over_parts_is_growth_over_the_whole(rate, first, second):
    parts = growth(rate, Fraction(first, 365)) * growth(rate, Fraction(second, 365))
    whole = growth(rate, Fraction(first + second, 365))
    assert abs(parts / whole - 1) < Decimal("1e-25")


def test_a_fraction_as_a_decimal():
    assert as_decimal(Fraction(1, 8)) == Decimal("0.125")
    assert str(as_decimal(Fraction(1, 3))) == "0." + "3" * 40
