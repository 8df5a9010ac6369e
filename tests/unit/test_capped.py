"""Splitting up to caps, and calls after an excuse or by another key: what holds for all of them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.money import ZeroWeights, from_units, split
from capital.calc.capped import split_capped
from capital.calc.excuses import revise
from capital.calc.keys import KeyRefused, SplitBy, Standing, next_call
from capital.calc.prorata import ExceedsUnfunded, Share, split_call
from tests.support.examples import examples

units = st.sampled_from([Decimal("0.01"), Decimal(1), Decimal("0.001")])
counts = st.integers(0, 10**9)
pools = st.lists(st.tuples(st.integers(1, 10**6), st.none() | counts), min_size=1, max_size=6)
keys = st.sampled_from([SplitBy.COMMITMENT, SplitBy.REMAINING])


def money(cap: int | None, unit: Decimal) -> Decimal | None:
    return None if cap is None else from_units(cap, unit)


def test_what_passes_a_cap_is_split_again():
    parts, left = split_capped(Decimal(900), [Decimal(1000)] * 2 + [Decimal(500)], [Decimal(100), None, None])
    assert [str(part) for part in parts] == ["100.00", "533.33", "266.67"]
    assert left == 0
    assert split_capped(Decimal(9), [1, 1], [Decimal(2), Decimal(3)], Decimal(1)) == ([2, 3], 4)
    assert split_capped(Decimal(9), [1, 0], [Decimal(2), None], Decimal(1)) == ([2, 0], 7)
    with pytest.raises(ZeroWeights):
        split_capped(Decimal(9), [0, 0], [None, None])


@examples(200)
@given(total=counts, pool=pools, unit=units)
def test_nothing_is_lost_and_nobody_passes_its_cap(total, pool, unit):
    weights, caps = [weight for weight, _ in pool], [money(cap, unit) for _, cap in pool]
    amount = from_units(total, unit)
    parts, left = split_capped(amount, weights, caps, unit)
    assert sum(parts) + left == amount
    assert all(part % unit == 0 and part >= 0 for part in parts)
    assert all(cap is None or part <= cap for part, cap in zip(parts, caps, strict=True))
    assert not left or parts == caps
    assert split_capped(-amount, weights, caps, unit) == ([-part for part in parts], -left)


@examples(200)
@given(total=counts, pool=pools, unit=units)
def test_who_is_below_its_cap_has_its_share_of_what_those_at_theirs_left(total, pool, unit):
    weights, caps = [weight for weight, _ in pool], [money(cap, unit) for _, cap in pool]
    parts, left = split_capped(from_units(total, unit), weights, caps, unit)
    free = [i for i in range(len(pool)) if parts[i] != caps[i]]
    if not left and len(free) == len(pool):
        assert parts == split(from_units(total, unit), weights, unit)
    for i in free:
        for other in range(len(pool)):  # nobody has more for its weight than who is free, but for a unit
            assert Fraction(parts[other] - unit) * weights[i] < Fraction(parts[i] + unit) * weights[other]


@examples(200)
@given(total=counts, pool=pools, unit=units, random=st.randoms(use_true_random=False))
def test_the_order_of_the_partners_decides_ties_only(total, pool, unit, random):
    pool = list({weight: (weight, cap) for weight, cap in pool}.values())  # different weights: no ties
    shuffled = random.sample(pool, len(pool))

    def parts(order):
        caps = [money(cap, unit) for _, cap in order]
        split_parts, left = split_capped(from_units(total, unit), [weight for weight, _ in order], caps, unit)
        return left, dict(zip((weight for weight, _ in order), split_parts, strict=True))

    assert parts(pool) == parts(shuffled)


@examples(200)
@given(total=counts, pool=pools, unit=units)
def test_a_call_without_a_past_is_such_a_split(total, pool, unit):
    weights, caps = [weight for weight, _ in pool], [money(cap, unit) for _, cap in pool]
    amount = from_units(total, unit)
    parts, left = split_capped(amount, weights, caps, unit)
    shares = [Share(i, weight, cap=cap) for i, (weight, cap) in enumerate(zip(weights, caps, strict=True))]
    if left:
        with pytest.raises(ExceedsUnfunded) as refused:
            split_call(amount, shares, unit=unit)
        assert refused.value.shortfall == left
    else:
        assert [part.amount for part in split_call(amount, shares, unit=unit)] == parts


# ---------------------------------------------------------------- excuses and keys


def standings(commitments, remaining, unit) -> list[Standing]:
    return [
        Standing(i, from_units(commitment, unit), from_units(min(left, commitment), unit))
        for i, (commitment, left) in enumerate(zip(commitments, remaining, strict=True))
    ]


@st.composite
def partners(draw):
    size = draw(st.integers(2, 6))
    unit = draw(units)
    commitments = draw(st.lists(st.integers(1, 10**9), min_size=size, max_size=size))
    remaining = draw(st.lists(st.integers(1, 10**9), min_size=size, max_size=size))
    return unit, standings(commitments, remaining, unit)


shares = st.fractions(0, 1, max_denominator=12).filter(bool)


@examples(200)
@given(partners(), counts, st.data())
def test_an_excuse_leaves_the_whole_amount_asked_or_uncovered(drawn, count, data):
    unit, pool = drawn
    excused = data.draw(st.dictionaries(st.integers(1, len(pool) - 1), shares))
    limit, keys_of = (
        data.draw(st.fractions(0, 1)),
        {"first_key": data.draw(keys), "revised_key": data.draw(keys)},
    )
    amount = from_units(count, unit)
    found = revise(amount, pool, excused, limit=limit, unit=unit, **keys_of)
    assert sum(found.first.values()) == amount == found.called + found.uncovered
    assert sum(found.revised.values()) == found.called
    assert sum(found.change.values()) == -found.uncovered
    assert found.limits.keys() == found.first.keys() - excused.keys()
    for one in pool:
        first, revised = found.first[one.key], found.revised[one.key]
        if one.key in excused:
            assert 2 * abs(Fraction(revised) - Fraction(first) * (1 - excused[one.key])) <= Fraction(unit)
        else:
            assert revised <= found.limits[one.key] <= one.remaining
            assert 2 * (Fraction(revised) - Fraction(first) * (1 + limit)) <= Fraction(unit)
    assert not found.uncovered or all(found.revised[key] == most for key, most in found.limits.items())


@examples(200)
@given(partners(), st.fractions(0, 1), st.data())
def test_by_every_key_the_next_call_is_asked_in_full_of_who_is_not_excused(drawn, part, data):
    unit, pool = drawn
    excused = data.draw(st.sets(st.integers(1, len(pool) - 1)))
    sharing = dict(
        enumerate(data.draw(st.lists(st.integers(1, 100), min_size=len(pool), max_size=len(pool))))
    )
    left = sum(one.remaining for one in pool if one.key not in excused)
    amount = from_units(int(part * int(left / unit)), unit)
    found = next_call(amount, pool, excused=excused, sharing=sharing, unit=unit)
    for called in (found.by_commitment, found.by_remaining, found.by_sharing):
        assert sum(called.values()) == amount
        assert not any(called[key] for key in excused)
    for one in pool:
        assert found.by_commitment[one.key] <= one.remaining
        assert found.by_remaining[one.key] <= one.remaining
    assert sum(found.remaining_after.values()) == left - amount
    with pytest.raises(KeyRefused) as refused:
        next_call(left + unit, pool, excused=excused, unit=unit)
    assert refused.value.code == "exceeds_remaining"
