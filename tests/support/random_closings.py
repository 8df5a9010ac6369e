"""Random closings, and a second way to split an amount."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from blackgem.lib.money import from_units
from closings.calc.interest import InterestTerms
from closings.calc.terms import ClosingDays, EqualisationTerms, HeldLine, Resplit

FIRST, ON, PAY_ON = date(2026, 1, 15), date(2026, 7, 1), date(2026, 7, 20)
DAYS = ClosingDays(ON, PAY_ON, FIRST)
EIGHT = InterestTerms(Decimal("0.08"))
CENT = Decimal("0.01")

units = st.sampled_from([CENT, Decimal(1), Decimal("0.001")])
counts = st.one_of(st.integers(1, 50), st.integers(1, 10**9))
commitments = st.integers(1, 10**8).map(Decimal)


def largest_remainder(total: Decimal, weights: dict, unit: Decimal) -> dict:
    """By exact shares: everybody its whole units, what is left to the largest rests, ties to larger weights."""
    whole = sum(weights.values())
    exact = {
        key: Fraction(total) / Fraction(unit) * Fraction(weight) / Fraction(whole)
        for key, weight in weights.items()
    }
    given = {key: int(share) for key, share in exact.items()}
    left = int(Fraction(total) / Fraction(unit)) - sum(given.values())
    order = sorted(weights, key=lambda key: (given[key] - exact[key], -weights[key]))
    return {key: (given[key] + (key in order[:left])) * unit for key in weights}


def half_up(amount: Fraction, unit: Decimal) -> Decimal:
    twice = int(2 * abs(amount) / Fraction(unit))
    return (1 if amount >= 0 else -1) * ((twice + 1) // 2) * unit


@st.composite
def registers(draw):
    """Commitments before a closing, and after it: increases and newcomers, one of them at least."""
    before = {f"P{number}": draw(commitments) for number in range(draw(st.integers(1, 4)))}
    raised = draw(st.lists(st.sampled_from(sorted(before)), max_size=2, unique=True))
    newcomers = {
        f"N{number}": draw(commitments) for number in range(draw(st.integers(0 if raised else 1, 3)))
    }
    after = {key: weight + (draw(commitments) if key in raised else 0) for key, weight in before.items()}
    return before, after | newcomers


@st.composite
def lines(draw, before: dict, unit: Decimal):
    """A line or a distribution as it is held: by commitments, or as a person or another key once split it."""
    key = draw(st.integers(0, 10**9))
    excused = frozenset(draw(st.lists(st.sampled_from([*before, "N0"]), max_size=1))) - (
        before.keys() if len(before) == 1 else set()
    )
    amount = from_units(draw(counts), unit)
    pool = {one: weight for one, weight in before.items() if one not in excused}
    resplit = draw(st.sampled_from([Resplit.COMMITMENT, Resplit.COMMITMENT, Resplit.FIXED]))
    weights = pool if resplit == Resplit.COMMITMENT else {one: draw(commitments) for one in before}
    held = largest_remainder(amount, weights, unit)
    paid = {
        one: draw(st.sampled_from([part, part, from_units(0, unit), from_units(int(part / unit) // 2, unit)]))
        for one, part in held.items()
    }
    is_distribution = draw(st.sampled_from([False, False, True]))
    return HeldLine(
        key,
        amount,
        FIRST + timedelta(draw(st.integers(0, 200))),
        held,
        paid=draw(st.sampled_from([None, paid])),
        excused=excused,
        resplit=resplit,
        # What was distributed is worth nothing any more: a value is that of a line.
        value=None if is_distribution else draw(st.none() | st.just(amount) | st.just(amount * 2)),
        is_distribution=is_distribution,
    )


@st.composite
def closings(draw):
    unit = draw(units)
    before, after = draw(registers())
    held = draw(st.lists(lines(before, unit), max_size=4, unique_by=lambda line: line.key))
    terms = EqualisationTerms(EIGHT, no_interest=draw(st.sampled_from([(), ("P0",), ("N0", "P0")])))
    return held, before, after, terms, unit
