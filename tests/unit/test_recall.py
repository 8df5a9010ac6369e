"""What a distribution gives back of the lines that were called, and what of it may be called again."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from distributions.calc.recall import GivenBack, LineGivenBack, PaidLine, Recall, give_back

D = Decimal
DAY = date(2026, 6, 30)
TERMS = Recall()
FEE_OUTSIDE = PaidLine(1, "management_fee", None, False, D("30000.00"))
FEE = PaidLine(2, "management_fee", None, True, D("10000.00"))
DEAL_A = PaidLine(3, "investment", 7, True, D("60000.00"))
DEAL_B = PaidLine(4, "investment", 8, True, D("30000.00"))


def back(*lines, unit="0.01", **more):
    options = {"recall": TERMS, "deal": None, "on": DAY, "unused": False, **more}
    amounts = {
        name: D(options.pop(name, usual)) for name, usual in (("capital", 0), ("profit", 0), ("room", 10**9))
    }
    return give_back(lines, **options, **amounts, unit=D(unit))


def test_what_was_called_outside_the_commitment_restores_nothing():
    given_back = back(FEE_OUTSIDE, capital="30000.00")
    assert given_back == GivenBack((LineGivenBack(1, D("30000.00"), D(0)),), D(0))
    assert back(FEE_OUTSIDE, capital="30000.00", unused=True).restores == 0


def test_by_what_was_paid_on_each_line_or_on_those_of_the_deal():
    everything = back(FEE, DEAL_A, DEAL_B, capital="50000.00")
    assert [one.amount for one in everything.lines] == [D("5000.00"), D("30000.00"), D("15000.00")]
    of_one_deal = back(FEE, DEAL_A, DEAL_B, capital="50000.00", deal=8)
    assert [(one.line, one.amount) for one in of_one_deal.lines] == [(4, D("30000.00"))]
    assert of_one_deal.restores == 30000


def test_the_terms_say_what_restores():
    lines = {"capital": "50000.00"}
    assert back(FEE, DEAL_A, DEAL_B, **lines, recall=Recall(fees=False)).restores == 45000
    assert back(FEE, DEAL_A, DEAL_B, **lines, recall=Recall(capital=False)).restores == 5000
    late = Recall(until=date(2026, 6, 29))
    assert back(FEE, DEAL_A, DEAL_B, **lines, recall=late).restores == 0
    assert back(FEE, DEAL_A, DEAL_B, **lines, recall=late, unused=True).restores == 50000
    assert back(DEAL_A, **lines, profit="700.00").restores == 50000
    assert back(DEAL_A, **lines, profit="700.00", recall=Recall(gains=True)).restores == 50700


def test_never_above_the_most_that_may_stand_unfunded():
    capped = back(FEE, DEAL_A, capital="70000.00", profit="9.00", recall=Recall(gains=True), room="65000.00")
    assert capped.restores == 65000
    assert [one.restores for one in capped.lines] == [D("10000.00"), D("55000.00")]


@given(st.data(), st.sampled_from(["1", "0.01", "0.001"]))
def test_no_line_gives_back_more_than_was_paid_nor_anything_finer_than_its_currency(data, unit):
    units = st.integers(0, 10**9).map(lambda count: count * D(unit))
    paid = data.draw(st.lists(units, min_size=1, max_size=4))
    lines = [PaidLine(number, "investment", None, True, one) for number, one in enumerate(paid)]
    capital, room = data.draw(units), data.draw(units)
    found = back(*lines, capital=capital, room=room, unit=unit)
    assert all(0 <= one.restores <= one.amount <= paid[one.line] for one in found.lines)
    assert sum(one.amount for one in found.lines) == min(capital, sum(paid))
    assert found.restores == min(room, sum(one.amount for one in found.lines))
    assert all(one.amount % D(unit) == 0 for one in found.lines)
