"""The document and its page: what it says is what the API does."""

import json
import re

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from blackgem.api import api as blackgem_api
from blackgem.http.schemas import Answer, Body
from tests.support.api import problem

from .conftest import EXIT_ON

pytestmark = pytest.mark.django_db

#: design/api.md, as far as it is built.
ROUTES = """
GET POST /api/funds
GET PATCH /api/funds/{fund_id}
GET POST /api/deals
GET PATCH /api/deals/{deal_id}
GET POST /api/investors
GET PATCH /api/investors/{investor_id}
GET POST /api/funds/{fund_id}/commitments
GET POST /api/allocations
GET /api/allocations/{allocation_id}
POST /api/allocations/{allocation_id}/calls
GET POST /api/capital-calls/{call_id}/payments
GET /api/funds/{fund_id}/capital
GET POST /api/capital-calls
GET PUT DELETE /api/capital-calls/{call_id}
POST /api/capital-calls/{call_id}/submit
POST /api/capital-calls/{call_id}/approve
POST /api/capital-calls/{call_id}/cancel
POST /api/capital-calls/{call_id}/send-notices
GET /api/capital-calls/{call_id}/notice-pdf
GET /api/capital-calls/{call_id}/items
PATCH /api/capital-calls/{call_id}/items/{item_id}/payment
POST /api/payments/{payment_id}/reverse
GET POST /api/funds/{fund_id}/receipts
POST /api/receipts/{receipt_id}/apply
GET POST /api/distributions
GET PUT DELETE /api/distributions/{distribution_id}
POST /api/distributions/{distribution_id}/submit
POST /api/distributions/{distribution_id}/approve
POST /api/distributions/{distribution_id}/send
POST /api/distributions/{distribution_id}/cancel
POST /api/distributions/{distribution_id}/send-notices
GET /api/distributions/{distribution_id}/notice-pdf
GET POST /api/distributions/{distribution_id}/payouts
POST /api/distributions/calculate-waterfall
POST /api/payouts/{payout_id}/reverse
GET POST /api/deals/{deal_id}/write-downs
GET /api/capital-transactions
GET /api/investors/{investor_id}/capital-transactions
GET /api/investors/{investor_id}/statement
"""


@pytest.fixture(scope="module")
def document() -> dict:
    response = Client().get("/api/openapi.json")
    assert response.status_code == 200
    return json.loads(response.content)


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_route_is_in_it(document):
    for line in ROUTES.strip().splitlines():
        *verbs, path = line.split()
        assert {verb.lower() for verb in verbs} <= document["paths"][path].keys()


def test_it_is_whole(document):
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "BlackGem"
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        declared = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path))
        assert operation["tags"]
        assert operation["responses"].keys() - {"default"}
        assert operation["security"] == [{"Token": []}, {"Session": []}]
        keys = [one for one in operation["parameters"] if one["name"] == "Idempotency-Key"]
        assert len(keys) == (0 if method == "get" else 1)
        for status, answer in operation["responses"].items():
            assert answer["description"]
            if status == "201":
                assert "Location" in answer["headers"]


def test_every_schema_is_one_and_every_reference_leads_somewhere(document):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for reference in re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)):
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]
    for _, _, operation in operations(document):
        for parameter in operation["parameters"]:
            Draft202012Validator.check_schema(parameter["schema"])


def test_bodies_take_nothing_unknown(document):
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = content["schema"]
            for part in schema.get("allOf", [schema]):
                name = part["$ref"].rpartition("/")[2]
                assert document["components"]["schemas"][name]["additionalProperties"] is False


def validator(document, schema) -> Draft202012Validator:
    resource = Resource(contents=document, specification=DRAFT202012)
    text = json.dumps(schema).replace('"#/components', '"urn:api#/components')
    return Draft202012Validator(json.loads(text), registry=Registry().with_resource("urn:api", resource))


def test_two_bodies_or_answers_of_one_name_would_hide_each_other():
    def below(kind):
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    names = [one.__name__ for root in (Body, Answer) for one in set(below(root))]
    assert len(names) == len(set(names))


def test_answers_are_what_it_says(document, world, trail, exit):
    distribution = exit.issued()
    exit.pay_out(distribution)
    loss = {"fundId": world.fund.pk, "date": EXIT_ON, "amount": 1}
    trail.api.made(f"/deals/{world.deal.pk}/write-downs", loss)
    call = trail.call()
    paid = trail.api.made(f"/capital-calls/{call['id']}/payments", {"amount": 60000})
    receipt = trail.api.made(f"/funds/{world.fund.pk}/receipts", {"amount": 1, "valueDate": "2026-02-20"})
    ids = {
        "fund_id": world.fund.pk,
        "deal_id": world.deal.pk,
        "investor_id": call["items"][0]["investorId"],
        "commitment_id": call["items"][0]["commitmentId"],
        "allocation_id": trail.allocation["id"],
        "call_id": call["id"],
        "payment_id": paid["payments"][0]["id"],
        "receipt_id": receipt["id"],
        "distribution_id": distribution["id"],
        "payout_id": trail.api.read(f"/distributions/{distribution['id']}/payouts")["payouts"][0]["id"],
    }
    for path, method, operation in operations(document):
        if method != "get" or path.endswith("notice-pdf"):
            continue
        response = trail.api.get(path.removeprefix("/api").format(**ids))
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        errors = list(validator(document, schema).iter_errors(json.loads(response.content)))
        assert (response.status_code, errors) == (200, []), path


def test_refusals_are_what_it_says(document, api):
    schema = {"$ref": "#/components/schemas/Problem"}
    for response in (api.get("/funds/999"), api.post("/deals", {}), Client().get("/api/funds")):
        validator(document, schema).validate(problem(response, response.status_code))


def test_it_is_made_once():
    assert blackgem_api.get_openapi_schema() is blackgem_api.get_openapi_schema()


def test_its_page_needs_no_script_and_names_every_route(document):
    page = Client().get("/api/docs")
    text = page.content.decode()
    assert page["Content-Type"].startswith("text/html")
    for path, method, operation in operations(document):
        assert f"{method.upper()} {path}" in text
        assert f'id="{operation["operationId"]}"' in text
    assert " style=" not in text
    assert "<script>" not in text
