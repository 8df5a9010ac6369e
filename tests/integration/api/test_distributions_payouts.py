"""Payouts and their reversal, what the ledger says of them, and write-downs, through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from distributions.models import Payout, WriteDown
from tests.support.api import problem, read
from tests.support.staging import staged

from .conftest import EXIT_ON

pytestmark = pytest.mark.django_db


@staged
def issued(exit) -> dict:
    return exit.issued()


def refused(exit, distribution, status, code=None, /, **change) -> dict:
    body = {"paidDate": EXIT_ON, "method": "wire", "reference": "EXIT", **change}
    return problem(exit.api.post(f"/distributions/{distribution['id']}/payouts", body), status, code)


# ---------------------------------------------------------------- money goes out


def test_everybody_is_paid(exit, issued):
    body = {"paidDate": EXIT_ON, "method": "wire", "reference": "EXIT"}
    response = exit.api.post(f"/distributions/{issued['id']}/payouts", body)
    told = read(response)
    assert response.status_code == 201, told
    assert response["Location"] == f"/api/distributions/{issued['id']}/payouts"
    assert (told["status"], told["paidOut"]) == ("PAID", 100_000)
    first = told["items"][0]
    assert (first["status"], first["paidDate"], first["paymentMethod"], first["paymentRef"]) == (
        "PAID",
        EXIT_ON,
        "wire",
        "EXIT",
    )
    listed = exit.api.read(f"/distributions/{issued['id']}/payouts")
    assert (listed["total"], sum(one["amount"] for one in listed["payouts"])) == (4, 100_000)
    assert listed["payouts"][0] == exit.api.read(f"/payouts/{first['payoutId']}")
    refused(exit, issued, 409, "payout.paid_already")


def test_one_item_is_paid(exit, issued):
    told = exit.pay_out(issued, itemId=str(issued["items"][1]["id"]))
    assert [item["status"] for item in told["items"]] == ["PENDING", "PAID", "PENDING", "PENDING"]
    assert (told["status"], told["paidOut"]) == ("SENT", told["items"][1]["grossAmount"])
    refused(exit, issued, 409, "payout.paid_already", itemId=issued["items"][1]["id"])
    assert exit.pay_out(issued)["status"] == "PAID"
    assert Payout.objects.count() == 4


def test_the_same_key_pays_once(exit, issued):
    body = {"paidDate": EXIT_ON, "method": "wire", "reference": ""}
    path = f"/distributions/{issued['id']}/payouts"
    first, again = (exit.api.post(path, body, key="p-1") for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert Payout.objects.count() == 4


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"paidDate": (timezone.localdate() + timedelta(days=2)).isoformat()}, "paidDate"),
        ({"paidDate": "2026-02-30"}, "paidDate"),
        ({"paidDate": None}, "paidDate"),
        ({"method": ""}, "method"),
        ({"method": "x" * 51}, "method"),
        ({"reference": "x" * 101}, "reference"),
        ({"itemId": "x"}, "itemId"),
        ({"amount": 1}, "amount"),
    ],
)
def test_payouts_that_could_never_be_right(exit, issued, change, field):
    assert [one["field"] for one in refused(exit, issued, 422, **change)["errors"]] == [field]
    assert not Payout.objects.exists()


def test_an_item_of_another_distribution(exit, issued):
    other = exit.draft(totalAmount=100)
    refused(exit, issued, 404, itemId=other["items"][0]["id"])
    refused(exit, issued, 404, itemId=999_999)
    refused(exit, other, 409, "distribution.not_payable")


def test_the_ledger_says_what_went_out(exit, issued):
    exit.pay_out(issued)
    told = exit.api.read("/capital-transactions?type=DISTRIBUTION")
    assert sum(row["amount"] for row in told["transactions"]) == -100_000
    [row] = [one for one in told["transactions"] if one["distributionItemId"] == issued["items"][0]["id"]][:1]
    assert (row["distributionId"], row["date"], row["capitalCallId"]) == (issued["id"], EXIT_ON, None)
    mine = exit.api.read(
        f"/investors/{issued['items'][0]['investorId']}/capital-transactions?type=DISTRIBUTION"
    )
    assert sum(one["amount"] for one in mine) == -issued["items"][0]["grossAmount"]
    account = exit.api.read(f"/commitments/{issued['items'][0]['commitmentId']}")
    assert account["distributed"] == issued["items"][0]["grossAmount"]


# ---------------------------------------------------------------- money comes back


@staged
def payout(exit, issued) -> dict:
    told = exit.pay_out(issued, itemId=issued["items"][0]["id"])
    return exit.api.read(f"/payouts/{told['items'][0]['payoutId']}")


def test_a_returned_wire_takes_the_payout_back(exit, issued, payout):
    path = f"/payouts/{payout['id']}/reverse"
    told = exit.api.made(path, {"reason": "The wire was returned"}, status=200)
    assert (told["reversal"]["status"], told["reversal"]["reason"]) == ("APPROVED", "The wire was returned")
    shown = exit.api.read(f"/distributions/{issued['id']}")
    assert (shown["paidOut"], shown["items"][0]["status"], shown["items"][0]["payoutId"]) == (
        0,
        "PENDING",
        None,
    )
    rows = exit.api.read(f"/distributions/{issued['id']}/payouts")["payouts"]
    assert [(one["amount"], one["reversesId"]) for one in rows] == [
        (payout["amount"], None),
        (-payout["amount"], payout["id"]),
    ]
    problem(exit.api.post(path, {"reason": "again"}), 409, "reversal.exists")
    again = f"/payouts/{rows[1]['id']}/reverse"
    problem(exit.api.post(again, {"reason": "again"}), 422, "reversal.of_reversal")
    assert exit.pay_out(issued)["status"] == "PAID"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (None, "body"),
        ({}, "reason"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "half", "amount": 1}, "amount"),
    ],
)
def test_reversals_that_could_never_be_right(exit, payout, body, field):
    told = problem(exit.api.post(f"/payouts/{payout['id']}/reverse", body), 422)
    assert [one["field"] for one in told["errors"]] == [field]


def test_a_second_person_decides_a_reversal(world, exit, issued, payout):
    world.fund.four_eyes = True
    world.fund.save()
    asked = exit.api.made(f"/payouts/{payout['id']}/reverse", {"reason": "Returned"}, status=202)
    assert asked["reversal"]["status"] == "PENDING"
    path, second = f"/payout-reversals/{asked['reversal']['id']}", world.api("second")
    problem(exit.api.post(f"{path}/approve"), 403, "four_eyes")
    for who in ("stranger", "lp"):
        problem(world.api(who).post(f"{path}/approve"), 404)
    assert (
        second.made(f"{path}/reject", {"reason": "It did arrive."}, status=200)["reversal"]["status"]
        == "REJECTED"
    )
    problem(second.post(f"{path}/approve"), 409, "reversal.decided")
    asked = exit.api.made(f"/payouts/{payout['id']}/reverse", {"reason": "Returned"}, status=202)
    path = f"/payout-reversals/{asked['reversal']['id']}"
    assert second.made(f"{path}/approve", status=200)["reversal"]["status"] == "APPROVED"
    assert exit.api.read(f"/distributions/{issued['id']}")["paidOut"] == 0
    problem(second.post("/payout-reversals/999999/approve"), 404)


# ---------------------------------------------------------------- write-downs


def loss(world, **more) -> dict:
    return {"fundId": world.fund.pk, "date": "2025-12-31", "amount": "10000.50", **more}


def test_a_write_down(world, exit):
    path = f"/deals/{world.deal.pk}/write-downs"
    response = exit.api.post(path, loss(world))
    made = read(response)
    assert (response.status_code, response["Location"]) == (201, f"/api{path}")
    assert (made["dealId"], made["date"], str(made["amount"])) == (world.deal.pk, "2025-12-31", "10000.50")
    listed = exit.api.read(path)
    assert (listed["writeDowns"], listed["total"]) == ([made], 1)
    assert exit.api.read(f"{path}?fundId=999")["total"] == 0
    problem(exit.api.get(f"{path}?page=2"), 404)
    assert exit.api.post(path, loss(world), key="w-1").content == (
        exit.api.post(path, loss(world), key="w-1").content
    )
    assert WriteDown.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"date": "x"}, "date"),
        ({"fundId": 0}, "fundId"),
        ({"dealId": 1}, "dealId"),
    ],
)
def test_write_downs_that_could_never_be_right(world, exit, change, field):
    told = problem(exit.api.post(f"/deals/{world.deal.pk}/write-downs", loss(world, **change)), 422)
    assert [one["field"] for one in told["errors"]] == [field]


def test_write_downs_of_what_the_fund_has_not(world, exit):
    deal = exit.api.made("/deals", {"name": "Another"})
    problem(exit.api.post(f"/deals/{deal['id']}/write-downs", loss(world)), 422, "deal.unknown")
    problem(exit.api.post("/deals/999999/write-downs", loss(world)), 404)
    problem(exit.api.post(f"/deals/{world.deal.pk}/write-downs", loss(world, fundId=2**63 - 1)), 404)


def test_deal_by_deal_a_loss_comes_back_first_and_not_once_it_is_written_up(world, exit):
    exit.api.patch(f"/funds/{world.fund.pk}", {"terms": {"style": "american"}})
    deal = exit.api.made("/deals", {"name": "Another"})
    body = {"fundId": world.fund.pk, "dealId": deal["id"], "committed": 100_000}
    allocation = exit.api.made("/allocations", body)
    call = exit.api.made(
        f"/allocations/{allocation['id']}/calls",
        {"amount": 12_000, "callDate": "2025-01-02", "dueDate": "2025-02-01"},
    )
    exit.api.made(f"/capital-calls/{call['id']}/payments", {"amount": 12_000, "valueDate": "2025-02-01"})
    before = exit.draft(dealId=deal["id"], totalAmount=30_000)
    exit.api.made(f"/deals/{world.deal.pk}/write-downs", loss(world, amount=6000))
    after = exit.draft(dealId=deal["id"], totalAmount=30_000)
    assert (before["returnOfCapital"], after["returnOfCapital"]) == (12_000, 18_000)
    back = loss(world, amount=6000, date="2026-01-01", direction="up")
    problem(exit.api.post(f"/deals/{world.deal.pk}/write-downs", back), 422, "reason.required")
    back["reason"] = "It was sold well after all"
    early, more = {**back, "date": "2025-12-30"}, {**back, "amount": "6000.01"}
    for wrong in (early, more):
        problem(exit.api.post(f"/deals/{world.deal.pk}/write-downs", wrong), 409, "write_up.over_losses")
    assert exit.api.made(f"/deals/{world.deal.pk}/write-downs", back)["amount"] == -6000
    assert exit.draft(dealId=deal["id"], totalAmount=30_000)["returnOfCapital"] == 12_000
