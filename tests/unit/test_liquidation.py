"""What each partner's share of a net asset value is worth: worked by hand."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributions.calc.facts import Contribution, History, Paid, Parts
from distributions.calc.liquidation import OTHER, Holdings, estimate, liquidate
from distributions.calc.openings import Partner, Role
from distributions.calc.terms import Scope, Style, Terms, Tier

BOUGHT, SOLD, DAY = date(2025, 1, 1), date(2025, 6, 30), date(2026, 1, 1)
#: No preferred return, full catch-up: the GP has 20 % of every profit.
PLAIN = Terms((Tier(D(0), D(1), D("0.2")),))
NO_CARRY = Terms((Tier(D(0), D(0), D(0)),))


def partner(key, paid_in, *, returned=0, role=Role.LP, terms=None, weight=None, commitment=1):
    """`paid_in` by deal (None: fees); `returned` is capital that came back when deal 1 was sold."""
    contributions = tuple(Contribution(BOUGHT, D(amount), deal) for deal, amount in paid_in.items())
    paid = (Paid(SOLD, Parts(return_of_capital=D(returned)), 1),) if returned else ()
    history = History(contributions, paid, commitment=D(commitment))
    return Partner(key, history, role, terms, None if weight is None else D(weight))


def worth(partners, values, terms=PLAIN, keys=None):
    keys = keys or {one.key: D(1) for one in partners}
    values = {deal: D(value) for deal, value in values.items()}
    found = liquidate(partners, terms, Holdings(DAY, values, keys))
    assert sum(one.gross for one in found.values()) == sum(values.values())
    return {key: (one.net, one.carry) for key, one in found.items()}


def test_a_discounted_fee_costs_its_holder_nothing():
    """Two equal investors with fees of 0.4 and 0.2 million: 5,000,000 each, not 5,094,340 and 4,905,660."""
    a = partner("a", {1: "4700000.00", None: "400000.00"})
    b = partner("b", {1: "4700000.00", None: "200000.00"})
    found = worth([a, b], {1: "10000000.00"}, NO_CARRY)
    assert found == {"a": (D("5000000.00"), 0), "b": (D("5000000.00"), 0)}


def test_a_fee_that_the_fund_paid_comes_off_the_part_of_who_bears_it():
    """Of 600 that two paid 200 each for, A bears 40 and B 20: the GP has a fifth of what each has above its 200."""
    a, b = partner("a", {1: "200.00"}), partner("b", {1: "200.00"})

    def left(**borne):
        borne = {key: D(amount) for key, amount in borne.items()}
        found = liquidate([a, b], PLAIN, Holdings(DAY, {1: D("600.00")}, {"a": D(1), "b": D(1)}, borne))
        assert sum(one.gross for one in found.values()) == 600 - sum(borne.values())
        return {key: (one.net, one.carry) for key, one in found.items()}

    assert left(a="40.00", b="20.00") == {"a": (D("248.00"), D("12.00")), "b": (D("264.00"), D("16.00"))}
    # What one cannot bear, and what is of nobody who is left, the rest bears.
    assert left(a="310.00", c="5.00") == {"a": (D(0), D(0)), "b": (D("268.00"), D("17.00"))}


def test_who_was_not_in_the_sold_deal_has_its_part_of_what_is_left():
    """Deal 1 (200 each of A and B) came back at cost; of deal 2 (100 each) A, B and C have a third of 600. By what each
    paid in, C would have 85.71 of it."""
    a, b = (partner(key, {1: "200.00", 2: "100.00"}, returned="200.00") for key in "ab")
    c = partner("c", {2: "100.00"})
    assert worth([a, b, c], {2: "600.00"}) == dict.fromkeys("abc", (D("180.00"), D("20.00")))


def test_side_letters_and_the_gps_own_commitment():
    """Each had 100 and is worth 200: B's letter says 10 %, the GP bears no carry on its own."""
    half = Terms((Tier(D(0), D(1), D("0.1")),))
    partners = [
        partner("a", {1: "100.00"}),
        partner("b", {1: "100.00"}, terms=half),
        partner("gp", {1: "100.00"}, role=Role.GP),
    ]
    assert worth(partners, {1: "600.00"}) == {
        "a": (D("180.00"), D("20.00")),
        "b": (D("190.00"), D("10.00")),
        "gp": (D("200.00"), 0),
    }


@pytest.mark.parametrize(
    ("terms", "carry"),
    [
        ({}, "10.00"),
        ({"style": Style.AMERICAN}, "10.00"),
        ({"style": Style.AMERICAN, "loss_carryforward": False}, "20.00"),
    ],
)
def test_a_loss_counts_against_a_gain_unless_each_deal_stands_alone(terms, carry):
    """Deal 1 doubled, deal 2 lost half: 100 of profit and 50 of loss, sold on one day."""
    one = partner("a", {1: "100.00", 2: "100.00"})
    found = worth([one], {1: "200.00", 2: "50.00"}, Terms(PLAIN.tiers, **terms))
    assert found == {"a": (D("250.00") - D(carry), D(carry))}


def test_one_account_for_all_is_shared_by_ownership():
    partners = [
        partner("a", {1: "300.00"}, weight=3),
        partner("b", {1: "50.00"}, weight=1),  # the rest of its part is still unpaid
        partner("gp", {}, role=Role.GP, weight=0),
    ]
    found = worth(partners, {1: "750.00"}, Terms(PLAIN.tiers, scope=Scope.AGGREGATE))
    assert found == {"a": (D("502.50"), D("60.00")), "b": (D("167.50"), D("20.00")), "gp": (0, 0)}


def test_debts_are_paid_out_of_what_the_deals_bring():
    a, b = partner("a", {1: "100.00"}), partner("b", {1: "300.00"})
    assert worth([a, b], {1: "400.00", OTHER: "-100.00"}, NO_CARRY) == {
        "a": (D("75.00"), 0),
        "b": (D("225.00"), 0),
    }


def test_an_estimate_goes_by_unrealised_cost():
    assert estimate(D("100"), {1: D(2), 2: D(1), OTHER: D(0)}, D(1)) == {1: D(67), 2: D(33), OTHER: D(0)}
    assert estimate(D("100"), {OTHER: D(0)}, D(1)) == {OTHER: D(100)}


cents = st.integers(0, 10**9).map(lambda count: D(count).scaleb(-2))


@given(
    st.lists(st.tuples(cents, cents, st.sampled_from(["0", "0.1", "0.3"])), min_size=1, max_size=4),
    cents,
    cents,
    st.sampled_from([{}, {"style": Style.AMERICAN}, {"style": Style.AMERICAN, "loss_carryforward": False}]),
)
@settings(max_examples=40)
def test_nothing_is_lost_and_nobody_owes(paid_in, first, second, style):
    terms = Terms((Tier(D("0.08"), D(1), D("0.2")),), **style)
    partners = [
        partner(number, {1: one, 2: two}, terms=Terms((Tier(D("0.08"), D(1), D(carry)),), **style))
        for number, (one, two, carry) in enumerate(paid_in)
    ]
    for net, carry in worth(partners, {1: first, 2: second}, terms).values():
        assert net >= 0
        assert carry >= 0
