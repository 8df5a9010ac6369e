"""Every state of a distribution and every verb, through the API; its letters; the list with its summary."""

from datetime import timedelta

import pytest
from django.utils import timezone

from funds.models import NoticeDelivery
from funds.services.rendering import render_next
from tests.factories import CommitmentFactory, ContactFactory, FundFactory, InvestorFactory
from tests.support.api import problem, read
from tests.support.staging import staged

from .conftest import EXIT_ON

pytestmark = pytest.mark.django_db

STATES = {
    "DRAFT": (),
    "PENDING_APPROVAL": ("submit",),
    "APPROVED": ("submit", "approve"),
    "SENT": ("submit", "approve", "send"),
    "PARTLY_PAID": ("submit", "approve", "send"),
    "PAID": ("submit", "approve", "send"),
    "CANCELLED": ("cancel",),
}
ALLOWED = {
    "put": {"DRAFT"},
    "delete": {"DRAFT"},
    "submit": {"DRAFT"},
    "approve": {"PENDING_APPROVAL"},
    "return-to-draft": {"PENDING_APPROVAL", "APPROVED"},
    "send": {"APPROVED"},
    "cancel": {"DRAFT", "PENDING_APPROVAL", "APPROVED", "SENT"},
    "send-notices": {"DRAFT", "APPROVED", "SENT", "PARTLY_PAID", "PAID"},
    "payouts": {"SENT", "PARTLY_PAID"},
}


def distribution_in(exit, state: str) -> dict:
    """A distribution brought to this state through the API."""
    path = f"/distributions/{exit.draft()['id']}"
    for step in STATES[state]:
        exit.api.made(f"{path}/{step}", status=200)
    shown = exit.api.read(path)
    if state == "PARTLY_PAID":
        exit.pay_out(shown, itemId=shown["items"][0]["id"])
    if state == "PAID":
        exit.pay_out(shown)
    return exit.api.read(path)


@staged
def there(exit, param) -> dict:
    return distribution_in(exit, param)


def attempt(exit, verb: str, distribution: dict):
    path = f"/distributions/{distribution['id']}"
    if verb == "put":
        return exit.api.put(path, exit.body(totalAmount=1))
    if verb == "delete":
        return exit.api.delete(path)
    if verb == "payouts":
        body = {"paidDate": EXIT_ON, "method": "wire", "itemId": distribution["items"][1]["id"]}
        return exit.api.post(f"{path}/payouts", body)
    return exit.api.post(f"{path}/{verb}")


@pytest.mark.parametrize(("there", "state"), [(state, state) for state in STATES], indirect=["there"])
def test_exactly_the_allowed_moves(exit, there, state):
    """The refused ones first: they leave everything as it was."""
    assert there["status"] == {"PARTLY_PAID": "SENT"}.get(state, state)
    for verb in ALLOWED.keys() - {verb for verb, states in ALLOWED.items() if state in states}:
        problem(attempt(exit, verb, there), 409)
        assert exit.api.read(f"/distributions/{there['id']}") == there, verb


@pytest.mark.parametrize(
    ("verb", "there"),
    [(verb, state) for verb, states in ALLOWED.items() for state in sorted(states)],
    indirect=["there"],
)
def test_what_is_allowed_is_done(exit, verb, there):
    response = attempt(exit, verb, there)
    assert response.status_code in (200, 201), response.content
    then = {
        "put": "DRAFT",
        "submit": "PENDING_APPROVAL",
        "approve": "APPROVED",
        "send": "SENT",
        "cancel": "CANCELLED",
        "payouts": "SENT",
    }
    if verb in then:
        assert read(response)["status"] == then[verb]


def test_bodies_of_verbs_hold_nothing_unknown(exit):
    path = f"/distributions/{exit.draft()['id']}"
    for verb, body in (
        ("submit", {"force": True}),
        ("cancel", {"note": "x"}),
        ("cancel", {"reason": "x" * 501}),
        ("send-notices", {"resend": "yes"}),
        ("send", {"at": "2020-01-01"}),
    ):
        problem(exit.api.post(f"{path}/{verb}", body), 422)
    assert exit.api.post(f"{path}/submit", {}).status_code == 200


def test_cancelling_says_why_and_counts_nowhere(exit):
    issued = exit.issued()
    assert exit.api.read("/distributions")["summary"]["totalDistributed"] == 100_000
    cancelled = exit.api.made(
        f"/distributions/{issued['id']}/cancel", {"reason": "The sale fell through"}, status=200
    )
    assert (cancelled["status"], cancelled["cancelReason"]) == ("CANCELLED", "The sale fell through")
    assert exit.api.read("/distributions")["summary"]["totalDistributed"] == 0


def test_where_two_must_agree(world, exit):
    world.fund.four_eyes = True
    world.fund.save()
    path = f"/distributions/{exit.draft()['id']}"
    problem(exit.api.post(f"{path}/send-notices"), 409, "distribution.not_approved")
    submitted = exit.api.made(f"{path}/submit", status=200)
    assert (submitted["status"], submitted["fourEyes"]) == ("PENDING_APPROVAL", True)
    problem(exit.api.post(f"{path}/approve"), 403, "four_eyes")
    approved = world.api("second").made(f"{path}/approve", status=200)
    assert (approved["status"], approved["approvedAt"] is None) == ("APPROVED", False)


def test_inputs_that_moved_are_computed_anew_before_approval(exit):
    draft = exit.draft()
    path = f"/distributions/{draft['id']}"
    call = exit.api.made(
        "/capital-calls",
        {
            "fundId": exit.world.fund.pk,
            "totalAmount": 1200,
            "purpose": "Fees",
            "callDate": "2025-01-02",
            "dueDate": "2025-02-01",
        },
    )
    exit.api.post(f"/capital-calls/{call['id']}/send-notices", {"confirmed": True})
    exit.api.made(f"/capital-calls/{call['id']}/payments", {"amount": 1200, "valueDate": "2025-06-01"})
    exit.api.made(f"{path}/submit", status=200)
    problem(exit.api.post(f"{path}/approve"), 409, "distribution.inputs_moved")
    assert exit.api.read(path)["returnOfCapital"] == 60_000
    anew = exit.draft()
    assert (anew["returnOfCapital"], anew["inputsSha256"] == draft["inputsSha256"]) == (61_200, False)


# ---------------------------------------------------------------- letters


def test_sending_issues_a_draft_and_queues_once(exit):
    ContactFactory(investor=exit.gp.investor)
    path = f"/distributions/{exit.draft()['id']}"
    assert exit.api.made(f"{path}/send-notices", status=200) == {"success": True, "sentCount": 4}
    assert exit.api.read(path)["status"] == "SENT"
    assert exit.api.made(f"{path}/send-notices", status=200) == {"success": True, "sentCount": 0}
    assert NoticeDelivery.objects.count() == 4


def test_notice_sent_at_is_the_first_confirmed_mail(exit):
    path = f"/distributions/{exit.draft()['id']}"
    exit.api.made(f"{path}/send-notices", status=200)
    at = timezone.now()
    for minutes, delivery in enumerate(NoticeDelivery.objects.order_by("-pk")[:2]):
        delivery.state, delivery.sent_at = "sent", at + timedelta(minutes=minutes)
        delivery.save()
    shown = at.isoformat().replace("+00:00", "Z")
    assert exit.api.read(path)["noticeSentAt"] == shown
    assert exit.api.read("/distributions")["distributions"][0]["noticeSentAt"] == shown


def test_a_notice_as_pdf(world, exit):
    issued = exit.issued()
    path = f"/distributions/{issued['id']}/notice-pdf"
    problem(exit.api.get(path), 409, "notice.not_ready")
    while render_next(at=timezone.now()):
        pass
    for query, name in (("", "distribution-1"), (f"?itemId={issued['items'][0]['id']}", "DN1-0001-v1")):
        response = exit.api.get(path + query)
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == f'attachment; filename="{world.fund.code}-{name}.pdf"'
        assert response.content.startswith(b"%PDF-")
    problem(exit.api.get(f"{path}?itemId=999999"), 404)
    problem(exit.api.get(f"{path}?itemId={exit.call['items'][0]['id'] + 10**9}"), 404)
    problem(exit.api.get(f"{path}?itemId=x"), 422)
    for who in ("stranger", "lp"):
        problem(world.api(who).get(path), 404)


# ---------------------------------------------------------------- the list


def test_the_cards_add_up(exit):
    exit.issued(totalAmount="70000.05")
    exit.issued(totalAmount="20000")
    exit.draft(totalAmount=5)
    told = exit.api.read(f"/distributions?fundId={exit.world.fund.pk}")
    assert told["total"] == 3
    summary = told["summary"]
    assert summary["totalDistributed"] == sum(
        summary[name] for name in ("returnOfCapital", "preferredReturn", "lpProfitShare", "carriedInterest")
    )
    assert str(summary["totalDistributed"]) == "90000.05"
    assert (summary["returnOfCapital"], summary["preferredReturn"]) == (60_000, 4_800)
    assert told["summaries"] == [summary]


def test_the_list_is_narrowed_and_paged(exit):
    exit.issued(totalAmount=1000)
    exit.draft(type="DIVIDEND", totalAmount=5)
    for query, count in (
        ("", 2),
        ("?status=SENT", 1),
        ("?status=DRAFT&type=DIVIDEND", 1),
        ("?type=FINAL", 0),
        ("?fundId=999", 0),
    ):
        assert exit.api.read(f"/distributions{query}")["total"] == count, query
    page = exit.api.read("/distributions?limit=1&page=2")
    assert (page["total"], len(page["distributions"])) == (2, 1)
    assert page["distributions"][0]["distributionNum"] == 1
    assert page["summary"]["totalDistributed"] == 1000
    problem(exit.api.get("/distributions?page=9"), 404)
    for query in ("status=sent", "type=exit_proceeds", "fundId=x", "limit=0", "page=0", "q=x", "status="):
        problem(exit.api.get(f"/distributions?{query}"), 422)


def test_currencies_are_never_added_up(world, exit):
    exit.issued(totalAmount=1000)
    other = FundFactory(manager=world.people["manager"], currency="EUR")
    CommitmentFactory(fund=other, investor=InvestorFactory())
    told = exit.api.read("/distributions")
    assert set(told["summary"].values()) == {None}
    assert {one["currency"]: one["totalDistributed"] for one in told["summaries"]} == {"USD": 1000, "EUR": 0}
