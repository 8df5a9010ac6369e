"""The internal rate of return of dated cash flows, with every root that it has.

Source: NPV(r) = Σ aᵢ·(1 + r)^−tᵢ = 0, tᵢ in years from the first flow. Flows with several changes of sign can have
several roots or none, so the NPV is scanned over the whole domain instead of being chased from one guess.

Rates are computed in binary floating point: they are measures, no money, and never become an amount.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import exp, expm1, fsum, log
from typing import NamedTuple

from funds.calc.years import YearCount, years_between

LOWEST = log(1e-6)  # −99.9999 %, excluded
HIGHEST = log(1001)  # 100,000 %, included
HEADLINE_NEAR = Decimal("0.1")
_PLACES = Decimal("1e-12")
_NOISE = 1e-14  # of the sum of the flows' absolute present values: below it, an NPV is zero
_FINEST = 1e-5  # a stretch of ln(1 + r) in which the NPV has one dip at most
_TOGETHER = 2e-8  # roots nearer than that are one


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
    if len({amount > 0 for _, amount in terms}) < 2:
        return Irr(None, reason=Reason.NO_SIGN_CHANGE)
    roots = tuple(_as_rate(u) for u in _roots(terms))
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


def _as_rate(u: float) -> Decimal:
    return Decimal(expm1(u)).quantize(_PLACES) + 0


# ---------------------------------------------------------------- the roots


class _Point(NamedTuple):
    """The NPV at a place, zero where it is only noise, and the slopes of what came out and of what went in."""

    w: float
    value: float
    slope_out: float
    slope_in: float


_Terms = Sequence[tuple[float, float]]


def _roots(terms: _Terms) -> list[float]:
    """Every u = ln(1 + r) of the domain at which the NPV is zero, ascending.

    The domain is scanned in two halves, each in a form that cannot overflow: Σ aᵢ·e^(w·sᵢ) with w ≤ 0 ≤ sᵢ.
    """
    last = terms[-1][0]
    below = [(last - years, amount) for years, amount in terms]
    lowest, middle, highest = _at(below, LOWEST), _at(below, 0.0), _at(terms, -HIGHEST)
    found = list(_scan(below, lowest, middle))
    found += [0.0] if middle.value == 0 else []
    found += [-w for w in _scan(terms, highest, _at(terms, 0.0))]
    found += [HIGHEST] if highest.value == 0 else []
    found.sort()
    return [u for i, u in enumerate(found) if not i or u - found[i - 1] > _TOGETHER]


def _at(terms: _Terms, w: float) -> _Point:
    values = [amount * exp(w * years) for years, amount in terms]
    rises = [years * value for (years, _), value in zip(terms, values, strict=True)]
    total = fsum(values)
    if abs(total) <= _NOISE * fsum(map(abs, values)):
        total = 0.0
    return _Point(w, total, sum(rise for rise in rises if rise > 0), -sum(rise for rise in rises if rise < 0))


def _scan(terms: _Terms, a: _Point, b: _Point) -> Iterator[float]:
    """The roots strictly between two points: halves the stretch until each part provably holds one root or none.

    Both slopes only grow with w, so their values at the ends bound the slope of the NPV in between.
    """
    stretches = [(a, b)]
    while stretches:
        a, b = stretches.pop()
        least, most = a.slope_out - b.slope_in, b.slope_out - a.slope_in
        if least >= 0 or most <= 0:
            if a.value * b.value < 0:
                yield _root(terms, a, b)
        elif not _stays_away_from_zero(a, b, least, most):
            if b.w - a.w < _FINEST:
                yield from _at_a_dip(terms, a, b)
                continue
            middle = _between(terms, a, b)
            if middle.value == 0:
                yield middle.w
            stretches += [(a, middle), (middle, b)]


def _stays_away_from_zero(a: _Point, b: _Point, least: float, most: float) -> bool:
    width = b.w - a.w
    if a.value > 0 < b.value:
        return a.value + width * least > 0 or b.value - width * most > 0
    return a.value < 0 > b.value and (a.value + width * most < 0 or b.value - width * least < 0)


def _between(terms: _Terms, a: _Point, b: _Point) -> _Point:
    """The middle, or a place beside it where the NPV is clearly not zero: a root is better found than hit."""
    for share in (0.5, 0.47, 0.53):
        point = _at(terms, a.w + (b.w - a.w) * share)
        if point.value:
            break
    return point


def _bisect(f: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that differs in sign at the ends changes it, to the last bit."""
    sign = f(low) > 0
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if (f(middle) > 0) == sign:
            low = middle
        else:
            high = middle


def _root(terms: _Terms, a: _Point, b: _Point) -> float:
    return _bisect(lambda w: fsum(amount * exp(w * years) for years, amount in terms), a.w, b.w)


def _at_a_dip(terms: _Terms, a: _Point, b: _Point) -> list[float]:
    """The two roots of a tiny stretch, or the one where the NPV only touches zero."""
    if a.value * b.value < 0:
        return [_root(terms, a, b)]
    if a.value * b.value == 0 or _slope(a) * _slope(b) >= 0:
        return []
    bottom = _at(terms, _bisect(lambda w: _slope(_at(terms, w)), a.w, b.w))
    if bottom.value * a.value < 0:
        return [_root(terms, a, bottom), _root(terms, bottom, b)]
    return [] if bottom.value else [bottom.w]


def _slope(point: _Point) -> float:
    return point.slope_out - point.slope_in
