"""What capital earns over a stretch of time, at full precision: forty significant digits, rounded nowhere here."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache

from blackgem.lib.money import MoneyError, round_to_unit
from blackgem.lib.rates import growth, year_fraction
from distributions.calc.terms import Compounding, Terms

PRECISE = Context(prec=40, rounding=ROUND_HALF_EVEN)
ZERO = Decimal("0.00")
_SETTLED = Decimal("1e-18")
_PERIODS = {Compounding.ANNUAL: 1, Compounding.QUARTERLY: 4}


def rounded(exact: Decimal, unit: Decimal) -> Decimal:
    """Round to the currency's unit (0.01 for a dollar, 1 for a yen), half away from zero.

    What lies within 10⁻¹⁸ of half a unit is half a unit: only the noise of earlier divisions is that close.
    """
    return round_to_unit(exact.quantize(_SETTLED, context=PRECISE), unit)


def check_units(amounts: Iterable[Decimal], unit: Decimal) -> None:
    """Raise MoneyError("amount.max_decimal_places") for an amount that is no whole number of units."""
    for amount in amounts:
        if amount.quantize(unit, context=PRECISE) != amount:
            raise MoneyError("amount.max_decimal_places", f"{amount} is not a whole number of {unit}.")


def earned(capital: Decimal, accrued: Decimal, terms: Terms, start: date, end: date) -> Decimal:
    """The preferred return that `capital`, and what it accrued so far, earn from `start` to `end`.

    Compounding: (capital + accrued) × ((1 + r/n)^(n·t) − 1); simple: capital × r × t. Call it in a context of
    forty digits.
    """
    if terms.compounding == Compounding.SIMPLE:
        years = _years(start, end, terms.day_count)
        return capital * terms.pref_rate * years.numerator / years.denominator
    factor = growth_between(start, end, terms.pref_rate, terms.day_count, _PERIODS[terms.compounding])
    return (capital + accrued) * (factor - 1)


@lru_cache(maxsize=8192)
def growth_between(start: date, end: date, rate: Decimal, day_count: str, periods: int = 1) -> Decimal:
    """What one unit grows to. Kept, because all partners of a fund share its dates."""
    return growth(rate, year_fraction(start, end, day_count), periods_per_year=periods)


@lru_cache(maxsize=8192)
def _years(start: date, end: date, day_count: str) -> Fraction:
    return year_fraction(start, end, day_count)


def future_value(amount: Decimal, terms: Terms, start: date, end: date) -> Decimal:
    """`amount` with the preferred return that it earns from `start` to `end`."""
    return amount + earned(amount, Decimal(0), terms, start, end)
