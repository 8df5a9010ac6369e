"""Amounts through the API: exact in, exact out, and nothing that is no amount."""

import json
import re
from decimal import Decimal

import pytest
from django.db import connection

from tests.factories import CommitmentFactory, FundFactory
from tests.support.api import problem, read

pytestmark = pytest.mark.django_db


def committing(world, literal: str) -> str:
    """The body of an allocation, the amount as it is written here."""
    return f'{{"fundId": {world.fund.pk}, "dealId": {world.deal.pk}, "committed": {literal}}}'


EXACT = {
    "1234567.89": "1234567.89",
    '"1234567.89"': "1234567.89",
    "9007199254740.99": "9007199254740.99",
    "9999999999999.99": "9999999999999.99",
    "0.1": "0.10",
    "0.01": "0.01",
    "1": "1.00",
    '"1"': "1.00",
    "100.5": "100.50",
    '"007.10"': "7.10",
}


@pytest.mark.parametrize(("written", "stored"), EXACT.items())
def test_to_the_cent_both_ways(world, api, written, stored):
    response = api.post("/allocations", committing(world, written))
    assert response.status_code == 201, response.content
    for text in (response.content, api.get(f"/allocations/{read(response)['id']}").content):
        told = json.loads(text, parse_float=str, parse_int=str)
        assert [told[name] for name in ("committed", "uncalled")] == [stored, stored]
        assert [told[name] for name in ("called", "funded", "outstanding")] == ["0.00"] * 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT amount::text FROM allocation_amounts")
        assert Decimal(cursor.fetchone()[0]) == Decimal(stored)


BAD = {
    '"NaN"': "amount.invalid",
    '"Infinity"': "amount.invalid",
    '"-Infinity"': "amount.invalid",
    "1e999": "amount.invalid",
    '"1e999"': "amount.invalid",
    "1e3": "amount.invalid",
    "1E+2": "amount.invalid",
    '"1e3"': "amount.invalid",
    "1e-2": "amount.invalid",
    "10.005": "amount.max_decimal_places",
    '"10.005"': "amount.max_decimal_places",
    "0.004": "amount.max_decimal_places",
    "10.000": "amount.max_decimal_places",
    "0": "amount.min_value",
    "-0": "amount.min_value",
    "-0.00": "amount.min_value",
    "0.00": "amount.min_value",
    "-5.00": "amount.min_value",
    '"-5"': "amount.min_value",
    "10000000000000": "amount.too_large",
    "9999999999999999.99": "amount.too_large",
    "9" * 5000: "amount.too_large",
    '"1,000.00"': "amount.invalid",
    '"1.000,00"': "amount.invalid",
    '"1\'000"': "amount.invalid",
    '"$5"': "amount.invalid",
    '"5 USD"': "amount.invalid",
    '"0x10"': "amount.invalid",
    '"(100.00)"': "amount.invalid",
    '" 5"': "amount.invalid",
    '"5 "': "amount.invalid",
    '"+5"': "amount.invalid",
    '"1_000"': "amount.invalid",
    '"٣"': "amount.invalid",
    '".5"': "amount.invalid",
    '"5."': "amount.invalid",
    '"5\\n"': "amount.invalid",
    "true": "amount.invalid",
    "false": "amount.invalid",
    "[]": "amount.invalid",
    "{}": "amount.invalid",
    "[5]": "amount.invalid",
    "null": "amount.invalid",
    '""': "amount.invalid",
}


@pytest.mark.parametrize(("written", "code"), BAD.items())
def test_what_is_no_amount(world, api, written, code):
    told = problem(api.post("/allocations", committing(world, written)), 422, code)
    assert told["errors"][0]["field"] == "committed"
    if code == "amount.invalid":
        assert "1250000.00" in told["detail"]
    assert api.read("/allocations")["total"] == 0


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity", ".5", "5.", "01", "+5", "1_000", "0x10"])
def test_what_is_not_even_json(world, api, written):
    problem(api.post("/allocations", committing(world, written)), 400, "json.invalid")


ROUTES = (
    ("POST", "/funds/{fund}/commitments", "amount", {"investorId": 1, "closingDate": "2026-01-01"}),
    ("PATCH", "/commitments/{commitment}", "amount", {}),
    ("POST", "/allocations/{allocation}/calls", "amount", {"dueDate": "2099-01-01"}),
    ("POST", "/capital-calls/{call}/payments", "amount", {}),
    (
        "PATCH",
        "/capital-calls/{call}/items/{item}/payment",
        "paidAmount",
        {"paidDate": "2026-02-20", "paymentMethod": "wire"},
    ),
    ("POST", "/funds/{fund}/receipts", "amount", {"valueDate": "2026-02-20"}),
)


@pytest.mark.parametrize("amount", ["NaN", "10.005", "-1", "1e3", True, None, 10**13, [1]])
def test_no_route_takes_what_is_no_amount(world, trail, amount):
    call = trail.call()
    ids = {
        "fund": world.fund.pk,
        "commitment": world.partners[0].pk,
        "allocation": trail.allocation["id"],
        "call": call["id"],
        "item": call["items"][0]["id"],
    }
    for verb, path, field, body in ROUTES:
        told = problem(trail.api.send(verb, path.format(**ids), {**body, field: amount}), 422)
        assert told["errors"][0]["field"] == field
    splits = {"amount": 1, "splits": [{"itemId": ids["item"], "amount": amount}]}
    told = problem(trail.api.post(f"/capital-calls/{ids['call']}/payments", splits), 422)
    assert told["errors"][0]["field"] == "splits.0.amount"


def test_every_number_with_a_point_has_two_decimals(world, trail):
    call = trail.call("100000.01")
    paths = (
        "/allocations",
        "/capital-calls",
        f"/capital-calls/{call['id']}",
        f"/funds/{world.fund.pk}/capital",
    )
    for path in (*paths, f"/funds/{world.fund.pk}/commitments"):
        text = trail.api.get(path).content.decode()
        assert {len(found) for found in re.findall(r":-?\d+\.(\d+)[,}]", text)} == {2}, path


def test_rates_keep_their_decimals(api):
    terms = {"hurdleRate": "0.08", "carryRate": 0.125, "managementFeeRate": "0.01750000", "catchUpRate": 1}
    made = api.made("/funds", {"name": "Rates", "lpaDate": "2026-01-01", "terms": terms})
    told = json.loads(api.get(f"/funds/{made['id']}").content, parse_float=str)["terms"]
    assert told["hurdleRate"] == "0.08"
    assert told["carryRate"] == "0.125"
    assert told["managementFeeRate"] == "0.0175"
    assert told["catchUpRate"] == 1


@pytest.mark.parametrize("rate", ["8", "1.01", "-0.1", "8%", "NaN", True, None, "0.123456789", [], "1e-2"])
def test_what_is_no_rate(api, rate):
    fund = {"name": "Rates", "lpaDate": "2026-01-01", "terms": {"hurdleRate": rate}}
    assert problem(api.post("/funds", fund), 422)["errors"][0]["field"] == "terms.hurdleRate"


@pytest.mark.parametrize("currency", ["usd", "US$", "XXX", "", "MRU", 7, None])
def test_currencies_are_a_known_few(api, currency):
    fund = {"name": "Currency", "lpaDate": "2026-01-01", "currency": currency}
    problem(api.post("/funds", fund), 422)


def test_a_yen_has_no_decimals(world):
    manager = world.people["manager"]
    fund = FundFactory(currency="JPY", manager=manager)
    partner = CommitmentFactory(fund=fund, amount="1000000.00")
    api = world.api()
    code = "amount.max_decimal_places"
    promise = {"investorId": world.partners[0].investor_id, "amount": "100.50", "closingDate": "2026-01-01"}
    problem(api.post(f"/funds/{fund.pk}/commitments", promise), 422, code)
    problem(api.patch(f"/commitments/{partner.pk}", {"amount": "100.50"}), 422, code)
    allocation = {"fundId": fund.pk, "dealId": world.deal.pk, "committed": "100.50"}
    problem(api.post("/allocations", allocation), 422, code)
    made = api.made("/allocations", {**allocation, "committed": "100000"})
    call = {"amount": "100.50", "callDate": "2026-02-15", "dueDate": "2026-03-01"}
    problem(api.post(f"/allocations/{made['id']}/calls", call), 422, code)
    issued = api.made(f"/allocations/{made['id']}/calls", {**call, "amount": "100"})
    problem(api.post(f"/capital-calls/{issued['id']}/payments", {"amount": "0.50"}), 422, code)
    problem(api.post(f"/funds/{fund.pk}/receipts", {"amount": "0.50", "valueDate": "2026-02-20"}), 422, code)
    draft = {
        "fundId": fund.pk,
        "totalAmount": "100.50",
        "purpose": "Yen",
        "callDate": "2026-02-15",
        "dueDate": "2026-03-01",
    }
    problem(api.post("/capital-calls", draft), 422, code)
