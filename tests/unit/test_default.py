"""A partner in default: what holds for every remedy."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.money import MoneyError, from_units
from blackgem.lib.rates import DayCount
from closings.calc.default import (
    CapBase,
    DefaultRefused,
    InterestTo,
    Item,
    Other,
    call_shortfall,
    default_interest,
    forced_sale,
    forfeit,
    forfeit_rows,
    pass_on,
    reduced_commitment,
)
from closings.calc.transfers import Holding, Row, RowKind, transfer
from tests.support.examples import examples
from tests.support.random_closings import half_up, largest_remainder, units

DUE = date(2026, 5, 15)
counts = st.one_of(st.integers(1, 50), st.integers(1, 10**9))
shares = st.fractions(0, 1, max_denominator=1000).filter(bool)
rates = st.decimals(0, 1, places=4)


@st.composite
def partners(draw):
    """A unit, and the partners that are not in default."""
    unit = draw(units)
    money = counts.map(lambda count: from_units(count, unit))
    size = draw(st.integers(1, 6))
    return unit, [Other(f"P{number}", *(draw(money) for _ in range(4))) for number in range(size)]


@st.composite
def items(draw, unit):
    amount = draw(counts)
    return Item(from_units(amount, unit), DUE, from_units(draw(st.integers(0, amount)), unit))


# ---------------------------------------------------------------- interest


@examples(60)
@given(unit=units, rate=rates, day_count=st.sampled_from(DayCount), data=st.data())
def test_each_payment_bears_its_own_interest(unit, rate, day_count, data):
    item = data.draw(items(unit))
    cuts = sorted(data.draw(st.lists(st.integers(0, 10**9), max_size=4)))
    parts = [from_units(cut % int(item.amount / unit + 1) // 5, unit) for cut in cuts]
    paid = [(DUE + timedelta(data.draw(st.integers(-30, 800))), part) for part in parts]
    as_of = max([day for day, _ in paid] + [DUE]) + timedelta(data.draw(st.integers(0, 400)))
    found = default_interest(item, paid, rate, day_count=day_count, as_of=as_of, unit=unit)
    assert found.unpaid + sum(parts) == item.amount
    assert found.paid == sum(one.interest for one in found.payments)
    for one, (day, part) in zip(found.payments, paid, strict=True):
        assert (one.on, one.amount, one.interest % unit) == (day, part, 0)
        assert day > DUE or (one.days, one.interest) == (0, 0)
        alone = default_interest(Item(part, DUE), [], rate, day_count=day_count, as_of=day, unit=unit)
        assert alone.accrued == one.interest
        basis = 365 if day_count == DayCount.ACT_365 else 360
        assert one.interest == half_up(Fraction(part) * Fraction(rate) * one.days / basis, unit)
    assert default_interest(item, paid[::-1], rate, day_count=day_count, unit=unit).paid == found.paid


@examples(60)
@given(drawn=partners(), interest=counts, costs=counts)
def test_interest_covers_costs_first_and_the_rest_is_passed_on(drawn, interest, costs):
    unit, others = drawn
    paid, owed = from_units(interest, unit), from_units(costs, unit)
    found = pass_on(paid, owed, others, unit=unit)
    to_fund = pass_on(paid, owed, others, to=InterestTo.FUND, unit=unit)
    assert found.costs_covered == to_fund.costs_covered == min(paid, owed)
    rest = paid - found.costs_covered
    assert found.others == largest_remainder(rest, {one.key: one.commitment for one in others}, unit)
    assert (found.fund, to_fund.fund, sum(to_fund.others.values())) == (0, rest, 0)


# ---------------------------------------------------------------- shortfall


@examples(80)
@given(drawn=partners(), cap=st.fractions(0, 1), base=st.sampled_from(CapBase), data=st.data())
def test_nobody_is_asked_for_more_than_its_cap_and_the_rest_is_said(drawn, cap, base, data):
    unit, others = drawn
    item = data.draw(items(unit))
    asked = item.amount - item.fee_part
    found = call_shortfall(item, others, cap=cap, cap_base=base, unit=unit)
    assert (
        found.amount == asked == found.called + found.uncovered == sum(found.extra.values()) + found.uncovered
    )
    for one in others:
        own = one.item if base == CapBase.ITEM else one.contributed
        assert found.caps[one.key] == min(one.remaining, half_up(cap * Fraction(own), unit))
        assert 0 <= found.extra[one.key] <= found.caps[one.key] <= one.remaining
        assert found.extra[one.key] % unit == 0
        assert found.left_under_cap[one.key] == found.caps[one.key] - found.extra[one.key]
    assert not found.uncovered or found.extra == found.caps
    if all(found.extra[one.key] < found.caps[one.key] for one in others):
        weights = {one.key: one.remaining for one in others}
        assert found.extra == largest_remainder(asked, weights, unit)


@examples(50)
@given(drawn=partners(), data=st.data())
def test_a_part_may_be_asked_and_never_the_fee(drawn, data):
    unit, others = drawn
    item = data.draw(items(unit))
    most = item.amount - item.fee_part
    amount = from_units(data.draw(st.integers(0, int(most / unit))), unit)
    assert call_shortfall(item, others, amount=amount, unit=unit).amount == amount
    with pytest.raises(DefaultRefused) as refused:
        call_shortfall(item, others, amount=most + unit, unit=unit)
    assert refused.value.code == "shortfall_exceeds_item"


# ---------------------------------------------------------------- what is lost


@examples(60)
@given(drawn=partners(), share=shares, figure=st.integers(-(10**9), 10**9))
def test_a_forfeiture_sums_to_nothing(drawn, share, figure):
    unit, others = drawn
    amount = from_units(figure, unit)
    found = forfeit(share, amount, others, unit=unit)
    assert found.moved == half_up(share * Fraction(amount), unit) == sum(found.others.values())
    changes = found.changes("C")
    assert sum(changes.values()) == 0
    assert changes.keys() == {"C", *(one.key for one in others)}
    assert all(part * amount >= 0 and part % unit == 0 for part in found.others.values())


@st.composite
def histories(draw, unit):
    amounts = st.tuples(counts, st.sampled_from([1, 1, -1])).map(
        lambda pair: from_units(pair[0] * pair[1], unit)
    )
    days = st.integers(0, 400).map(lambda count: DUE - timedelta(count))
    return tuple(draw(st.lists(st.builds(Row, st.sampled_from(RowKind), days, amounts), max_size=8)))


@examples(50)
@given(drawn=partners(), share=shares, data=st.data())
def test_the_rows_of_a_forfeiture_move_like_those_of_a_transfer(drawn, share, data):
    """Row by row in full and never with the sign turned; by kind everybody has its share, to a unit for each sign."""
    unit, others = drawn
    holding = Holding(from_units(10**9, unit), data.draw(histories(unit)))
    found = transfer(holding, share, DUE, open_items="assume", unit=unit)
    taken = forfeit_rows(found, others, unit=unit)
    assert len(taken) == len(found.rows)
    for one, parts in zip(found.rows, taken, strict=True):
        assert sum(parts.values()) == one.moved
        assert all(part * one.moved >= 0 for part in parts.values())
    whole = sum(Fraction(one.remaining) for one in others)
    for kind in RowKind:
        rows = [n for n, one in enumerate(found.rows) if one.row.kind == kind]
        for other in others:
            exact = [Fraction(found.rows[n].moved) * Fraction(other.remaining) / whole for n in rows]
            if all(abs(part) >= unit for part in exact):
                assert abs(sum(Fraction(taken[n][other.key]) for n in rows) - sum(exact)) < 2 * unit


@examples(50)
@given(drawn=partners(), share=shares, data=st.data())
def test_nobody_holds_less_than_nothing_of_a_line_of_which_some_was_given_back(drawn, share, data):
    """However its rows stand among those of others: not who gives, nor who takes, by a transfer or a forfeiture."""
    unit, others = drawn
    rows = []
    for line in range(data.draw(st.integers(1, 4))):
        paid = data.draw(st.lists(counts, min_size=1, max_size=3))
        due, back = DUE - timedelta(data.draw(st.integers(0, 9))), data.draw(st.integers(0, sum(paid)))
        amounts = [from_units(count, unit) for count in (*paid, -back)]
        rows += [Row(RowKind.CONTRIBUTION, due, amount, of=line) for amount in amounts]
    holding = Holding(from_units(10**11, unit), tuple(data.draw(st.permutations(rows))))
    found = transfer(holding, share, DUE, unit=unit)
    taken = forfeit_rows(found, others, unit=unit)
    for line in {row.of for row in rows}:
        own = [number for number, row in enumerate(holding.rows) if row.of == line]
        assert min(sum(found.rows[number].moved for number in own), 0) == 0
        assert min(sum(found.rows[number].kept for number in own), 0) == 0
        for one in others:
            assert sum(taken[number][one.key] for number in own) >= 0


@examples(50)
@given(unit=units, share=shares, figures=st.tuples(counts, counts), payable=st.lists(counts, max_size=3))
def test_a_forced_sale_never_pays_more_than_the_lesser_nor_less_than_nothing(unit, share, figures, payable):
    contributions, value = (from_units(count, unit) for count in figures)
    owed = [from_units(count, unit) for count in payable]
    found = forced_sale(contributions, value, share=share, payable=owed, unit=unit)
    assert found.gross == half_up(share * Fraction(min(contributions, value)), unit)
    assert found.net == max(found.gross - sum(owed), 0)


@examples(50)
@given(figures=st.tuples(counts, counts, counts, counts))
def test_a_reduced_commitment_is_no_higher_and_covers_what_is_drawn(figures):
    commitment, contributed, distributed, drawn = (Decimal(count) for count in figures)
    left = reduced_commitment(commitment, contributed, distributed, min(drawn, commitment))
    assert min(drawn, commitment) <= left <= commitment
    assert left in (commitment, contributed - distributed, drawn)


def test_an_amount_finer_than_its_currency_is_refused():
    other, yen = Other("A", Decimal(1), Decimal(1)), Decimal(1)
    half = Decimal("0.5")
    for attempt in (
        lambda: default_interest(Item(half, DUE), [], Decimal(0), unit=yen),
        lambda: default_interest(Item(Decimal(1), DUE), [(DUE, half)], Decimal(0), unit=yen),
        lambda: pass_on(Decimal(1), half, [other], unit=yen),
        lambda: call_shortfall(Item(Decimal(1), DUE), [Other("A", Decimal(1), half)], unit=yen),
        lambda: call_shortfall(Item(Decimal(1), DUE), [other], amount=half, unit=yen),
        lambda: forced_sale(Decimal(1), half, unit=yen),
        lambda: reduced_commitment(half, Decimal(0), Decimal(0), Decimal(0), unit=yen),
    ):
        with pytest.raises(MoneyError):
            attempt()
