"""Day counts and compounding. Time is an exact fraction of a year; growth carries 40 significant digits."""

from datetime import date
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction

_PRECISE = Context(prec=40)


class DayCount(StrEnum):
    """How days become years. 30E/360 is the one thirty-day convention that adds up over sub-periods."""

    ACT_365 = "act/365"
    ACT_360 = "act/360"
    THIRTY_E_360 = "30E/360"


_DAYS_IN_YEAR = {DayCount.ACT_365: 365, DayCount.ACT_360: 360, DayCount.THIRTY_E_360: 360}


def days_between(start: date, end: date, day_count: DayCount | str = DayCount.ACT_365) -> int:
    """Days from `start` to `end`, negative if `end` comes first. Raises ValueError for an unknown day count.

    30E/360: every month has 30 days, and a 31st is a 30th (ISDA 2006, section 4.16(g)).
    """
    if DayCount(day_count) == DayCount.THIRTY_E_360:
        return _thirty_day_number(end) - _thirty_day_number(start)
    return (end - start).days


def _thirty_day_number(day: date) -> int:
    return 360 * day.year + 30 * day.month + min(day.day, 30)


def year_fraction(start: date, end: date, day_count: DayCount | str = DayCount.ACT_365) -> Fraction:
    """Years from `start` to `end`, exactly."""
    return Fraction(days_between(start, end, day_count), _DAYS_IN_YEAR[DayCount(day_count)])


def growth(rate: Decimal, years: Fraction, *, periods_per_year: int = 1) -> Decimal:
    """(1 + rate / n) ^ (n × years): what one unit grows to at a yearly `rate` (0.08) compounded n times a year.

    Forty significant digits, rounded half-even; whole periods are exact as far as those reach.
    """
    base = 1 + Fraction(rate) / periods_per_year
    return _PRECISE.power(as_decimal(base), as_decimal(years * periods_per_year))


def as_decimal(fraction: Fraction) -> Decimal:
    """A fraction to forty significant digits."""
    return _PRECISE.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))
