"""A. Money and numbers."""

from decimal import Decimal

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from tests.factories import AllocationFactory, CommitmentFactory, FundFactory, InvestorFactory
from tests.integration.attacks.unchanged import nothing_written
from tests.support.api import problem, read

pytestmark = pytest.mark.django_db

#: The amount of a payment as it is written in the body → status, code.
NO_PAYMENT = {
    "A1-string": ('"NaN"', 422, "amount.invalid"),
    "A1-bare": ("NaN", 400, "json.invalid"),
    "A2-string": ('"Infinity"', 422, "amount.invalid"),
    "A2-negative": ('"-Infinity"', 422, "amount.invalid"),
    "A2-bare": ("Infinity", 400, "json.invalid"),
    "A2-exponent": ("1e999", 422, "amount.invalid"),
    "A3": ("10.005", 422, "amount.max_decimal_places"),
    "A3-string": ('"10.005"', 422, "amount.max_decimal_places"),
    "A4": ("0", 422, "amount.min_value"),
    "A4-minus": ("-0", 422, "amount.min_value"),
    "A4-cents": ("-0.00", 422, "amount.min_value"),
    "A4-negative": ("-5.00", 422, "amount.min_value"),
    "A5": ("0.004", 422, "amount.max_decimal_places"),
    "A6": ("1e3", 422, "amount.invalid"),
    "A6-string": ('"1E+2"', 422, "amount.invalid"),
    "A9-english": ('"1,000.00"', 422, "amount.invalid"),
    "A9-german": ('"1.000,00"', 422, "amount.invalid"),
    "A9-swiss": ('"1\'000"', 422, "amount.invalid"),
    "A9-dollar": ('"$5"', 422, "amount.invalid"),
    "A9-usd": ('"5 USD"', 422, "amount.invalid"),
    "A9-hex": ('"0x10"', 422, "amount.invalid"),
    "A9-brackets": ('"(100.00)"', 422, "amount.invalid"),
    "A10": ("9999999999999999.99", 422, "amount.too_large"),
    "A10-cap": ("10000000000000", 422, "amount.too_large"),
    "A13-true": ("true", 422, "amount.invalid"),
    "A13-list": ("[]", 422, "amount.invalid"),
    "A13-object": ("{}", 422, "amount.invalid"),
    "A13-null": ("null", 422, "amount.invalid"),
    "A13-empty": ('""', 422, "amount.invalid"),
}


def test_what_is_no_payment(trail):
    call = trail.call()
    item = call["items"][0]["id"]
    answers = {}
    with nothing_written():
        for name, (written, *_) in NO_PAYMENT.items():
            body = f'{{"itemId": {item}, "amount": {written}}}'
            answers[name] = trail.api.post(f"/capital-calls/{call['id']}/payments", body)
    for name, (_, status, code) in NO_PAYMENT.items():
        told = problem(answers[name], status, code)
        if status == 422:
            assert [one["field"] for one in told["errors"]] == ["amount"], name
        if code == "amount.invalid":
            assert "1250000.00" in told["detail"], name  # the form that is accepted


@pytest.mark.parametrize(
    "amount", ["NaN", "Infinity", "-Infinity", "10.005", "0.004"], ids=["A1", "A2", "A2-", "A3", "A5"]
)
def test_the_database_takes_none_either(world, amount):
    insert = (
        "INSERT INTO receipts (fund_id, amount, value_date, payer, method, note, recorded_by_id) "
        f"VALUES ({world.fund.pk}, '{amount}'::numeric, '2026-01-01', '', 'wire', '', {world.people['manager'].pk})"
    )
    with nothing_written():
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert)
        assert isinstance(
            refused.value.__cause__, psycopg.errors.CheckViolation | psycopg.errors.NumericValueOutOfRange
        )


def test_no_model_saves_a_fraction_of_a_cent(world):
    for amount, refused in ((Decimal("10.0005"), ValidationError), (Decimal("10.005"), DatabaseError)):
        with nothing_written(), pytest.raises(refused), transaction.atomic():
            AllocationFactory(fund=world.fund, deal=world.deal, committed_amount=amount)


def test_a_total_past_the_cap_is_no_overflow(world, api):
    """Commitments just below the cap, until their sum is past 10^16 cents."""
    largest = "9999999999999.99"
    for number in range(3):
        investor = api.made("/investors", {"name": f"Whale {number}"})["id"]
        promise = {"investorId": investor, "amount": largest, "closingDate": "2026-01-01"}
        assert api.post(f"/funds/{world.fund.pk}/commitments", promise).status_code in (201, 409, 422)
    assert api.get(f"/funds/{world.fund.pk}").status_code == 200
    assert api.get(f"/funds/{world.fund.pk}/commitments").status_code == 200


def test_no_binary_fraction(trail):
    call = trail.call()
    path = f"/capital-calls/{call['id']}/payments"
    item = call["items"][0]["id"]
    for written in ("0.1", "0.2"):
        assert trail.api.post(path, f'{{"itemId": {item}, "amount": {written}}}').status_code == 201
    assert trail.api.read(f"/capital-calls/{call['id']}/items")[0]["paidAmount"] == Decimal("0.30")


def test_a_hundred_over_three(world, api):
    fund = FundFactory(manager=world.people["manager"])
    for _ in range(3):
        CommitmentFactory(fund=fund, amount="1000.00", investor=InvestorFactory())
    body = {
        "fundId": fund.pk,
        "totalAmount": "100.00",
        "purpose": "x",
        "callDate": "2026-01-01",
        "dueDate": "2026-02-01",
    }
    runs = [api.made("/capital-calls", body)["items"] for _ in range(2)]
    amounts = [[str(item["calledAmount"]) for item in items] for items in runs]
    assert sorted(amounts[0], reverse=True) == ["33.34", "33.33", "33.33"]
    assert amounts[0] == amounts[1]


def test_a_fund_without_commitments(world, trail):
    fund = FundFactory(manager=world.people["manager"])
    draft = trail.draft_body(fundId=fund.pk)
    with nothing_written():
        refused = trail.api.post("/capital-calls", draft)
        assert refused.status_code in (409, 422)
        problem(refused, refused.status_code, "fund.no_commitments")


def test_more_than_is_uncalled(trail):
    draft = trail.draft_body(totalAmount="1200000.01")
    with nothing_written():
        problem(trail.api.post("/capital-calls", draft), 409, "call.exceeds_uncalled")
    by_hand = [{"investorId": trail.world.partners[1].investor_id, "calledAmount": "300000.01"}]
    draft = trail.draft_body(totalAmount="300000.01", items=by_hand)
    with nothing_written():
        told = problem(trail.api.post("/capital-calls", draft), 409, "call.exceeds_uncalled")
    assert trail.world.partners[1].investor.name in str(told)


def test_a_cent_more_than_is_owed(trail):
    call = trail.call()
    item = call["items"][0]
    over = {"itemId": item["id"], "amount": item["calledAmount"] + Decimal("0.01")}
    with nothing_written():
        problem(trail.api.post(f"/capital-calls/{call['id']}/payments", over), 409, "payment.over_item")


# ISO 4217 has XXX for no currency at all, and MRU, whose fifths are no decimals.
@pytest.mark.parametrize("currency", ["usd", "US$", "XXX", "", "EURO", "MRU"])
def test_currencies_that_no_fund_has(api, currency):
    with nothing_written():
        problem(api.post("/funds", {"name": "F", "lpaDate": "2026-01-01", "currency": currency}), 422)


def test_a_payment_names_no_currency(trail):
    call = trail.call()
    body = {"itemId": call["items"][0]["id"], "amount": 5, "currency": "EUR"}
    with nothing_written():
        problem(trail.api.post(f"/capital-calls/{call['id']}/payments", body), 422, "field.unknown")


def test_half_a_yen(world, trail):
    fund = FundFactory(manager=world.people["manager"], currency="JPY")
    body = {"amount": "100.50", "valueDate": "2026-01-02"}
    with nothing_written():
        problem(trail.api.post(f"/funds/{fund.pk}/receipts", body), 422, "amount.max_decimal_places")


def test_a_reversal_is_whole_and_once(trail):
    call = trail.call()
    body = {"itemId": call["items"][0]["id"], "amount": 100}
    payment = trail.api.made(f"/capital-calls/{call['id']}/payments", body)["payments"][0]["id"]
    reverse = f"/payments/{payment}/reverse"
    with nothing_written():
        problem(trail.api.post(reverse, {"reason": "Half", "amount": 50}), 422, "field.unknown")
    trail.api.made(reverse, {"reason": "Bounced"}, status=200)
    rows = trail.api.read(f"/capital-calls/{call['id']}/payments")["payments"]
    compensation = next(row["id"] for row in rows if row["reversesId"] == payment)
    with nothing_written():
        problem(
            trail.api.post(f"/payments/{compensation}/reverse", {"reason": "x"}), 422, "reversal.of_reversal"
        )
        problem(trail.api.post(reverse, {"reason": "Again"}), 409)
    assert trail.api.read(f"/capital-calls/{call['id']}/items")[0]["paidAmount"] == 0


SHARES = {
    "A23-nothing": ({"totalAmount": 0}, 422),
    "A23-a cent": ({"totalAmount": "0.01"}, 200),
    "A23-thirds": ({"totalAmount": "100000.01"}, 200),
}


@pytest.mark.parametrize(("change", "status"), SHARES.values(), ids=SHARES)
@pytest.mark.parametrize(
    "terms", [{}, {"hurdleRate": 0}, {"catchUpRate": 1}, {"carryRate": 0, "catchUpRate": 0}], ids=str
)
def test_a_waterfall_is_exact(exit, change, status, terms):
    exit.api.patch(f"/funds/{exit.world.fund.pk}", {"terms": terms})
    body = {"fundId": exit.world.fund.pk, "distributionDate": "2026-02-01", **change}
    with nothing_written():
        response = exit.api.post("/distributions/calculate-waterfall", body)
    assert response.status_code == status
    if status == 200:
        told = read(response)
        assert told["totalToLPs"] + told["totalToGP"] == Decimal(change["totalAmount"])
        assert sum(item["grossAmount"] for item in told["items"]) == Decimal(change["totalAmount"])


def test_a_split_of_more_than_everything(exit):
    with nothing_written():
        for terms in (
            {"carryRate": "1.0001"},
            {"catchUpRate": "1.01"},
            {"carryRate": "0.8", "catchUpRate": "0.5"},
        ):
            problem(exit.api.patch(f"/funds/{exit.world.fund.pk}", {"terms": terms}), 422)
