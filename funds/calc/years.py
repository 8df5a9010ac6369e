"""Years between dates for a rate of return, with two conventions more than a preferred return may use.

Those two do not add up over sub-periods, so nothing accrues by them. Source: ISDA 2006 definitions, section
4.16 (b) and (f).
"""

from calendar import isleap
from datetime import date
from enum import StrEnum
from fractions import Fraction

from blackgem.lib.rates import DayCount, year_fraction


class YearCount(StrEnum):
    """How days become years when a rate of return is computed."""

    ACT_365 = "act/365"
    ACT_360 = "act/360"
    THIRTY_E_360 = "30E/360"
    THIRTY_360_ISDA = "30/360 ISDA"
    ACT_ACT_ISDA = "act/act ISDA"


def years_between(start: date, end: date, day_count: YearCount | str = YearCount.ACT_365) -> Fraction:
    """Years from `start` to a later `end`, exactly. Raises ValueError for an unknown day count."""
    counted = YearCount(day_count)
    if counted == YearCount.THIRTY_360_ISDA:
        return Fraction(_thirty_360_days(start, end), 360)
    if counted == YearCount.ACT_ACT_ISDA:
        return _calendar_years(end) - _calendar_years(start)
    return year_fraction(start, end, DayCount(counted.value))


def _thirty_360_days(start: date, end: date) -> int:
    """A 31st is a 30th; at the end only if the start is a 30th or 31st as well."""
    first = min(start.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def _calendar_years(day: date) -> Fraction:
    """The year with the part of it that has passed: each day counts as a 365th, in leap years as a 366th."""
    return day.year + Fraction(day.timetuple().tm_yday - 1, 366 if isleap(day.year) else 365)
