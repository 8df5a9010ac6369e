"""Interest for coming late: days and compounding. Exact fractions; what is charged is rounded once, by who charges it.

Rates are yearly fractions (0.08 is 8 %).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import round_to_unit
from blackgem.lib.rates import DayCount, growth


class Compounding(StrEnum):
    """`ANNUAL`: whole years since the start compound, the days after the last anniversary are simple.
    `ANNUAL_EXPONENT`: (1 + rate) ^ (days / basis) − 1, which below one year is less than simple."""

    SIMPLE = "simple"
    ANNUAL = "annual"
    ANNUAL_EXPONENT = "annual_exponent"


class EqualisationRefused(InvalidInput):
    """Terms, days or amounts with which no closing can be equalised."""


@dataclass(frozen=True, slots=True)
class RateFrom:
    """A rate of a table, from a day on."""

    starts_on: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """One rate, or a table of them; `spread` comes on top. `count_both_ends`: one day more."""

    rate: Decimal | None = None
    rates: tuple[RateFrom, ...] = ()
    spread: Decimal = Decimal(0)
    compounding: Compounding = Compounding.SIMPLE
    day_count: DayCount = DayCount.ACT_365
    count_both_ends: bool = False


_DAYS_IN_YEAR = {DayCount.ACT_365: 365, DayCount.ACT_360: 360}


def check_interest(terms: InterestTerms) -> None:
    """Raise EqualisationRefused: `rate_out_of_range` (outside 0 to 1), `period_overlap` (the days of a table do not
    rise), `rate_table_needs_simple`, `day_count_unsupported`, `rate_given_twice`."""
    stated = [row.rate for row in terms.rates] if terms.rates else [terms.rate or Decimal(0)]
    if not all(0 <= rate <= 1 and 0 <= rate + terms.spread <= 1 for rate in stated):
        raise EqualisationRefused("rate_out_of_range", "A rate of interest lies between 0 and 1.")
    if terms.rate is not None and terms.rates:
        raise EqualisationRefused("rate_given_twice", "Interest has one rate or a table of rates, not both.")
    if any(later.starts_on <= row.starts_on for row, later in pairwise(terms.rates)):
        raise EqualisationRefused("period_overlap", "Each rate of a table starts after the one before.")
    if terms.rates and terms.compounding != Compounding.SIMPLE:
        raise EqualisationRefused("rate_table_needs_simple", "Interest by a table of rates is simple.")
    if terms.day_count not in _DAYS_IN_YEAR:
        raise EqualisationRefused("day_count_unsupported", "Interest counts actual days, of 365 or of 360.")


def interest_days(terms: InterestTerms, start: date, end: date) -> int:
    """Days that bear interest; none where it starts after its end."""
    return (end - start).days + terms.count_both_ends if start <= end else 0


def interest_factor(terms: InterestTerms, start: date, end: date) -> Fraction:
    """The interest on an amount of one. Exact, but for `ANNUAL_EXPONENT`: forty digits.

    Raises EqualisationRefused("rate_missing") where days bear interest and no rate is known on the first of them.
    """
    days = interest_days(terms, start, end)
    if not days:
        return Fraction(0)
    stop, basis = start + timedelta(days), _DAYS_IN_YEAR[terms.day_count]
    if terms.compounding == Compounding.SIMPLE:
        return sum((rate * days / basis for rate, days in _at_each_rate(terms, start, stop)), Fraction(0))
    [(rate, _)] = _at_each_rate(terms, start, stop)
    if terms.compounding == Compounding.ANNUAL_EXPONENT:
        return Fraction(growth((terms.rate or Decimal(0)) + terms.spread, Fraction(days, basis))) - 1
    years = whole_years(start, stop)
    rest = (stop - anniversary(start, years)).days
    return (1 + rate) ** years * (1 + rate * rest / basis) - 1


def _at_each_rate(terms: InterestTerms, start: date, stop: date) -> list[tuple[Fraction, int]]:
    """Each rate that applies in [start, stop), spread included, with its number of days."""
    rows = terms.rates or (() if terms.rate is None else (RateFrom(date.min, terms.rate),))
    if not rows or rows[0].starts_on > start:
        raise EqualisationRefused("rate_missing", f"No rate of interest is known on {start}.")
    ends = [*(row.starts_on for row in rows[1:]), date.max]
    spans = [
        (Fraction(row.rate) + Fraction(terms.spread), (min(end, stop) - max(row.starts_on, start)).days)
        for row, end in zip(rows, ends, strict=True)
    ]
    return [(rate, days) for rate, days in spans if days > 0]


def interest_on(amount: Decimal, factor: Fraction, unit: Decimal) -> Decimal:
    """The interest on an amount, rounded half away from zero."""
    return round_to_unit(Fraction(amount) * factor, unit)


def whole_years(start: date, stop: date) -> int:
    """How many anniversaries of `start` have come by `stop`."""
    years = stop.year - start.year
    return years if anniversary(start, years) <= stop else years - 1


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; of 29 February, 28 February in common years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
