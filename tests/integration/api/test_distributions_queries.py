"""Reading distributions asks the database as often for many rows as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import CommitmentFactory, InvestorFactory

from .conftest import EXIT_ON
from .test_queries import MOST, queries_of

pytestmark = pytest.mark.django_db

READS = (
    "/distributions",
    "/distributions?status=SENT&limit=2",
    "/distributions/{distribution}",
    "/distributions/{distribution}/payouts",
    "/payouts/{payout}",
    "/deals/{deal}/write-downs",
    "/investors/{investor}/statement",
    "/commitments/{commitment}/side-letters",
    "/funds/{fund}/nav-entries",
    "/funds/{fund}/returns",
    "/funds/{fund}",
    "/funds",
)

#: These run the whole fund through its waterfall, for what each share is worth.
VALUED = ("/investors/{investor}/statement", "/funds/{fund}/returns")


def rows_of(world, exit) -> dict:
    """A distribution that was paid out, taken back in part, and a loss."""
    distribution = exit.issued(totalAmount=1000)
    payout = exit.pay_out(distribution)["items"][0]["payoutId"]
    exit.api.made(f"/payouts/{payout}/reverse", {"reason": "Returned"}, status=200)
    loss = {"fundId": world.fund.pk, "date": EXIT_ON, "amount": 1}
    exit.api.made(f"/deals/{world.deal.pk}/write-downs", loss)
    return {
        "distribution": distribution["id"],
        "payout": payout,
        "deal": world.deal.pk,
        "fund": world.fund.pk,
        "commitment": world.partners[0].pk,
        "investor": world.partners[0].investor_id,
    }


def more_partners(world, exit) -> None:
    for _ in range(5):
        CommitmentFactory(fund=world.fund, investor=InvestorFactory(created_by=world.people["manager"]))
    call = exit.api.made(
        f"/allocations/{exit.call['allocation']['id']}/calls",
        {"amount": 17_000, "callDate": "2025-01-02", "dueDate": "2025-02-01"},
    )
    exit.api.made(f"/capital-calls/{call['id']}/payments", {"amount": 17_000, "valueDate": "2025-02-01"})


def test_ten_queries_whatever_the_number_of_rows(world, exit):
    exit.api.patch(f"/funds/{world.fund.pk}", {"terms": {"scope": "per_investor"}})
    ids = rows_of(world, exit)
    few = {path: queries_of(exit.api, path.format(**ids)) for path in READS}
    most = {path: 2 * MOST if path in VALUED else MOST for path in READS}
    assert {path: count for path, count in few.items() if count > most[path]} == {}
    more_partners(world, exit)
    ids = rows_of(world, exit)
    assert len(exit.api.read(f"/distributions/{ids['distribution']}")["items"]) == 9
    assert {path: queries_of(exit.api, path.format(**ids)) for path in READS} == few


def test_the_preview_asks_as_often_for_many_partners_as_for_few(world, exit):
    body = {"fundId": world.fund.pk, "totalAmount": 100_000, "distributionDate": EXIT_ON}

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            exit.api.made("/distributions/calculate-waterfall", body, status=200)
        return len(caught)

    few = queries()
    more_partners(world, exit)
    rows_of(world, exit)
    assert queries() == few <= 2 * MOST
