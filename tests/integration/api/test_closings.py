"""Later closings over the API: drafted, worked out, settled by two, collected, and paid back."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.api import problem

from .test_queries import MOST

pytestmark = pytest.mark.django_db


def test_a_draft_is_worked_out_changed_and_settled(joining):
    api, body = joining.api, joining.body()
    draft = api.made("/closings", body)
    assert (draft["number"], draft["status"], draft["promised"]) == (2, "DRAFT", 1_000_000)
    assert (draft["refunded"], draft["paidBack"], draft["callId"]) == (0, 0, None)
    path = f"/closings/{draft['id']}"
    figures = api.read(f"{path}/figures")
    [line] = figures["lines"]
    assert (line["amount"], line["taken"], line["days"], line["interest"]) == (
        60_000,
        30_000,
        106,
        Decimal("696.99"),
    )
    assert sum(part["change"] for part in line["parts"]) == 0
    assert (figures["comesIn"], figures["goesOut"], figures["moved"]) == (
        Decimal("30696.99"),
        Decimal("30696.99"),
        False,
    )
    again = api.put(path, {**body, "rate": "0.1", "revision": 1})
    assert (again.status_code, again.json()["revision"], again.json()["rate"]) == (200, 2, 0.1)
    problem(api.put(path, {**body, "revision": 1}), 409, "stale_version")
    problem(api.post(f"{path}/submit", {"revision": 1}), 409, "stale_version")
    settled = api.made(f"{path}/submit", status=200)
    assert (settled["status"], settled["refunded"]) == ("SETTLED", Decimal("30871.23"))
    assert api.read(f"{path}/figures")["goesOut"] == Decimal("30871.23")
    assert [one["status"] for one in api.read("/closings?status=SETTLED&limit=1")["closings"]] == ["SETTLED"]
    assert api.read("/closings?status=DRAFT")["total"] == 0


def test_refunds_go_out_once_as_far_as_they_are_released(joining):
    api, closing = joining.api, joining.settled()
    path = f"/closings/{closing['id']}"
    refunds = api.read(f"{path}/refunds")["refunds"]
    assert [one["capital"] for one in refunds] == [15_000, 15_000]
    assert all(one["payable"] == one["amount"] and one["notices"][0]["mail"] is None for one in refunds)
    body = {"paidDate": "2025-06-16", "method": "wire", "refundId": refunds[0]["id"]}
    first = api.post(f"{path}/refund-payouts", body, key="once")
    assert (first.status_code, first["Location"]) == (201, f"/api{path}/refund-payouts")
    assert api.post(f"{path}/refund-payouts", body, key="once").content == first.content
    problem(api.post(f"{path}/refund-payouts", {**body, "method": "cheque"}, key="once"), 422)
    problem(api.post(f"{path}/refund-payouts", body), 409, "refund.nothing_released")
    early = problem(api.post(f"{path}/refund-payouts", {**body, "paidDate": "2025-01-01"}), 422)
    assert early["errors"][0]["field"] == "paidDate"
    problem(api.post(f"{path}/refund-payouts", {**body, "refundId": 10**9}), 404)
    [payout] = api.read(f"{path}/refund-payouts")["payouts"]
    assert (payout["amount"], payout["reversal"]) == (refunds[0]["amount"], None)
    back = api.made(f"/refund-payouts/{payout['id']}/reverse", {"reason": "Returned"}, status=200)
    assert back["reversal"]["status"] == "APPROVED"
    assert [one["amount"] for one in api.read(f"{path}/refund-payouts")["payouts"]] == [
        payout["amount"],
        -payout["amount"],
    ]


def test_another_person_settles_where_the_fund_demands_two(world, joining):
    joining.fund.four_eyes = True
    joining.fund.save()
    api = joining.api
    path = f"/closings/{api.made('/closings', joining.body())['id']}"
    assert api.made(f"{path}/submit", status=200)["status"] == "PENDING_APPROVAL"
    problem(api.post(f"{path}/settle"), 403, "four_eyes")
    problem(world.api("analyst").post(f"{path}/settle"), 403, "role.insufficient")
    problem(world.api("second").post(f"{path}/send-back"), 422)
    assert world.api("second").made(f"{path}/settle", status=200)["status"] == "SETTLED"
    problem(api.post(f"{path}/cancel", {"reason": "Not now"}), 409)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payOn": "2025-06-01"}, "payOn"),
        ({"heldOn": "2025-02-30"}, "heldOn"),
        ({"rate": None}, "rate"),
        ({"rate": "1.5"}, "rate"),
        ({"feeInterest": "some"}, "feeInterest"),
        ({"tranches": []}, "tranches"),
        ({"tranches": [{"investorId": 1, "amount": 0}]}, "tranches.0.amount"),
        ({"excludedDeals": [10**9]}, "excludedDeals"),
        ({"values": [{"lineId": 10**9, "value": 1}]}, "values"),
    ],
)
def test_what_could_never_be_right(joining, change, field):
    told = problem(joining.api.post("/closings", {**joining.body(), **change}), 422)
    assert field in {one["field"] for one in told["errors"]}


def test_reading_takes_as_many_queries_for_many_as_for_few(joining):
    api, closing = joining.api, joining.settled()
    joining.pay_back(closing)
    path = f"/closings/{closing['id']}"
    payout = api.read(f"{path}/refund-payouts")["payouts"][0]["id"]
    reads = ("/closings", path, f"{path}/refunds", f"{path}/refund-payouts", f"/refund-payouts/{payout}")
    for address in reads:
        with CaptureQueriesContext(connection) as found:
            api.read(address)
        assert len(found) <= MOST, address
