"""A fund with partners, a deal, a call and cash, and browsers that are signed in."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from blackgem.lib.context import WriteContext
from capital.services.calls import draft_call, issue_call
from capital.services.plans import CallPlan, LinePlan
from capital.services.receipts import record_receipt
from tests.factories import (
    AllocationFactory,
    BankDetailsFactory,
    CommitmentFactory,
    DealFactory,
    FundFactory,
    FundTermsFactory,
    InvestorFactory,
    UserFactory,
)
from tests.support.staging import staged

AT = datetime(2025, 10, 1, 12, tzinfo=UTC)
TODAY = date(2025, 10, 1)


@staged
def manager():
    return UserFactory(full_name="Maria Manager", opens_funds=True)


@staged
def fund(manager):
    """Two LPs of 100,000, one deal of 60,000; called: 40,000 for the deal and 10,000 of fees; 7,000 unapplied."""
    fund = FundFactory(manager=manager, name="Larkspur I")
    FundTermsFactory(fund=fund)
    BankDetailsFactory(fund=fund)
    for name in ("John Anderson", "Jane Williams"):
        investor = InvestorFactory(name=name, created_by=manager, contact=f"{name[:4].lower()}@demo.example")
        CommitmentFactory(fund=fund, investor=investor)
    deal = DealFactory(name="ABC Manufacturing", created_by=manager)
    allocation = AllocationFactory(fund=fund, deal=deal, committed_amount=Decimal("60000.00"))
    lines = (
        LinePlan("investment", Decimal("40000.00"), allocation.pk),
        LinePlan("management_fee", Decimal("10000.00")),
    )
    plan = CallPlan(fund.pk, Decimal("50000.00"), "Acquisition", "", TODAY, date(2025, 10, 15), lines)
    call = draft_call(plan=plan, ctx=WriteContext(manager, AT))
    issue_call(call_id=call.pk, ctx=WriteContext(manager, AT))
    record_receipt(
        fund_id=fund.pk,
        amount=Decimal("7000.00"),
        value_date=TODAY,
        payer="Unknown",
        ctx=WriteContext(manager, AT),
    )
    return fund


@pytest.fixture
def browser_of(client):
    """A client that is signed in as somebody."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def signed_in(browser_of, manager):
    return browser_of(manager)
