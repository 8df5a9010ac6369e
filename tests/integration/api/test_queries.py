"""No route asks the database once per row; what it reads is of one moment."""

import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from capital.api import reads
from funds.api import deals
from tests.factories import CommitmentFactory
from tests.support.api import Api
from tests.support.opened import written

#: Of which one finds the token, and a request outside a test adds BEGIN, SET TRANSACTION and COMMIT.
MOST = 10

READS = (
    "/funds",
    "/funds/{fund}",
    "/funds/{fund}/capital",
    "/funds/{fund}/commitments",
    "/funds/{fund}/receipts",
    "/investors",
    "/deals",
    "/allocations",
    "/capital-calls",
    "/capital-calls?status=SENT&limit=2",
    "/capital-calls/{call}",
    "/capital-calls/{call}/items",
    "/capital-calls/{call}/payments",
    "/capital-transactions",
    "/investors/{investor}/capital-transactions",
)


def queries_of(api, path) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert api.get(path).status_code == 200
    return len(caught)


@pytest.mark.django_db
def test_ten_queries_whatever_the_number_of_rows(world, trail):
    ids = {"fund": world.fund.pk, "call": trail.call("1000")["id"], "investor": world.partners[0].investor_id}
    trail.api.made(f"/capital-calls/{ids['call']}/payments", {"amount": 1000})
    few = {path: queries_of(trail.api, path.format(**ids)) for path in READS}
    assert {path: count for path, count in few.items() if count > MOST} == {}

    for _ in range(5):
        CommitmentFactory(fund=world.fund)
    for number in range(5):
        trail.api.made("/deals", {"name": f"Deal {number}"})
        call = trail.call("1000")
        trail.api.made(f"/capital-calls/{call['id']}/payments", {"amount": 500, "spread": "pro_rata"})
        trail.api.made(f"/funds/{world.fund.pk}/receipts", {"amount": 1, "valueDate": "2026-02-20"})
    ids["call"] = call["id"]
    assert {path: queries_of(trail.api, path.format(**ids)) for path in READS} == few


@pytest.mark.django_db(transaction=True)
def test_rows_and_sums_are_of_one_moment(world, trail, monkeypatch):
    """A payment that commits between the reading of the call and of its items is in both or in neither."""
    call = trail.call("60000")
    real = reads.items

    def pay_meanwhile(call_row):
        monkeypatch.setattr(reads, "items", real)
        worker = threading.Thread(target=pay)
        worker.start()
        worker.join()
        return real(call_row)

    def pay():
        try:
            Api(trail.api.token).made(f"/capital-calls/{call['id']}/payments", {"amount": 60000})
        finally:
            connections.close_all()

    monkeypatch.setattr(reads, "items", pay_meanwhile)
    told = trail.api.read(f"/capital-calls/{call['id']}")
    assert told["paidAmount"] == sum(item["paidAmount"] for item in told["items"]) == 0
    told = trail.api.read(f"/capital-calls/{call['id']}")
    assert told["paidAmount"] == sum(item["paidAmount"] for item in told["items"]) == 60000


@pytest.mark.django_db(transaction=True)
def test_a_get_cannot_write(world, api, monkeypatch):
    def careless(user, deal_id):
        world.deal.name = "Changed by a GET"
        with written():
            world.deal.save()

    monkeypatch.setattr(deals, "_deal", careless)
    assert api.get(f"/deals/{world.deal.pk}").status_code == 500
    world.deal.refresh_from_db()
    assert world.deal.name != "Changed by a GET"
