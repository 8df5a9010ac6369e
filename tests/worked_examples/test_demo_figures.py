"""The demo fund's sale: 500,000 on Jun 30 2027, by one account for all partners, to the cent."""

from datetime import date
from decimal import Decimal

import pytest

from distributions.calc.explain import accrual_schedule
from distributions.calc.facts import Contribution, History
from distributions.calc.openings import Partner
from distributions.calc.partners import distribute_to_partners
from distributions.calc.terms import Scope, Terms, Tier
from distributions.calc.tiers import StepKind
from distributions.calc.waterfall import distribute

SALE = {"on": date(2027, 6, 30), "amount": Decimal("500000.00")}
TERMS = Terms((Tier(Decimal("0.08"), Decimal(1), Decimal("0.20")),), scope=Scope.AGGREGATE)


def history(*paid_in: str) -> History:
    days = (date(2025, 10, 1), date(2026, 1, 15), date(2026, 3, 1))
    return History(tuple(Contribution(day, Decimal(paid)) for day, paid in zip(days, paid_in, strict=True)))


AS_IT_STANDS = history("100000", "150000", "75000")
ALL_PAID = history("100000", "150000", "100000")


@pytest.mark.parametrize(
    ("facts", "capital", "preferred_return", "catch_up", "split", "gp_in_all"),
    [
        (AS_IT_STANDS, "325000.00", "40238.84", "10059.71", ("99761.16", "24940.29"), "35000.00"),
        (ALL_PAID, "350000.00", "42936.56", "10734.14", ("77063.44", "19265.86"), "30000.00"),
    ],
    ids=["as the demo stands", "everything paid"],
)
def test_the_sale(facts, capital, preferred_return, catch_up, split, gp_in_all):
    parts = distribute(facts, TERMS, **SALE).parts
    assert parts.return_of_capital == Decimal(capital)
    assert parts.preferred_return == Decimal(preferred_return)
    assert (parts.catch_up_lp, parts.catch_up_gp) == (0, Decimal(catch_up))
    assert (parts.split_lp, parts.split_gp) == tuple(map(Decimal, split))
    assert parts.gp_carry == Decimal(gp_in_all)
    assert parts.lp_total == SALE["amount"] - parts.gp_carry


def test_every_step_of_the_sale_explains_itself():
    event = distribute(AS_IT_STANDS, TERMS, **SALE)
    capital, pref, catch_up, split = event.steps
    assert [step.kind for step in event.steps] == list(StepKind)
    assert capital.owed_before == capital.inputs["contributed"] == 325000
    assert (pref.inputs["rate"], pref.inputs["capital"]) == (Decimal("0.08"), 325000)
    assert (pref.inputs["since"], pref.inputs["days"]) == (date(2026, 3, 1), 486)
    assert round(pref.inputs["accrued"], 2) == pref.owed_before == pref.lp
    assert (catch_up.inputs["profit"], catch_up.inputs["carry_paid"]) == (pref.lp, 0)
    assert catch_up.owed_before == catch_up.gp == Decimal("10059.71")
    assert split.inputs["carry"] == Decimal("0.20")
    assert (split.owed_before, split.owed_after) == (None, None)
    assert {step.owed_after for step in (capital, pref, catch_up)} == {0}


def test_the_preferred_return_shows_every_stretch_of_time():
    lines = accrual_schedule(AS_IT_STANDS, TERMS, on=SALE["on"])
    assert [(line.days, line.capital) for line in lines] == [(106, 100000), (45, 250000), (486, 325000)]
    assert lines[1].accrued_before == lines[0].earned
    assert round(sum(line.earned for line in lines), 2) == Decimal("40238.84")


def test_the_wireframe_with_its_own_preferred_return():
    """350,000 of capital and 84,000 of preferred return: the figures of the list of distributions."""
    given = History((Contribution(date(2026, 3, 1), Decimal(350000)),), pref_due=Decimal("84000.00"))
    parts = distribute(given, TERMS, **SALE).parts
    assert (parts.catch_up_gp, parts.split_lp, parts.split_gp) == (21000, 36000, 9000)
    assert (parts.lp_total, parts.gp_carry) == (470000, 30000)
    assert parts.lp_total / parts.total == Decimal("0.94")
    assert parts.gp_carry / parts.total == Decimal("0.06")


def test_allocated_by_ownership_everything_still_adds_up():
    """Six partners with the commitments as their weights."""
    commitments = [100, 75, 125, 200, 300, 450]
    facts = AS_IT_STANDS.contributions
    partners = [
        Partner(number, History(facts if number == 0 else ()), weight=Decimal(share * 1000))
        for number, share in enumerate(commitments)
    ]
    event = distribute_to_partners(partners, TERMS, **SALE)
    assert event.parts == distribute(AS_IT_STANDS, TERMS, **SALE).parts
    assert event.shares[0].gross == Decimal("37200.00")  # 8 % of 465,000
    assert sum(share.gross for share in event.shares) + event.parts.gp_carry == SALE["amount"]
