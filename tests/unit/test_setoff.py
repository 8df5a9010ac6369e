"""Calls netted with distributions: what holds for all of them."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.money import MoneyError, from_units
from closings.calc.setoff import OpenItem, SetoffRefused, SettledItem, set_off, settle
from tests.support.examples import examples
from tests.support.random_closings import half_up, units

START = date(2026, 1, 1)
counts = st.integers(0, 10**9)
rates = st.decimals(0, 1, places=4)


@st.composite
def documents(draw):
    """A unit, a call and a distribution, with withholding, consent and limits of some of the partners."""
    unit = draw(units)
    names = [f"P{number}" for number in range(draw(st.integers(1, 5)))]
    money = counts.map(lambda count: from_units(count, unit))
    some = {"keys": st.sampled_from(names), "max_size": len(names)}
    return (
        {name: draw(money) for name in names},
        draw(st.dictionaries(values=money, **some)),
        {
            "withholding": draw(st.dictionaries(values=rates, **some)),
            "agreed": draw(st.none() | st.sets(st.sampled_from(names))),
            "limits": draw(st.dictionaries(values=money, **some)),
            "unit": unit,
        },
    )


@examples(80)
@given(drawn=documents())
def test_both_sides_are_gross_and_the_bank_sees_the_net(drawn):
    called, distributed, terms = drawn
    found = set_off(called, distributed, **terms)
    total = found.total
    assert found.cash == total.pays - total.receives == total.called - total.distributed + total.withholding
    assert total.called == sum(called.values())
    assert total.distributed == sum(distributed.values())
    for key, one in found.partners.items():
        assert (one.called, one.distributed) == (called[key], distributed.get(key, 0))
        rate = terms["withholding"].get(key, 0)
        assert one.withholding == half_up(Fraction(one.distributed) * Fraction(rate), terms["unit"])
        assert one.pays - one.receives == one.called - one.distributed + one.withholding
        assert 0 <= one.set_off <= min(one.called, one.distributed - one.withholding)
        assert min(one.pays, one.receives) >= 0
        assert all(figure % terms["unit"] == 0 for figure in (one.set_off, one.pays, one.receives))
        limited = key in terms["limits"]
        assert not limited or one.set_off <= terms["limits"][key]
        agreed = terms["agreed"] is None or key in terms["agreed"]
        assert agreed or one.set_off == 0
        if agreed and not limited:  # as much as there is: only one of the two is left
            assert 0 in (one.pays, one.receives)


@examples(50)
@given(drawn=documents(), random=st.randoms(use_true_random=False))
def test_no_partner_depends_on_another(drawn, random):
    called, distributed, terms = drawn
    shuffled = dict(random.sample(list(called.items()), len(called)))
    assert set_off(shuffled, distributed, **terms).partners == set_off(called, distributed, **terms).partners


@examples(60)
@given(
    owed=st.lists(st.tuples(st.integers(0, 30), counts), max_size=6),
    part=st.fractions(0, 1),
    random=st.randoms(use_true_random=False),
)
def test_items_are_settled_from_the_oldest(owed, part, random):
    """Whatever the order given, where all are of different days; one of them at most in part."""
    dated = list(dict(owed).items())
    items = [OpenItem(n, START + timedelta(day), Decimal(amount)) for n, (day, amount) in enumerate(dated)]
    amount = Decimal(int(part * int(sum(item.amount for item in items))))
    found = settle(amount, items)
    assert [one.key for one in found] == [item.key for item in items]
    assert sum(one.set_off for one in found) == amount
    assert all(one.set_off + one.open == item.amount for one, item in zip(found, items, strict=True))
    assert sum(1 for one in found if one.set_off and one.open) <= 1
    for one, item in zip(found, items, strict=True):
        if one.open:
            later = [other for other, its in zip(found, items, strict=True) if its.due_on > item.due_on]
            assert not any(other.set_off for other in later)
    shuffled = random.sample(items, len(items))
    assert {one.key: one for one in settle(amount, shuffled)} == {one.key: one for one in found}


def test_items_of_one_day_are_settled_in_their_order():
    items = [OpenItem(key, START, Decimal("10.00")) for key in "ab"]
    expected = (
        SettledItem("a", Decimal("10.00"), Decimal("0.00")),
        SettledItem("b", Decimal("2.50"), Decimal("7.50")),
    )
    assert settle(Decimal("12.50"), items) == expected


@pytest.mark.parametrize(("amount", "code"), [("10.01", "exceeds_open_items"), ("-0.01", "negative_amount")])
def test_no_more_is_settled_than_is_owed(amount, code):
    with pytest.raises(SetoffRefused) as refused:
        settle(Decimal(amount), [OpenItem("a", START, Decimal("10.00"))])
    assert refused.value.code == code


def test_an_amount_finer_than_its_currency_is_refused():
    for terms in ({"limits": {"A": Decimal("0.5")}}, {}):
        called = {"A": Decimal(1 if terms else "0.5")}
        with pytest.raises(MoneyError):
            set_off(called, {}, unit=Decimal(1), **terms)
