"""What capital earns over a stretch of time, at full precision: forty significant digits, rounded nowhere here."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache

from blackgem.lib.money import MoneyError, round_cent
from blackgem.lib.rates import growth, year_fraction
from distributions.calc.terms import Compounding, Terms

PRECISE = Context(prec=40, rounding=ROUND_HALF_EVEN)
CENT = Decimal("0.01")
ZERO = Decimal("0.00")
_SETTLED = Decimal("1e-18")
_PERIODS = {Compounding.ANNUAL: 1, Compounding.QUARTERLY: 4}


def to_cents(exact: Decimal) -> Decimal:
    """Round to a cent, half away from zero.

    What lies within 10⁻¹⁸ of half a cent is half a cent: only the noise of earlier divisions is that close.
    """
    return round_cent(exact.quantize(_SETTLED, context=PRECISE))


def check_cents(amounts: Iterable[Decimal]) -> None:
    """Raise MoneyError("amount.max_decimal_places") for an amount that is no whole number of cents."""
    for amount in amounts:
        if amount.quantize(CENT, context=PRECISE) != amount:
            raise MoneyError("amount.max_decimal_places", f"{amount} has more than two decimals.")


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
