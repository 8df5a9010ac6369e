"""Who is in the admin, and a call that was issued and paid in part."""

import pytest

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall
from capital.services.calls import issue_call
from capital.services.payments import pay_call
from tests.factories import (
    AdminFactory,
    AllocationFactory,
    BankDetailsFactory,
    CommitmentFactory,
    FundFactory,
    FundTermsFactory,
)
from tests.integration.admin.acting import AT, distribute, draft
from tests.support.staging import staged


@staged
def administrator():
    return AdminFactory()


@pytest.fixture
def browser(client, administrator):
    client.force_login(administrator)
    return client


@staged
def call(administrator):
    """Issued over two partners, half of it for a deal; the first partner paid, and got something back."""
    fund = FundFactory(manager=administrator)
    FundTermsFactory(fund=fund)
    BankDetailsFactory(fund=fund)
    for _ in range(2):
        CommitmentFactory(fund=fund, investor__contact=f"lp{_}@demo.example")
    call = draft(fund, AllocationFactory(fund=fund), by=administrator)
    issue_call(call_id=call.pk, ctx=WriteContext(administrator, AT))
    item = call.items.order_by("pk").first()
    pay_call(
        call_id=call.pk,
        amount=item.amount,
        item_id=item.pk,
        tx_ref="T1",
        ctx=WriteContext(administrator, AT),
    )
    distribute(fund, by=administrator)
    return CapitalCall.objects.get(pk=call.pk)
