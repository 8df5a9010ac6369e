"""C. Workflow, D. retries, E. access, F11. tokens: what a client of the API can try."""

import pytest
from django.test import Client

from tests.integration.api.everything import LISTS, READS, WRITES, filled
from tests.integration.attacks.unchanged import nothing_written
from tests.support.api import problem, read, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict(world):
    """Two must agree."""
    world.fund.four_eyes = True
    world.fund.save()


def test_a_draft_is_not_issued_without_approval(trail, strict):
    draft = trail.draft()
    with nothing_written():
        problem(trail.api.post(f"/capital-calls/{draft['id']}/approve"), 409)


def test_nobody_approves_its_own(world, trail, strict):
    path = f"/capital-calls/{trail.draft()['id']}"
    trail.api.made(f"{path}/submit", status=200)
    another_token = world.api("manager")
    with nothing_written():
        problem(trail.api.post(f"{path}/approve"), 403)
        problem(another_token.post(f"{path}/approve"), 403)
    assert read(world.api("second").post(f"{path}/approve"))["status"] == "SENT"


def test_what_was_submitted_is_fixed(trail, strict):
    path = f"/capital-calls/{trail.draft()['id']}"
    trail.api.made(f"{path}/submit", status=200)
    with nothing_written():
        problem(trail.api.put(path, trail.draft_body(totalAmount="70000")), 409)
        problem(trail.api.delete(path), 409)


def test_a_page_that_is_no_longer_true(trail):
    path = f"/capital-calls/{trail.draft()['id']}"
    assert trail.api.put(path, trail.draft_body(totalAmount="70000", revision=1)).status_code == 200
    with nothing_written():
        problem(trail.api.put(path, trail.draft_body(totalAmount="80000", revision=1)), 409, "stale_version")


def test_issued_once(trail):
    path = f"/capital-calls/{trail.draft()['id']}"
    first = trail.api.made(f"{path}/send-notices", {"confirmed": True}, status=200)
    assert first["sentCount"] == 3
    with nothing_written():
        assert trail.api.made(f"{path}/send-notices", {"confirmed": True}, status=200)["sentCount"] == 0
        problem(trail.api.post(f"{path}/approve"), 409)


def test_a_call_with_payments_is_not_cancelled(trail):
    call = trail.call()
    trail.api.made(f"/capital-calls/{call['id']}/payments", {"itemId": call["items"][0]["id"], "amount": 5})
    with nothing_written():
        problem(trail.api.post(f"/capital-calls/{call['id']}/cancel"), 409)


def test_nothing_that_counts_is_deleted(ids, api):
    with nothing_written():
        for path in READS:
            if path not in ("/capital-calls/{call}", "/distributions/{distribution}"):
                problem(api.delete(path.format(**ids)), 405, "method.not_allowed")
        problem(api.delete(f"/capital-calls/{ids['call']}"), 409)
        problem(api.delete(f"/distributions/{ids['distribution']}"), 409)


@pytest.mark.parametrize("verb", ["draft", "cancelled"])
def test_who_owes_nothing_pays_nothing(trail, verb):
    draft = trail.draft()
    if verb == "cancelled":
        trail.api.made(f"/capital-calls/{draft['id']}/cancel", status=200)
    body = {"itemId": draft["items"][0]["id"], "amount": 5}
    with nothing_written():
        problem(trail.api.post(f"/capital-calls/{draft['id']}/payments", body), 409)


def test_a_commitment_below_what_was_called(world, trail):
    trail.call("600000")
    with nothing_written():
        refused = trail.api.patch(f"/commitments/{world.partners[0].pk}", {"amount": "249999.99"})
        problem(refused, refused.status_code, "commitment.called")
    assert refused.status_code in (409, 422)


# ---------------------------------------------------------------- retries


@pytest.mark.parametrize(
    "key", ["k", "x" * 10_240, "schlüssel", "a b", ""], ids=["1", "10 kB", "non-ASCII", "space", "none"]
)
def test_keys_that_are_none(api, key):
    with nothing_written():
        problem(api.post("/deals", {"name": "x"}, key=key), 400, "idempotency.invalid")


def test_another_request_under_the_same_key(world, trail):
    call = trail.call()
    path, body = f"/capital-calls/{call['id']}/payments", {"itemId": call["items"][0]["id"], "amount": 5}
    trail.api.made(path, body, key="once")
    with nothing_written():
        problem(trail.api.post(path, {**body, "amount": 6}, key="once"), 422, "idempotency.key_reused")
        problem(trail.api.post("/deals", {"name": "x"}, key="once"), 422, "idempotency.key_reused")
    assert world.api("second").post(path, {**body, "amount": 6}, key="once").status_code == 201


def test_the_same_bank_transaction(trail):
    call = trail.call()
    path = f"/capital-calls/{call['id']}/payments"
    body = {"itemId": call["items"][0]["id"], "amount": 5, "txRef": "FED-1"}
    first = trail.api.made(path, body)
    with nothing_written():
        assert trail.api.made(path, body)["payments"] == first["payments"]
        problem(trail.api.post(path, {**body, "amount": 6}), 409)


# ---------------------------------------------------------------- access


@pytest.mark.parametrize("who", ["lp", "stranger"], ids=["E2 E3", "E16"])
def test_whose_it_is_not(world, ids, who):
    api = world.api(who)
    nothing = api.get("/funds/999999").content
    with nothing_written():
        for path in READS:
            assert api.get(path.format(**ids)).content == nothing, path
        for verb, path, body in WRITES:
            assert api.send(verb, path.format(**ids), filled(body, ids)).content == nothing, path


def test_nobody_raises_itself(world, api):
    with nothing_written():
        for more in ({"isStaff": True}, {"role": "manager"}, {"userId": 1}, {"investorId": 1}):
            told = problem(
                api.patch(f"/investors/{world.partners[0].investor_id}", more), 422, "field.unknown"
            )
            assert told["errors"][0]["field"] in more


def test_nobody_keeps_an_answer(world, ids, api):
    for path in READS:
        response = api.get(path.format(**ids))
        assert response["Cache-Control"] == "no-store, private"
        assert {"Authorization", "Cookie"} <= set(response["Vary"].split(", "))


def test_tokens(world, api):
    reader, lp, token = world.api(scope="read"), world.api("lp"), token_of(world.people["manager"])
    with nothing_written():
        problem(Client().get(f"/api/funds?token={token}"), 400, "token.in_address")
        problem(reader.post("/deals", {"name": "x"}), 403, "token.read_only")
        problem(lp.get(f"/funds/{world.fund.pk}"), 404)
    world.people["manager"].is_active = False
    world.people["manager"].save()
    problem(api.get("/funds"), 401)


def test_reading_changes_nothing(ids, api):
    with nothing_written():
        for path in (*LISTS, *READS):
            api.get(path.format(**ids))
            api.send("HEAD", path.format(**ids))


# ---------------------------------------------------------------- steps left out

STEPS = {
    "approve": {},
    "pay": {"amount": "5.00", "value_date": "2026-02-20", "method_field": "wire"},
    "resend": {},
    "reword": {"purpose": "Mine", "purpose_detail": "", "due_date": "2199-01-01"},
}


@pytest.mark.parametrize("step", STEPS)
def test_a_later_step_is_not_reached_by_posting_to_it(world, trail, strict, step):
    """A draft is submitted, then approved, then paid: whoever posts straight to a later page is sent back."""
    draft, browser = trail.draft(), Client()
    browser.force_login(world.people["second"])
    item = f"/calls/{draft['id']}/items/{draft['items'][0]['id']}"
    pages = {"pay": f"{item}/payments/new/", "resend": f"{item}/resend/"}
    with nothing_written():
        answer = browser.post(pages.get(step, f"/calls/{draft['id']}/{step}/"), STEPS[step])
        assert answer.status_code in (302, 404, 409), answer.content
    assert trail.api.read(f"/capital-calls/{draft['id']}")["status"] == "DRAFT"


def test_issuing_where_two_must_agree_only_submits(world, trail, strict):
    draft, browser = trail.draft(), Client()
    browser.force_login(world.people["manager"])
    browser.post(f"/calls/{draft['id']}/issue/")
    assert trail.api.read(f"/capital-calls/{draft['id']}")["status"] == "PENDING_APPROVAL"
