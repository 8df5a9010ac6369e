"""The document and its page: what it says is what the API does."""

import json
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from jsonschema import Draft202012Validator, ValidationError
from openapi_spec_validator import OpenAPIV31SpecValidator

from blackgem.api import api as blackgem_api
from blackgem.http.schemas import Answer, Body
from tests.support import contract
from tests.support.api import problem

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
POST /api/capital-calls/{call_id}/send-back
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
POST /api/distributions/{distribution_id}/send-back
POST /api/distributions/{distribution_id}/send
POST /api/distributions/{distribution_id}/cancel
POST /api/distributions/{distribution_id}/return-to-draft
POST /api/distributions/{distribution_id}/send-notices
GET /api/distributions/{distribution_id}/notice-pdf
GET POST /api/distributions/{distribution_id}/payouts
GET POST /api/distributions/{distribution_id}/setoffs
GET /api/funds/{fund_id}/defaults
POST /api/capital-calls/{call_id}/items/{item_id}/defaults
GET /api/defaults/{default_id}
POST /api/defaults/{default_id}/approve
POST /api/defaults/{default_id}/reject
POST /api/defaults/{default_id}/interest
POST /api/defaults/{default_id}/shortfall
POST /api/defaults/{default_id}/forfeiture
POST /api/defaults/{default_id}/sale
POST /api/defaults/{default_id}/reduction
POST /api/defaults/{default_id}/withdraw
POST /api/default-withdrawals/{default_withdrawal_id}/approve
POST /api/default-withdrawals/{default_withdrawal_id}/reject
POST /api/default-remedies/{remedy_id}/approve
POST /api/default-remedies/{remedy_id}/reject
POST /api/default-remedies/{remedy_id}/pay
GET /api/setoffs/{setoff_id}
POST /api/setoffs/{setoff_id}/approve
POST /api/setoffs/{setoff_id}/reject
POST /api/setoff-parts/{setoff_part_id}/reverse
POST /api/setoff-reversals/{setoff_reversal_id}/approve
POST /api/setoff-reversals/{setoff_reversal_id}/reject
POST /api/distributions/calculate-waterfall
GET POST /api/closings
GET PUT /api/closings/{closing_id}
GET /api/closings/{closing_id}/figures
POST /api/closings/{closing_id}/submit
POST /api/closings/{closing_id}/settle
POST /api/closings/{closing_id}/send-back
POST /api/closings/{closing_id}/cancel
POST /api/closings/{closing_id}/reverse
POST /api/closing-reversals/{closing_reversal_id}/approve
POST /api/closing-reversals/{closing_reversal_id}/reject
POST /api/closings/{closing_id}/send-notices
GET /api/closings/{closing_id}/notice-pdf
GET /api/closings/{closing_id}/refunds
GET POST /api/transfers
GET /api/transfers/{transfer_id}
POST /api/transfers/{transfer_id}/approve
POST /api/transfers/{transfer_id}/reject
GET POST /api/funds/{fund_id}/fee-schedules
POST /api/fee-schedules/{fee_schedule_id}/approve
POST /api/fee-schedules/{fee_schedule_id}/reject
GET /api/funds/{fund_id}/fee-letters
POST /api/commitments/{commitment_id}/fee-letters
POST /api/fee-letters/{fee_letter_id}/approve
POST /api/fee-letters/{fee_letter_id}/reject
GET POST /api/funds/{fund_id}/fee-income
POST /api/fee-income/{fee_income_id}/approve
POST /api/fee-income/{fee_income_id}/reject
GET POST /api/funds/{fund_id}/fee-events
POST /api/fee-events/{fee_event_id}/take-back
POST /api/fee-events/{fee_event_id}/approve
POST /api/fee-events/{fee_event_id}/reject
GET POST /api/funds/{fund_id}/fee-realisations
POST /api/fee-realisations/{fee_realisation_id}/approve
POST /api/fee-realisations/{fee_realisation_id}/reject
GET /api/fee-runs
GET /api/fee-runs/{fee_run_id}
GET /api/fee-runs/{fee_run_id}/notice-pdf
GET /api/funds/{fund_id}/fee-runs/next
POST /api/funds/{fund_id}/fee-runs
POST /api/fee-runs/{fee_run_id}/approve
POST /api/fee-runs/{fee_run_id}/reject
POST /api/fee-runs/{fee_run_id}/payment
POST /api/fee-payments/{fee_payment_id}/reverse
GET POST /api/funds/{fund_id}/waived-fees
POST /api/fee-waiver-uses/{fee_waiver_use_id}/approve
POST /api/fee-waiver-uses/{fee_waiver_use_id}/reject
POST /api/fee-runs/{fee_run_id}/cancel
POST /api/fee-cancellations/{fee_cancellation_id}/approve
POST /api/fee-cancellations/{fee_cancellation_id}/reject
GET /api/funds/{fund_id}/periods
POST /api/funds/{fund_id}/period-closes
GET /api/period-closes/{period_close_id}
POST /api/period-closes/{period_close_id}/approve
POST /api/period-closes/{period_close_id}/reject
POST /api/period-closes/{period_close_id}/reopen
GET POST /api/closings/{closing_id}/refund-payouts
GET POST /api/closings/{closing_id}/setoffs
POST /api/refund-payouts/{refund_payout_id}/reverse
POST /api/payouts/{payout_id}/reverse
GET POST /api/deals/{deal_id}/write-downs
POST /api/write-downs/{write_down_id}/approve
POST /api/write-downs/{write_down_id}/reject
GET POST /api/bank-statements
GET /api/bank-statement-files/{statement_file_id}
GET /api/bank-statements/{statement_id}
POST /api/bank-statements/{statement_id}/post
POST /api/bank-entries/{entry_id}/apply
POST /api/bank-entries/{entry_id}/link
POST /api/bank-entries/{entry_id}/classify
POST /api/bank-entries/{entry_id}/ignore
POST /api/bank-entries/{entry_id}/undo
GET POST /api/funds/{fund_id}/bank-rules
POST /api/bank-rules/{rule_id}/retire
GET /api/funds/{fund_id}/bank-reconciliation
GET /api/funds/{fund_id}/payables
GET POST /api/payment-files
GET /api/payment-files/{payment_file_id}
POST /api/payment-files/{payment_file_id}/approve
POST /api/payment-files/{payment_file_id}/reject
POST /api/payment-files/{payment_file_id}/withdraw
POST /api/payment-files/{payment_file_id}/answer
POST /api/payment-files/{payment_file_id}/status-report
GET /api/capital-transactions
GET /api/investors/{investor_id}/capital-transactions
GET /api/investors/{investor_id}/statement
GET /api/portal/commitments
GET /api/portal/capital-calls
GET /api/portal/payments
GET /api/portal/distributions
GET /api/portal/refunds
GET /api/portal/management-fees
GET /api/portal/letters
GET /api/portal/letters/{letter_id}/pdf
GET /api/portal/statements
GET /api/portal/questions
POST /api/portal/capital-calls/{call_part_id}/questions
POST /api/portal/distributions/{distribution_part_id}/questions
GET /api/questions
GET /api/questions/{question_id}
POST /api/questions/{question_id}/answers
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


#: design/api.md's table of answers: of every request, and of those that change something.
OF_ANY, OF_WRITES = {"400", "401", "403", "422", "429"}, {"409", "413", "415"}
#: What one person may start and a second has to approve: done, or waiting for that.
WAITING = {
    "/api/allocations/{allocation_id}/calls": {"201", "202"},
    "/api/allocations/{allocation_id}/amendments": {"201", "202"},
    "/api/deals/{deal_id}/write-downs": {"201", "202"},
    "/api/commitments/{commitment_id}/events": {"201", "202"},
    "/api/commitments/{commitment_id}/side-letters": {"201", "202"},
    "/api/funds/{fund_id}/nav-entries": {"201", "202"},
    "/api/funds/{fund_id}/letter-wording": {"200", "202"},
    "/api/funds/{fund_id}": {"200", "202"},
    "/api/investors/{investor_id}": {"200", "202"},
    "/api/investors/{investor_id}/contacts": {"201", "202"},
    "/api/capital-calls/{call_id}/cancel": {"200", "202"},
    "/api/capital-calls/{call_id}/items/{item_id}/settlements": {"201", "202"},
    "/api/capital-calls/{call_id}/items/{item_id}/excuses": {"201", "202"},
    "/api/distributions/{distribution_id}/cancel": {"200", "202"},
    "/api/payments/{payment_id}/reverse": {"200", "202"},
    "/api/payouts/{payout_id}/reverse": {"200", "202"},
    "/api/closings/{closing_id}/reverse": {"200", "202"},
    "/api/closings/{closing_id}/setoffs": {"201", "202"},
    "/api/distributions/{distribution_id}/setoffs": {"201", "202"},
    "/api/setoff-parts/{setoff_part_id}/reverse": {"200", "202"},
    "/api/capital-calls/{call_id}/items/{item_id}/defaults": {"201", "202"},
    "/api/defaults/{default_id}/interest": {"200", "202"},
    "/api/defaults/{default_id}/shortfall": {"200", "202"},
    "/api/defaults/{default_id}/forfeiture": {"200", "202"},
    "/api/defaults/{default_id}/sale": {"200", "202"},
    "/api/defaults/{default_id}/reduction": {"200", "202"},
    "/api/defaults/{default_id}/withdraw": {"200", "202"},
    "/api/transfers": {"201", "202"},
    "/api/funds/{fund_id}/fee-schedules": {"201", "202"},
    "/api/commitments/{commitment_id}/fee-letters": {"201", "202"},
    "/api/funds/{fund_id}/fee-income": {"201", "202"},
    "/api/funds/{fund_id}/fee-events": {"201", "202"},
    "/api/fee-events/{fee_event_id}/take-back": {"201", "202"},
    "/api/funds/{fund_id}/fee-realisations": {"201", "202"},
    "/api/funds/{fund_id}/fee-runs": {"201", "202"},
    "/api/funds/{fund_id}/waived-fees": {"201", "202"},
    "/api/fee-runs/{fee_run_id}/cancel": {"201", "202"},
    "/api/refund-payouts/{refund_payout_id}/reverse": {"200", "202"},
}


def test_every_route_states_every_status(document):
    """That each is provoked in each route is held by test_every_status.py and test_every_answer.py."""
    for path, method, operation in operations(document):
        stated = operation["responses"].keys()
        assert stated >= OF_ANY
        assert stated >= OF_WRITES or method == "get"
        assert "404" in stated or "{" not in path
        done = {status for status in stated if status < "300"}
        assert done == (WAITING.get(path, {min(stated)}) if method != "get" else {min(stated)})


def test_it_is_whole(document):
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "BlackGem"
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        declared = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path))
        assert operation["tags"]
        assert "default" not in operation["responses"]
        assert min(operation["responses"]) in ("200", "201")
        assert operation["security"] == [{"Token": []}, {"Session": []}]
        keys = [one for one in operation["parameters"] if one["name"] == "Idempotency-Key"]
        assert len(keys) == (0 if method == "get" else 1)
        for status, answer in operation["responses"].items():
            assert ("$ref" in answer) == (int(status) >= 400)
            if status == "201":
                assert "Location" in answer["headers"]


def test_it_is_valid_openapi(document):
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_schema_is_one_and_every_reference_leads_somewhere(document):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for reference in re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)):
        _, _, kind, name = reference.split("/")
        assert name in document["components"][kind]
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


def all_below(kind) -> set:
    return {one for sub in kind.__subclasses__() for one in {sub, *all_below(sub)}}


def test_two_bodies_or_answers_of_one_name_would_hide_each_other():
    names = [one.__name__ for root in (Body, Answer) for one in all_below(root)]
    assert len(names) == len(set(names))


def test_refusals_are_what_it_says(document, api):
    schema = {"$ref": "#/components/schemas/Problem"}
    for response in (api.get("/funds/999"), api.post("/deals", {}), Client().get("/api/funds")):
        contract.validator(schema).validate(problem(response, response.status_code))


@pytest.mark.parametrize(
    ("verb", "path", "wrong"),
    [
        ("GET", "/deals/1", {"id": "1", "name": "x", "description": "", "createdAt": "2026-01-01T00:00:00Z"}),
        ("GET", "/deals/1", {"id": 1, "name": "x", "description": "", "createdAt": "yesterday"}),
        ("GET", "/deals/1", {"id": 1, "name": "x"}),
        ("GET", "/deals/1", None),
    ],
)
def test_the_tests_see_an_answer_that_it_does_not_describe(verb, path, wrong):
    """The negative control of the tests' own client."""
    answer = HttpResponse(json.dumps(wrong), content_type="application/json")
    with pytest.raises(ValidationError):
        contract.hold(verb, path, answer)


def test_the_tests_see_a_status_or_a_type_that_it_does_not_describe():
    for answer in (
        HttpResponse("{}", status=418, content_type="application/json"),
        HttpResponse("<p>", content_type="text/html"),
        HttpResponse("{}", status=201, content_type="application/json"),
    ):
        with pytest.raises(AssertionError):
            contract.hold("GET", "/deals/1", answer)


def test_every_body_has_an_example_that_is_right(document):
    kinds = {one.__name__: one for one in all_below(Body)}
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for part in content["schema"].get("allOf", [content["schema"]]):
                name = part["$ref"].rpartition("/")[2]
                for example in document["components"]["schemas"][name]["examples"]:
                    contract.validator(content["schema"]).validate(example)
                    kinds[name].model_validate(example)


def test_every_answer_has_an_example_that_is_right(document):
    for _, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/json")
            if content is None:
                assert status >= "400" or "application/pdf" in answer["content"]
                continue
            assert "example" in content, "RECORD_ANSWERS=1 with test_every_answer.py writes it down"
            contract.validator(content["schema"]).validate(content["example"])


def test_links_lead_from_ids_to_operations(document):
    by_id = {operation["operationId"]: operation for _, _, operation in operations(document)}
    linked = set()
    for operation in by_id.values():
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                target = by_id[link["operationId"]]
                in_path = {one["name"] for one in target["parameters"] if one["in"] == "path"}
                assert set(link["parameters"]) == in_path
                linked.add(link["operationId"])
    assert linked == {
        name for name, one in by_id.items() if any(p["in"] == "path" for p in one["parameters"])
    }


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
