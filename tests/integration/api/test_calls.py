"""Allocations and capital calls through the API: drafts, the states, what refuses them."""

from datetime import date

import pytest
from django.utils import timezone

from capital.forms.calls import CallForms
from funds.models import Fund
from tests.support.api import problem, read
from tests.support.staging import staged

from .conftest import CALLED_ON, DUE_ON

pytestmark = pytest.mark.django_db


def sums(told: dict) -> dict:
    return {
        name: told[name] for name in ("state", "committed", "called", "uncalled", "funded", "outstanding")
    }


# ---------------------------------------------------------------- allocations


def test_an_allocation(world, api):
    body = {"fundId": world.fund.pk, "dealId": world.deal.pk, "committed": "1000000"}
    response = api.post("/allocations", body)
    made = read(response)
    assert response["Location"] == f"/api/allocations/{made['id']}"
    assert sums(made) == {
        "state": "committed",
        "committed": 1_000_000,
        "called": 0,
        "uncalled": 1_000_000,
    } | {
        "funded": 0,
        "outstanding": 0,
    }
    assert made["dealName"] == world.deal.name
    assert api.read(f"/allocations?fundId={world.fund.pk}")["allocations"] == [made]
    assert api.read("/allocations?fundId=999")["allocations"] == []
    problem(api.post("/allocations", body), 409, "allocation.duplicate")


def test_a_call_on_an_allocation_is_issued_at_once(world, trail):
    response = trail.api.post(
        f"/allocations/{trail.allocation['id']}/calls", {"amount": "120000", "dueDate": "2199-01-01"}
    )
    call = read(response)
    assert response.status_code == 201, call
    assert response["Location"] == f"/api/capital-calls/{call['id']}"
    assert (call["status"], call["totalAmount"], call["outstanding"]) == ("SENT", 120_000, 120_000)
    assert call["callDate"] == timezone.localdate().isoformat()
    assert call["purpose"] == f"Investment – {world.deal.name}"
    assert call["callNumber"] == 1
    assert [item["calledAmount"] for item in call["items"]] == [50_000, 30_000, 40_000]
    assert sums(call["allocation"])["called"] == 120_000
    assert call["allocations"] == [call["allocation"]]
    assert call["noticeSentAt"] is None
    [line] = call["lines"]
    assert (line["kind"], line["allocationId"], line["seqNo"]) == ("investment", trail.allocation["id"], 1)
    detail = trail.api.read(f"/capital-calls/{call['id']}")
    assert detail == {name: value for name, value in call.items() if name != "allocation"}


def test_a_call_waits_where_two_must_agree(world, trail):
    world.fund.four_eyes = True
    world.fund.save()
    call = trail.api.made(
        f"/allocations/{trail.allocation['id']}/calls",
        {"amount": 1, "dueDate": DUE_ON, "callDate": CALLED_ON},
        status=202,
    )
    assert (call["status"], call["outstanding"], call["allocation"]["called"]) == ("PENDING_APPROVAL", 0, 0)
    problem(trail.api.post(f"/capital-calls/{call['id']}/approve"), 403, "four_eyes")
    approved = read(world.api("second").post(f"/capital-calls/{call['id']}/approve"))
    assert (approved["status"], approved["allocations"][0]["called"]) == ("SENT", 1)


def test_more_than_is_uncalled_is_refused(trail):
    trail.call("900000")
    body = {"amount": "100000.01", "dueDate": DUE_ON, "callDate": CALLED_ON}
    told = problem(trail.api.post(f"/allocations/{trail.allocation['id']}/calls", body), 409)
    assert "100,000.00" in told["detail"]
    trail.call("100000")
    problem(trail.api.post(f"/allocations/{trail.allocation['id']}/calls", {**body, "amount": 1}), 409)


def test_more_than_is_unfunded_names_the_partners(world, trail):
    told = problem(trail.api.post("/capital-calls", trail.draft_body(totalAmount="1200000.01")), 409)
    assert told["code"] == "call.exceeds_uncalled"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"dueDate": CALLED_ON}, "dueDate"),
        ({"dueDate": "2026-02-30"}, "dueDate"),
        ({"amount": 0}, "amount"),
        ({"purpose": "x" * 201}, "purpose"),
        ({"purpose": " "}, "purpose"),
        ({"purposeDetail": "x" * 2001}, "purposeDetail"),
        ({"status": "SENT"}, "status"),
        ({"dueDate": None}, "dueDate"),
    ],
)
def test_calls_that_could_never_be_right(trail, change, field):
    body = {"amount": "100", "dueDate": DUE_ON, "callDate": CALLED_ON, **change}
    told = problem(trail.api.post(f"/allocations/{trail.allocation['id']}/calls", body), 422)
    assert [one["field"] for one in told["errors"]] == [field]
    assert trail.api.read("/capital-calls")["total"] == 0


# ---------------------------------------------------------------- drafts


def test_a_draft_is_pro_rata_and_counts_nowhere(world, trail):
    draft = trail.draft(totalAmount="100.00", allocationId=trail.allocation["id"])
    assert draft["status"] == "DRAFT"
    assert [str(item["calledAmount"]) for item in draft["items"]] == ["41.67", "25.00", "33.33"]
    assert draft["allocations"][0]["called"] == 0
    assert {item["status"] for item in draft["items"]} == {"PENDING"}
    assert trail.api.read("/capital-calls")["summary"]["totalCalled"] == 0


def test_a_draft_of_several_lines(world, trail):
    lines = [
        {"kind": "investment", "amount": 600, "allocationId": trail.allocation["id"]},
        {"kind": "management_fee", "amount": "300"},
        {"kind": "partnership_expenses", "amount": "300.00", "reducesUnfunded": False},
    ]
    draft = trail.draft(totalAmount=1200, lines=lines)
    shown = [
        (line["position"], line["kind"], line["amount"], line["reducesUnfunded"]) for line in draft["lines"]
    ]
    assert shown == [
        (1, "management_fee", 300, True),
        (2, "partnership_expenses", 300, False),
        (3, "investment", 600, True),
    ]
    assert [[part["amount"] for part in item["lines"]] for item in draft["items"]] == [
        [125, 125, 250],
        [75, 75, 150],
        [100, 100, 200],
    ]
    problem(trail.api.post("/capital-calls", trail.draft_body(totalAmount=1201, lines=lines)), 422)


def test_a_line_says_by_what_it_is_split(world, trail):
    lines = [
        {"kind": "investment", "amount": 1200, "allocationId": trail.allocation["id"], "splitBy": "sharing"}
    ]
    body = trail.draft_body(totalAmount=1200, lines=lines)
    assert problem(trail.api.post("/capital-calls", body), 422)["code"] == "call.nobody_shares"
    draft = trail.draft(totalAmount=1200, lines=[lines[0] | {"splitBy": "remaining"}])
    assert [line["splitBy"] for line in draft["lines"]] == ["remaining"]
    [line] = trail.draft(totalAmount=1200, lines=[{"kind": "other", "amount": 1200}])["lines"]
    assert line["splitBy"] == "commitment"
    told = problem(trail.api.post("/capital-calls", body | {"lines": [lines[0] | {"splitBy": "units"}]}), 422)
    assert told["code"] == "choice.invalid"


def test_a_line_that_names_no_key_is_split_as_the_funds_terms_say(world, trail):
    """An investment alone: what else is called goes by commitments. The page of a new call opens with the same key."""
    told = world.api("manager").patch(f"/funds/{world.fund.pk}", {"investmentsSplitBy": "remaining"})
    assert told.json()["investmentsSplitBy"] == "remaining"
    [line] = trail.draft(totalAmount=1200, allocationId=trail.allocation["id"])["lines"]
    assert line["splitBy"] == "remaining"
    investment = {"kind": "investment", "amount": 1000, "allocationId": trail.allocation["id"]}
    costs = {"kind": "partnership_expenses", "amount": 200}
    lines = trail.draft(totalAmount=1200, lines=[investment, costs])["lines"]
    keys = {one["kind"]: one["splitBy"] for one in lines}
    assert keys == {"investment": "remaining", "partnership_expenses": "commitment"}
    forms = CallForms(Fund.objects.get(pk=world.fund.pk), allocations=[], today=date(2026, 3, 1))
    assert forms.lines.forms[0]["split_by"].value() == "remaining"
    refused = world.api("manager").patch(f"/funds/{world.fund.pk}", {"investmentsSplitBy": "units"})
    assert problem(refused, 422)["code"] == "choice.invalid"


def test_amounts_set_by_hand_must_add_up(world, trail):
    ids = [partner.investor_id for partner in world.partners]
    items = [{"investorId": ids[0], "calledAmount": "40000"}, {"investorId": ids[2], "calledAmount": 20000}]
    draft = trail.draft(items=items)
    assert {item["investorId"]: item["calledAmount"] for item in draft["items"]} == {
        ids[0]: 40000,
        ids[1]: 0,
        ids[2]: 20000,
    }
    items[0]["calledAmount"] = "40000.01"
    told = problem(trail.api.post("/capital-calls", trail.draft_body(items=items)), 422)
    assert told["code"] == "call.items_do_not_add_up"


def test_excused_from_one_line(world, trail):
    ids = [partner.investor_id for partner in world.partners]
    lines = [{"kind": "management_fee", "amount": 300}, {"kind": "investment", "amount": 500}]
    items = [
        {
            "investorId": ids[0],
            "calledAmount": 100,
            "lines": [{"amount": 100}, {"excused": "Side letter §4"}],
        },
        {"investorId": ids[1], "calledAmount": 300, "lines": [{"amount": 100}, {"amount": 200}]},
        {"investorId": ids[2], "calledAmount": 400, "lines": [{"amount": 100}, {"amount": "300"}]},
    ]
    draft = trail.draft(totalAmount=800, lines=lines, items=items)
    first = draft["items"][0]
    assert first["calledAmount"] == 100
    assert [(part["amount"], part["basis"], part["excuseReason"]) for part in first["lines"]] == [
        (100, "edited", ""),
        (0, "excused", "Side letter §4"),
    ]


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([], "items"),
        ([{"investorId": 1}], "items.0.calledAmount"),
        ([{"investorId": 999999, "calledAmount": 60000}], "items.0.investorId"),
        ([{"investorId": 1, "calledAmount": -1}], "items.0.calledAmount"),
        ([{"investorId": 1, "calledAmount": 1, "status": "PAID"}], "items.0.status"),
        ([{"investorId": 1, "calledAmount": 2, "lines": [{"amount": 1}]}], "items.0"),
        ([{"investorId": 1, "calledAmount": 2, "lines": [{}]}], "items.0.lines.0"),
        ([{"investorId": 1, "calledAmount": 1}] * 2, "body"),
        ({}, "items"),
    ],
)
def test_items_that_could_never_be_right(trail, items, field):
    told = problem(trail.api.post("/capital-calls", trail.draft_body(items=items)), 422)
    assert [one["field"] for one in told["errors"]] == [field]


def test_a_draft_is_written_anew_under_its_number(trail):
    draft = trail.draft()
    body = trail.draft_body(totalAmount="120000", purpose="Another", revision=draft["revision"])
    changed = read(trail.api.put(f"/capital-calls/{draft['id']}", body))
    assert (changed["id"], changed["callNumber"], changed["revision"]) == (
        draft["id"],
        draft["callNumber"],
        2,
    )
    assert (changed["totalAmount"], changed["purpose"]) == (120_000, "Another")
    problem(trail.api.put(f"/capital-calls/{draft['id']}", body), 409, "stale_version")
    del body["revision"]
    assert trail.api.put(f"/capital-calls/{draft['id']}", body).status_code == 200


def test_a_draft_is_deleted_and_leaves_a_gap(trail):
    draft = trail.draft()
    assert read(trail.api.delete(f"/capital-calls/{draft['id']}")) == {"success": True}
    problem(trail.api.get(f"/capital-calls/{draft['id']}"), 404)
    problem(trail.api.delete(f"/capital-calls/{draft['id']}"), 404)
    assert trail.draft()["callNumber"] == draft["callNumber"] + 1


def test_a_call_stays_with_its_fund(world, trail):
    other = trail.api.made("/funds", {"name": "Other", "lpaDate": "2025-01-01"})
    body = trail.draft_body(fundId=other["id"])
    problem(trail.api.put(f"/capital-calls/{trail.draft()['id']}", body), 422)


def test_a_fund_without_commitments_cannot_call(trail):
    fund = trail.api.made("/funds", {"name": "Empty", "lpaDate": "2025-01-01"})
    problem(trail.api.post("/capital-calls", trail.draft_body(fundId=fund["id"])), 422, "fund.no_commitments")


# ---------------------------------------------------------------- every state × every verb

STATES = ("DRAFT", "PENDING_APPROVAL", "SENT", "PARTIALLY_FUNDED", "FULLY_FUNDED", "CANCELLED")
ALLOWED = {
    "put": {"DRAFT"},
    "delete": {"DRAFT"},
    "submit": {"DRAFT"},
    "approve": {"PENDING_APPROVAL"},
    "cancel": {"DRAFT", "PENDING_APPROVAL", "SENT"},
    "send-notices": {"DRAFT", "SENT", "PARTIALLY_FUNDED", "FULLY_FUNDED"},
    "pay": {"SENT", "PARTIALLY_FUNDED"},
    "pay-item": {"SENT", "PARTIALLY_FUNDED"},
}


def call_in(trail, status: str) -> dict:
    """A call brought to this status through the API."""
    call = trail.draft()
    path = f"/capital-calls/{call['id']}"
    steps = {
        "DRAFT": (),
        "PENDING_APPROVAL": ("submit",),
        "SENT": ("submit", "approve"),
        "PARTIALLY_FUNDED": ("submit", "approve"),
        "FULLY_FUNDED": ("submit", "approve"),
        "CANCELLED": ("cancel",),
    }
    for step in steps[status]:
        assert trail.api.post(f"{path}/{step}").status_code == 200
    if status == "PARTIALLY_FUNDED":
        trail.api.made(f"{path}/payments", {"amount": 1, "itemId": call["items"][0]["id"]})
    if status == "FULLY_FUNDED":
        trail.api.made(f"{path}/payments", {"amount": 60000})
    call = trail.api.read(path)
    assert call["status"] == status
    return call


@staged
def there(trail, param) -> dict:
    return call_in(trail, param)


def attempt(trail, verb: str, call: dict):
    path = f"/capital-calls/{call['id']}"
    if verb == "put":
        return trail.api.put(path, trail.draft_body(purpose="Changed"))
    if verb == "delete":
        return trail.api.delete(path)
    if verb == "pay":
        return trail.api.post(f"{path}/payments", {"amount": 1, "itemId": call["items"][1]["id"]})
    if verb == "pay-item":
        body = {"paidAmount": 1, "paidDate": "2026-02-20", "paymentMethod": "wire"}
        return trail.api.patch(f"{path}/items/{call['items'][1]['id']}/payment", body)
    return trail.api.post(f"{path}/{verb}", {"confirmed": True} if verb == "send-notices" else None)


@pytest.mark.parametrize("there", STATES, indirect=True)
def test_what_is_not_allowed_leaves_everything_as_it_was(trail, there):
    for verb in [verb for verb, states in ALLOWED.items() if there["status"] not in states]:
        problem(attempt(trail, verb, there), 409)
        assert trail.api.read(f"/capital-calls/{there['id']}") == there, verb


@pytest.mark.parametrize(
    ("verb", "there"),
    [(verb, state) for verb, states in ALLOWED.items() for state in STATES if state in states],
    indirect=["there"],
)
def test_what_is_allowed_is_done(trail, verb, there):
    assert attempt(trail, verb, there).status_code in (200, 201)


def test_cancelling_says_why_and_frees_the_allocation(trail):
    call = trail.call("1000000")
    assert call["allocation"]["state"] == "called"
    cancelled = read(
        trail.api.post(f"/capital-calls/{call['id']}/cancel", {"reason": "The deal fell through"})
    )
    assert (cancelled["status"], cancelled["cancelReason"]) == ("CANCELLED", "The deal fell through")
    assert cancelled["allocations"][0]["state"] == "committed"
    assert cancelled["outstanding"] == 0


def test_bodies_of_verbs_hold_nothing_unknown(trail):
    call = trail.draft()
    problem(trail.api.post(f"/capital-calls/{call['id']}/submit", {"force": True}), 422, "field.unknown")
    problem(trail.api.post(f"/capital-calls/{call['id']}/cancel", {"note": "x"}), 422, "field.unknown")
    problem(trail.api.post(f"/capital-calls/{call['id']}/send-notices", {"resend": "yes"}), 422)
    assert trail.api.post(f"/capital-calls/{call['id']}/submit", {}).status_code == 200
