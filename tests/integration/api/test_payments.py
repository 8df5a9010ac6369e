"""Payments, receipts and reversals through the API: who is credited, what is refused, what the ledger says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from capital.models import Payment, Receipt
from tests.support.api import problem, read
from tests.support.staging import staged

pytestmark = pytest.mark.django_db


@staged
def call(trail) -> dict:
    """60,000 called: 25,000, 15,000 and 20,000."""
    return trail.call("60000")


def pay(api, call, amount, *, status=201, **more) -> dict:
    return api.made(f"/capital-calls/{call['id']}/payments", {"amount": amount, **more}, status=status)


def refused(api, call, amount, answer, code=None, /, **more) -> dict:
    return problem(
        api.post(f"/capital-calls/{call['id']}/payments", {"amount": amount, **more}), answer, code
    )


def items_of(api, call) -> list[tuple]:
    return [(item["paidAmount"], item["status"]) for item in api.read(f"/capital-calls/{call['id']}/items")]


# ---------------------------------------------------------------- whom a payment credits


def test_all_that_is_owed_pays_everybody(api, call, trail):
    response = api.post(f"/capital-calls/{call['id']}/payments", {"amount": "60000.00", "txRef": "W-1"})
    told = read(response)
    assert response.status_code == 201
    assert response["Location"] == f"/api/capital-calls/{call['id']}/payments"
    assert [payment["amount"] for payment in told["payments"]] == [25000, 15000, 20000]
    assert {payment["txRef"] for payment in told["payments"]} == {"W-1"}
    assert (told["capitalCall"]["status"], told["capitalCall"]["paidAmount"]) == ("FULLY_FUNDED", 60000)
    [allocation] = told["allocations"]
    assert (allocation["state"], allocation["funded"], allocation["outstanding"]) == (
        "partially_funded",
        60000,
        0,
    )
    assert items_of(api, call) == [(25000, "PAID"), (15000, "PAID"), (20000, "PAID")]
    assert Receipt.objects.count() == 1
    assert api.read(f"/capital-calls/{call['id']}/payments")["payments"] == told["payments"]


def test_one_named_item(api, call):
    first = call["items"][0]["id"]
    told = pay(api, call, 5000, itemId=str(first))
    assert [payment["itemId"] for payment in told["payments"]] == [first]
    assert items_of(api, call) == [(5000, "PARTIAL"), (0, "PENDING"), (0, "PENDING")]
    assert told["capitalCall"]["status"] == "PARTIALLY_FUNDED"


def test_several_named_items(api, call):
    splits = [{"itemId": item["id"], "amount": "1000.50"} for item in call["items"][:2]]
    told = pay(api, call, 2001, splits=splits)
    assert [payment["amount"] for payment in told["payments"]] == [pytest.approx(1000.5)] * 2
    refused(api, call, 2002, 422, "splits.do_not_add_up", splits=splits)
    refused(api, call, 2001, 422, splits=[splits[0], splits[0]])
    refused(api, call, 2001, 422, splits=splits, itemId=call["items"][0]["id"])
    refused(api, call, 2001, 422, splits=[])


def test_the_only_one_who_owes(api, call):
    pay(
        api,
        call,
        40000,
        splits=[{"itemId": call["items"][n]["id"], "amount": a} for n, a in ((0, 25000), (1, 15000))],
    )
    assert pay(api, call, "0.01")["payments"][0]["itemId"] == call["items"][2]["id"]


def test_an_omnibus_receipt_is_spread_where_that_is_asked_for(api, call):
    told = pay(api, call, 6000, spread="pro_rata")
    assert [payment["amount"] for payment in told["payments"]] == [2500, 1500, 2000]
    refused(api, call, 6000, 422, spread="evenly")


def test_nobody_is_credited_by_guessing(api, call):
    refused(api, call, 6000, 409, "payment.whom_to_credit")
    assert not Payment.objects.exists()


def test_more_than_is_owed(api, call):
    refused(api, call, "60000.01", 409, "payment.over_call")
    told = refused(api, call, "25000.01", 409, "payment.over_item", itemId=call["items"][0]["id"])
    assert "25,000.00" in told["detail"]
    assert not Payment.objects.exists()
    assert not Receipt.objects.exists()


def test_an_item_of_another_call(api, call, trail):
    other = trail.call("1200")
    refused(api, call, 1, 404, itemId=other["items"][0]["id"])
    refused(api, call, 1, 404, itemId=999999)
    body = {"paidAmount": 1, "paidDate": "2026-02-20", "paymentMethod": "wire"}
    problem(api.patch(f"/capital-calls/{call['id']}/items/{other['items'][0]['id']}/payment", body), 404)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"valueDate": (timezone.localdate() + timedelta(days=2)).isoformat()}, "valueDate"),
        ({"txRef": ""}, "txRef"),
        ({"txRef": "x" * 101}, "txRef"),
        ({"method": ""}, "method"),
        ({"method": "x" * 51}, "method"),
        ({"status": "approved"}, "status"),
        ({"currency": "EUR"}, "currency"),
        ({"itemId": "x"}, "itemId"),
    ],
)
def test_payments_that_could_never_be_right(api, call, more, field):
    told = refused(api, call, 60000, 422, **more)
    assert [one["field"] for one in told["errors"]] == [field]


def test_before_the_first_closing(world, api, call):
    world.fund.first_closing_on = "2025-10-01"
    world.fund.save()
    refused(api, call, 60000, 422, "value_date.before_closing", valueDate="2024-12-31")


# ---------------------------------------------------------------- the bank's transaction id


def test_the_same_bank_transaction_is_one_payment(api, call):
    first = pay(api, call, 60000, txRef="W-1")
    again = pay(api, call, 60000, txRef="W-1")
    assert again["payments"] == first["payments"]
    assert Receipt.objects.count() == 1
    refused(api, call, 59999, 409, "payment.tx_ref_used", txRef="W-1")


def test_the_same_bank_transaction_on_an_item(api, call):
    item = call["items"][0]["id"]
    first = pay(api, call, 100, txRef="W-1", itemId=item)
    assert pay(api, call, 100, txRef="W-1", itemId=item)["payments"] == first["payments"]
    refused(api, call, 101, 409, "payment.tx_ref_used", txRef="W-1", itemId=item)
    refused(api, call, 100, 409, txRef="W-1", itemId=call["items"][1]["id"])
    assert items_of(api, call)[0] == (100, "PARTIAL")


@pytest.mark.parametrize("money_left", [True, False])
def test_a_bank_transaction_that_was_reversed_is_not_answered_as_paid(api, call, money_left):
    item = call["items"][0]["id"]
    first = pay(api, call, 100, txRef="W-1", itemId=item)["payments"][0]
    body = {"reason": "The wire bounced", "moneyLeft": money_left}
    assert api.post(f"/payments/{first['id']}/reverse", body).status_code == 200
    for more in ({"itemId": item}, {"splits": [{"itemId": item, "amount": 100}]}, {}):
        told = refused(api, call, 100, 409, "payment.tx_ref_reversed", txRef="W-1", **more)
        assert "recorded here and reversed" in told["detail"]
    refused(api, call, 101, 409, "payment.tx_ref_used", txRef="W-1", itemId=item)
    assert items_of(api, call)[0] == (0, "PENDING")
    assert pay(api, call, 100, txRef="W-2", itemId=item)["capitalCall"]["paidAmount"] == 100


def test_a_receipt_taken_back_to_unapplied_cash_pays_the_same_item_again_and_again(world, api, call):
    item = call["items"][0]["id"]
    payment = pay(api, call, 100, txRef="W-1", itemId=item)["payments"][0]
    receipt = Receipt.objects.get()
    splits = {"splits": [{"itemId": item, "amount": 100}]}
    for _ in range(2):
        body = {"reason": "Not theirs after all", "moneyLeft": False}
        assert api.post(f"/payments/{payment['id']}/reverse", body).status_code == 200
        api.made(f"/receipts/{receipt.pk}/apply", splits, status=200)
        payment = pay(api, call, 100, txRef="W-1", itemId=item)["payments"][0]
    assert items_of(api, call)[0] == (100, "PARTIAL")
    assert Receipt.objects.count() == 1


def test_one_reversed_part_of_a_bank_transaction_is_enough(world, api, call):
    told = pay(api, call, 60000, txRef="W-1")
    reverse = f"/payments/{told['payments'][1]['id']}/reverse"
    world.fund.four_eyes = True
    world.fund.save()
    asked = api.made(reverse, {"reason": "Bounced"}, status=202)["reversal"]
    assert len(pay(api, call, 60000, txRef="W-1")["payments"]) == 3
    world.api("second").made(f"/reversals/{asked['id']}/approve", status=200)
    refused(api, call, 60000, 409, "payment.tx_ref_reversed", txRef="W-1")
    assert Receipt.objects.count() == 1


def test_without_it_the_same_amount_comes_twice(api, call):
    item = call["items"][0]["id"]
    pay(api, call, 100, itemId=item)
    pay(api, call, 100, itemId=item)
    assert items_of(api, call)[0] == (200, "PARTIAL")


# ---------------------------------------------------------------- the module's own route


def test_paying_an_item_adds_up(api, call):
    path = f"/capital-calls/{call['id']}/items/{call['items'][0]['id']}/payment"
    body = {"paidAmount": 10000, "paidDate": "2026-02-20", "paymentMethod": "wire", "paymentRef": "CC1-0001"}
    told = read(api.patch(path, body))
    assert (told["paidAmount"], told["status"], told["paidDate"]) == (10000, "PARTIAL", "2026-02-20")
    assert (told["paymentMethod"], told["paymentRef"]) == ("wire", "CC1-0001")
    told = read(
        api.patch(path, {**body, "paidAmount": "15000", "paidDate": "2026-02-21", "paymentMethod": "check"})
    )
    assert (told["paidAmount"], told["status"], told["outstanding"]) == (25000, "PAID", 0)
    assert (told["paidDate"], told["paymentMethod"]) == ("2026-02-21", "check")
    problem(api.patch(path, body), 409)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"paidAmount": -1}, "paidAmount"),
        ({"paidDate": None}, "paidDate"),
        ({"paidDate": "2199-01-01"}, "paidDate"),
        ({"paymentMethod": ""}, "paymentMethod"),
        ({"paymentMethod": "x" * 51}, "paymentMethod"),
        ({"paymentRef": "x" * 101}, "paymentRef"),
        ({"txRef": "W-1"}, "txRef"),
    ],
)
def test_item_payments_that_could_never_be_right(api, call, change, field):
    body = {"paidAmount": 1, "paidDate": "2026-02-20", "paymentMethod": "wire", **change}
    response = api.patch(f"/capital-calls/{call['id']}/items/{call['items'][0]['id']}/payment", body)
    assert [one["field"] for one in problem(response, 422)["errors"]] == [field]


def test_more_than_the_item_owes_is_told_by_the_bodys_names(api, call):
    body = {"paidAmount": "25000.01", "paidDate": "2026-02-20", "paymentMethod": "wire"}
    path = f"/capital-calls/{call['id']}/items/{call['items'][0]['id']}/payment"
    problem(api.patch(path, body), 409, "payment.over_item")


# ---------------------------------------------------------------- reversals


def test_a_reversal_takes_the_whole_payment_back(api, call):
    payment = pay(api, call, 25000, itemId=call["items"][0]["id"])["payments"][0]
    told = read(api.post(f"/payments/{payment['id']}/reverse", {"reason": "The wire bounced"}))
    assert told["reversal"]["status"] == "APPROVED"
    assert items_of(api, call)[0] == (0, "PENDING")
    listed = api.read(f"/capital-calls/{call['id']}/payments")["payments"]
    assert [(one["amount"], one["reversesId"]) for one in listed] == [(25000, None), (-25000, payment["id"])]
    problem(api.post(f"/payments/{payment['id']}/reverse", {"reason": "again"}), 409)
    problem(
        api.post(f"/payments/{listed[1]['id']}/reverse", {"reason": "again"}), 422, "reversal.of_reversal"
    )
    problem(
        api.post(f"/payments/{payment['id']}/reverse", {"reason": "half", "amount": 1}), 422, "field.unknown"
    )
    problem(api.post(f"/payments/{payment['id']}/reverse", {"reason": " "}), 422)
    problem(api.post(f"/payments/{payment['id']}/reverse"), 422)
    ledger = api.read(f"/capital-transactions?investorId={payment['investorId']}")
    assert [row["amount"] for row in ledger["transactions"]] == [-25000, 25000]


def test_a_second_person_approves_a_reversal(world, api, call):
    payment = pay(api, call, 25000, itemId=call["items"][0]["id"])["payments"][0]
    world.fund.four_eyes = True
    world.fund.save()
    told = api.made(f"/payments/{payment['id']}/reverse", {"reason": "Bounced"}, status=202)
    assert told["reversal"]["status"] == "PENDING"
    assert items_of(api, call)[0] == (25000, "PAID")
    path = f"/reversals/{told['reversal']['id']}"
    problem(api.post(f"{path}/approve"), 403, "four_eyes")
    problem(world.api("stranger").post(f"{path}/approve"), 404)
    approved = read(world.api("second").post(f"{path}/approve"))
    assert approved["reversal"]["status"] == "APPROVED"
    assert items_of(api, call)[0] == (0, "PENDING")
    problem(world.api("second").post(f"{path}/approve"), 409, "reversal.decided")


def test_a_rejected_reversal_may_be_asked_for_again(world, api, call):
    payment = pay(api, call, 25000, itemId=call["items"][0]["id"])["payments"][0]
    world.fund.four_eyes = True
    world.fund.save()
    reversal = api.made(f"/payments/{payment['id']}/reverse", {"reason": "Bounced"}, status=202)["reversal"]
    told = read(api.post(f"/reversals/{reversal['id']}/reject"))
    assert told["reversal"]["status"] == "REJECTED"
    api.made(f"/payments/{payment['id']}/reverse", {"reason": "Bounced"}, status=202)


def test_cash_that_stayed_is_applied_again(api, call):
    payment = pay(api, call, 25000, itemId=call["items"][0]["id"])["payments"][0]
    api.post(f"/payments/{payment['id']}/reverse", {"reason": "Wrong partner", "moneyLeft": False})
    assert api.read(f"/receipts/{payment['receiptId']}")["unapplied"] == 25000
    splits = [
        {"itemId": call["items"][1]["id"], "amount": 15000},
        {"itemId": call["items"][2]["id"], "amount": 10000},
    ]
    told = read(api.post(f"/receipts/{payment['receiptId']}/apply", {"splits": splits}))
    assert (told["applied"], told["unapplied"]) == (25000, 0)
    assert items_of(api, call) == [(0, "PENDING"), (15000, "PAID"), (10000, "PARTIAL")]


# ---------------------------------------------------------------- receipts


def test_money_before_it_is_known_for_what(world, api, call):
    body = {"amount": "30000", "valueDate": "2026-02-20", "payer": "Investor One", "txRef": "W-9"}
    response = api.post(f"/funds/{world.fund.pk}/receipts", body)
    receipt = read(response)
    assert response["Location"] == f"/api/receipts/{receipt['id']}"
    assert {
        "payer": "Investor One",
        "txRef": "W-9",
        "applied": 0,
        "unapplied": 30000,
    }.items() <= receipt.items()
    problem(api.post(f"/funds/{world.fund.pk}/receipts", body), 409, "receipt.tx_ref_used")
    splits = [{"itemId": call["items"][0]["id"], "amount": "25000"}]
    told = read(api.post(f"/receipts/{receipt['id']}/apply", {"splits": splits}))
    assert (told["applied"], told["unapplied"]) == (25000, 5000)
    problem(
        api.post(
            f"/receipts/{receipt['id']}/apply",
            {"splits": [{"itemId": call["items"][1]["id"], "amount": "5000.01"}]},
        ),
        409,
    )
    back = {"amount": 5000, "valueDate": "2026-02-21", "reason": "Paid too much"}
    told = read(api.post(f"/receipts/{receipt['id']}/return", back))
    assert (told["returned"], told["unapplied"]) == (5000, 0)
    problem(api.post(f"/receipts/{receipt['id']}/return", back), 409, "receipt.exceeded")
    listed = api.read(f"/funds/{world.fund.pk}/receipts")
    assert listed["receipts"] == [told]
    assert listed["summary"] == {"received": 30000, "applied": 25000, "returned": 5000, "unapplied": 0}


@pytest.mark.parametrize(
    "splits", [[], None, {}, [{"itemId": 1}], [{"amount": 1}], [{"itemId": 1, "amount": 0}], [[1, 1]]]
)
def test_splits_that_could_never_be_right(world, api, splits):
    receipt = api.made(f"/funds/{world.fund.pk}/receipts", {"amount": 1, "valueDate": "2026-02-20"})
    problem(api.post(f"/receipts/{receipt['id']}/apply", {"splits": splits}), 422)


def test_a_receipt_is_not_applied_to_another_funds_item(world, api, call):
    fund = api.made("/funds", {"name": "Other", "lpaDate": "2025-01-01"})
    receipt = api.made(f"/funds/{fund['id']}/receipts", {"amount": 5, "valueDate": "2026-02-20"})
    splits = [{"itemId": call["items"][0]["id"], "amount": 5}]
    problem(api.post(f"/receipts/{receipt['id']}/apply", {"splits": splits}), 404)


# ---------------------------------------------------------------- the ledger


def test_the_ledger(world, api, call):
    pay(api, call, 60000, valueDate="2026-02-20")
    other = another(api, call)
    pay(api, other, 1200, valueDate="2026-02-25")
    told = api.read("/capital-transactions")
    assert told["total"] == 6
    row = told["transactions"][-1]
    assert (row["type"], row["amount"], row["date"]) == ("CONTRIBUTION", 25000, "2026-02-20")
    assert (row["capitalCallId"], row["itemId"]) == (call["id"], call["items"][0]["id"])
    assert row["description"] == "Capital Call #1 payment"
    investor = call["items"][0]["investorId"]
    for query, count in (
        (f"fundId={world.fund.pk}", 6),
        ("fundId=999", 0),
        (f"investorId={investor}", 2),
        ("startDate=2026-02-21", 3),
        ("endDate=2026-02-20", 3),
        ("startDate=2026-02-20&endDate=2026-02-25", 6),
        ("type=CONTRIBUTION", 6),
        ("type=DISTRIBUTION", 0),
    ):
        assert api.read(f"/capital-transactions?{query}")["total"] == count, query
    mine = api.read(f"/investors/{investor}/capital-transactions?startDate=2026-02-21")
    assert [one["capitalCallId"] for one in mine] == [other["id"]]
    problem(api.get("/capital-transactions?type=contribution"), 422)
    problem(api.get("/capital-transactions?startDate=yesterday"), 422)


def another(api, call) -> dict:
    """Another call on the same allocation."""
    allocation = call["allocation"]["id"]
    body = {"amount": 1200, "callDate": call["callDate"], "dueDate": call["dueDate"]}
    return api.made(f"/allocations/{allocation}/calls", body)
