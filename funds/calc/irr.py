"""The internal rate of return of dated cash flows, with every root that it has.

Source: NPV(r) = Σ aᵢ·(1 + r)^−tᵢ = 0, tᵢ in years from the first flow. Flows with several changes of sign can have
several roots or none, so the NPV is scanned over the whole domain instead of being chased from one guess.

Rates are computed in binary floating point: they are measures, no money, and never become an amount.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from math import exp, expm1, fsum, log

from funds.calc.years import YearCount, years_between

LOWEST = log(1e-6)  # −99.9999 %, excluded
HIGHEST = log(1001)  # 100,000 %, included
HEADLINE_NEAR = Decimal("0.1")
_PLACES = Decimal("1e-12")
_STEPS = 4096
_NOISE = 1e-14  # of the sum of the flows' absolute present values: below it, an NPV is zero


class Reason(StrEnum):
    """Why there is no single rate to show."""

    NO_SIGN_CHANGE = "no_sign_change"
    NO_ROOT = "no_root_in_domain"
    SEVERAL = "multiple_roots"


@dataclass(frozen=True, slots=True)
class Irr:
    """`irr` is the headline rate (0.08 is 8 % a year) or None; `roots` are all of them, ascending.

    Rates have twelve decimals. With several roots the headline is the one nearest 10 %.
    """

    irr: Decimal | None
    roots: tuple[Decimal, ...] = ()
    reason: Reason | None = None


def xirr(flows: Iterable[tuple[date, Decimal]], day_count: YearCount | str = YearCount.ACT_365) -> Irr:
    """The internal rate of return of (date, amount) pairs: paid in negative, paid out positive, in any order.

    Searched in (−99.9999 %, 100,000 %]. Never raises for any amounts: where there is no rate, `reason` says why.
    """
    terms = _terms(flows, day_count)
    changes = _sign_changes([amount for _, amount in terms])
    if not changes:
        return Irr(None, reason=Reason.NO_SIGN_CHANGE)
    roots = tuple(_as_rate(u) for u in _roots(_balance(terms), single=changes == 1))
    if not roots:
        return Irr(None, reason=Reason.NO_ROOT)
    headline = min(roots, key=lambda root: abs(root - HEADLINE_NEAR))
    return Irr(headline, roots, Reason.SEVERAL if len(roots) > 1 else None)


def _terms(flows: Iterable[tuple[date, Decimal]], day_count: YearCount | str) -> list[tuple[float, float]]:
    """(years, amount) in order of time: one per date, scaled to at most one, without zeros."""
    by_date: dict[date, Decimal] = defaultdict(Decimal)
    for on, amount in flows:
        by_date[on] += amount
    dated = sorted((on, amount) for on, amount in by_date.items() if amount)
    if not dated:
        return []
    first, scale = dated[0][0], max(abs(amount) for _, amount in dated)
    return [(float(years_between(first, on, day_count)), float(amount / scale)) for on, amount in dated]


def _sign_changes(amounts: Sequence[float]) -> int:
    """By Descartes' rule no more roots than this exist, and the same number but for an even difference."""
    return sum(left * right < 0 for left, right in pairwise(amounts))


def _as_rate(u: float) -> Decimal:
    return Decimal(expm1(u)).quantize(_PLACES) + 0


# ---------------------------------------------------------------- the roots


def _balance(terms: Sequence[tuple[float, float]]) -> Callable[[float], float]:
    """The NPV at u = ln(1 + r), as a fraction of the absolute present values: −1 to 1, and it cannot overflow."""
    last = terms[-1][0]

    def balance(u: float) -> float:
        origin = last if u < 0 else 0.0
        values = [amount * exp(u * (origin - years)) for years, amount in terms]
        return fsum(values) / fsum(abs(value) for value in values)

    return balance


def _roots(f: Callable[[float], float], *, single: bool) -> list[float]:
    if single:
        return _only_root(f)
    points = [LOWEST + (HIGHEST - LOWEST) * i / _STEPS for i in range(_STEPS + 1)]
    values = [_denoised(f(u)) for u in points]
    found = [u for u, value in zip(points[1:], values[1:], strict=True) if value == 0]
    for i in range(_STEPS):
        if values[i] * values[i + 1] < 0:
            found.append(_bisect(f, points[i], points[i + 1]))
    for i in range(1, _STEPS):
        if _dips(values[i - 1], values[i], values[i + 1]):
            found += _roots_at_dip(f, points[i - 1], points[i + 1])
    return sorted(found)


def _denoised(value: float) -> float:
    return 0.0 if abs(value) <= _NOISE else value


def _only_root(f: Callable[[float], float]) -> list[float]:
    """With one change of sign there is exactly one root, in the domain or outside it."""
    low, high = f(LOWEST), _denoised(f(HIGHEST))
    if high == 0:
        return [HIGHEST]
    return [_bisect(f, LOWEST, HIGHEST)] if _denoised(low) * high < 0 else []


def _bisect(f: Callable[[float], float], low: float, high: float) -> float:
    """The root between two points where the NPV differs in sign, to the last bit."""
    sign = f(low) > 0
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if (f(middle) > 0) == sign:
            low = middle
        else:
            high = middle


def _dips(left: float, middle: float, right: float) -> bool:
    """Whether the NPV comes closest to zero in the middle, without reaching it: two roots may hide there."""
    same_side = left * middle > 0 and middle * right > 0
    return same_side and abs(middle) <= min(abs(left), abs(right))


def _roots_at_dip(f: Callable[[float], float], low: float, high: float) -> list[float]:
    """The two roots between neighbouring points of the scan, or the one where the NPV only touches zero."""
    sign = 1 if f(low) > 0 else -1
    bottom = _lowest_point(lambda u: sign * f(u), low, high)
    if _denoised(f(bottom)) == 0:
        return [bottom]
    if sign * f(bottom) > 0:
        return []
    return [_bisect(f, low, bottom), _bisect(f, bottom, high)]


def _lowest_point(f: Callable[[float], float], low: float, high: float) -> float:
    """The minimum of a function with one dip, by ternary search."""
    for _ in range(100):
        third = (high - low) / 3
        if f(low + third) < f(high - third):
            high -= third
        else:
            low += third
    return (low + high) / 2
