"""What the GP has to give back of its carry."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from distributions.calc.clawback import (
    CarryAccount,
    DatedAmount,
    TaxTreatment,
    clawback,
    clawback_of_accounts,
    entitled_carry,
    hurdle_shortfall,
    multiple_shortfall,
)
from distributions.calc.terms import Compounding, DayCount, Terms, TermsRefused, Tier
from tests.support.random_waterfalls import amounts, rates


def test_carry_that_the_whole_fund_did_not_earn():
    """4 m received on a profit of 10 m."""
    owed = clawback(received=Decimal(4000000), entitled=entitled_carry(Decimal("0.2"), Decimal(10000000)))
    assert (owed.excess_carry, owed.gross, owed.payable) == (2000000, 2000000, 2000000)


def test_of_a_loss_nothing_was_earned():
    assert entitled_carry(Decimal("0.2"), Decimal(-1)) == 0


@pytest.mark.parametrize(
    ("compounding", "shortfall"), [("annual", "90.00"), ("quarterly", "92.43"), ("simple", "90.00")]
)
def test_the_shortfall_to_a_hurdle(compounding, shortfall):
    terms = Terms(
        (Tier(Decimal("0.08"), Decimal(0), Decimal(0)),),
        compounding=Compounding(compounding),
        day_count=DayCount.THIRTY_E_360,
    )
    paid_in, paid_out = (
        DatedAmount(date(2020, 1, 1), Decimal(1000)),
        DatedAmount(date(2021, 1, 1), Decimal(990)),
    )
    assert hurdle_shortfall([paid_in], [paid_out], terms, date(2021, 1, 1)) == Decimal(shortfall)
    assert hurdle_shortfall([paid_out], [paid_in], terms, date(2021, 1, 1)) == 0


def test_the_shortfall_to_a_multiple():
    assert multiple_shortfall(Decimal(1000), Decimal(1100), Decimal("1.25")) == 150
    assert multiple_shortfall(Decimal(1000), Decimal(1300), Decimal("1.25")) == 0


@given(amounts, amounts, amounts, rates("0", "1"))
def test_never_more_than_was_received_nor_than_tax_leaves(received, entitled, shortfall, tax_rate):
    for treatment in TaxTreatment:
        owed = clawback(
            received=received,
            entitled=entitled,
            lp_shortfall=shortfall,
            tax_rate=tax_rate,
            tax_treatment=treatment,
        )
        assert 0 <= owed.payable <= owed.gross <= received
        assert owed.payable <= owed.after_tax_cap


def test_what_is_refused():
    with pytest.raises(TermsRefused):
        clawback(received=Decimal(1), entitled=Decimal(0), tax_rate=Decimal("1.01"))
    with pytest.raises(TermsRefused):
        entitled_carry(Decimal(1), Decimal(1))
    with pytest.raises(ValueError, match="gross amount"):
        clawback(received=Decimal(1))


def test_partners_are_owed_each_by_its_own_terms():
    """A (20 %) lost 100,000 after its GP took 100,000: all of it comes back. B (10 % by side letter) made 500,000, of
    which its GP took just its 50,000. One account at the fund's 20 % would claim 70,000 for both."""
    day = date(2024, 1, 1)

    def account(carry, received, paid_in, paid_out):
        terms = Terms((Tier(Decimal(0), Decimal(1), Decimal(carry)),))
        flows = [(DatedAmount(day, Decimal(amount)),) for amount in (paid_in, paid_out)]
        return CarryAccount(terms, Decimal(received), *flows)

    accounts = [
        account("0.20", "100000.00", "1600000.00", "1400000.00"),
        account("0.10", "50000.00", "1000000.00", "1450000.00"),
    ]
    owed = clawback_of_accounts(accounts, day, tax_rate=Decimal("0.5"), unit=Decimal("0.01"))
    assert (owed.excess_carry, owed.gross) == (Decimal("100000.00"), Decimal("100000.00"))
    assert (owed.after_tax_cap, owed.payable) == (Decimal("75000.00"), Decimal("75000.00"))
