"""Stories of several partners that the worked examples do not tell."""

from dataclasses import replace
from decimal import Decimal

import pytest

from blackgem.lib.money import MoneyError, ZeroWeights
from distributions.calc.facts import History
from distributions.calc.openings import Partner, Role
from distributions.calc.partners import distribute_to_partners
from distributions.calc.terms import Compounding, Scope, TermsRefused, with_side_letter
from distributions.calc.waterfall import distribute
from tests.support.accounts import NEW_YEAR, TERMS, new_year, paid_in


def test_nobody_has_funded_anything():
    with pytest.raises(ZeroWeights):
        distribute_to_partners([Partner("A", History())], TERMS, on=NEW_YEAR, amount=Decimal(1))


def test_a_fund_has_to_have_own_accounts_for_side_letters():
    partners = [Partner("A", paid_in(100), terms=with_side_letter(TERMS, carry=Decimal(0)))]
    with pytest.raises(TermsRefused) as refused:
        distribute_to_partners(
            partners, replace(TERMS, scope=Scope.AGGREGATE), on=NEW_YEAR, amount=Decimal(1)
        )
    assert refused.value.code == "side_letter_in_aggregate"


@pytest.mark.parametrize("scope", Scope)
def test_the_gps_own_commitment_bears_no_carry(scope):
    partners = [Partner("A", paid_in(900)), Partner("GP", paid_in(100), Role.GP)]
    event = distribute_to_partners(
        partners, replace(TERMS, scope=scope), on=new_year(1), amount=Decimal(2000)
    )
    limited, general = event.shares
    assert (general.gp_own, general.gross, general.parts.total) == (200, 200, 0)
    assert (limited.gross, event.parts.gp_carry) == (1620, 180)
    assert event.gp_own == 200


@pytest.mark.parametrize("scope", Scope)
def test_a_deal_that_only_the_gp_funded(scope):
    partners = [Partner("A", paid_in(900, deal="one")), Partner("GP", paid_in(100, deal="two"), Role.GP)]
    event = distribute_to_partners(
        partners, replace(TERMS, scope=scope), on=new_year(1), amount=Decimal(200), deal="two"
    )
    assert [share.gross for share in event.shares] == [0, 200]
    assert event.parts.total == 0


@pytest.mark.parametrize("amount", ["-1.00", "1.001"])
def test_amounts_that_no_fund_distributes(amount):
    with pytest.raises(MoneyError):
        distribute_to_partners(
            [Partner("GP", paid_in(1), Role.GP)], TERMS, on=NEW_YEAR, amount=Decimal(amount)
        )


def test_steps_over_all_partners_add_amounts_and_keep_what_all_agree_on():
    own = with_side_letter(TERMS, hurdle=Decimal("0.06"))
    partners = [Partner("A", paid_in(100)), Partner("B", paid_in(300), terms=own)]
    event = distribute_to_partners(partners, TERMS, on=new_year(1), amount=Decimal(800))
    capital, pref, catch_up, split = event.steps
    assert (capital.owed_before, capital.inputs["contributed"], capital.inputs["accounts"]) == (400, 400, 2)
    assert pref.lp == 26  # 8 and 18
    assert "rate" not in pref.inputs
    assert pref.inputs["compounding"] == Compounding.ANNUAL
    assert catch_up.gp == Decimal("6.50")
    assert catch_up.inputs["carry"] == split.inputs["carry"] == Decimal("0.2")
    assert split.owed_before is None
    assert sum(step.paid for step in event.steps) == 800


def test_several_distributions_of_one_account_for_all_are_netted_together():
    """Allocated to partners in cents, the parts of a distribution still clear the account as one."""
    thirds = [Partner(name, paid_in("333.33")) for name in "ABC"]
    pooled = replace(TERMS, scope=Scope.AGGREGATE)
    for number in range(3):
        event = distribute_to_partners(thirds, pooled, on=new_year(1), amount=Decimal("600.00"))
        paid = event.as_paid(number)
        thirds = [replace(p, history=replace(p.history, paid=(*p.history.paid, paid[p.key]))) for p in thirds]
    everything = distribute(paid_in("999.99"), pooled, on=new_year(1), amount=Decimal(1800)).parts
    assert sum(p.parts.gp_carry for partner in thirds for p in partner.history.paid) == everything.gp_carry
    assert event.steps[1].inputs["paid_before"] == everything.preferred_return
