"""Calls through the API: their notices, the list with its summary, the figures of their fund."""

from datetime import timedelta

import pytest
from django.utils import timezone

from capital.models import CapitalCall
from funds.models import NoticeDelivery
from funds.services.rendering import render_next
from tests.factories import FundFactory
from tests.support.api import problem, read

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- notices


def test_sending_issues_a_draft_and_queues_once(world, trail):
    call = trail.draft()
    path = f"/capital-calls/{call['id']}"
    assert read(trail.api.post(f"{path}/send-notices", {"confirmed": True})) == {
        "success": True,
        "sentCount": 3,
    }
    assert trail.api.read(path)["status"] == "SENT"
    assert read(trail.api.post(f"{path}/send-notices", {"resend": False, "confirmed": True})) == {
        "success": True,
        "sentCount": 0,
    }
    assert NoticeDelivery.objects.count() == 3


def test_notice_sent_at_is_the_first_confirmed_mail(trail):
    call = trail.call()
    trail.api.post(f"/capital-calls/{call['id']}/send-notices", {"confirmed": True})
    at = timezone.now()
    for minutes, delivery in enumerate(NoticeDelivery.objects.order_by("-pk")[:2]):
        delivery.state, delivery.sent_at = "sent", at + timedelta(minutes=minutes)
        delivery.save()
    shown = at.isoformat().replace("+00:00", "Z")
    assert trail.api.read(f"/capital-calls/{call['id']}")["noticeSentAt"] == shown
    assert trail.api.read("/capital-calls")["capitalCalls"][0]["noticeSentAt"] == shown


def test_a_notice_as_pdf(world, trail):
    call = trail.call()
    path = f"/capital-calls/{call['id']}/notice-pdf"
    problem(trail.api.get(path), 409, "notice.not_ready")
    while render_next(at=timezone.now()):
        pass
    for query in ("", f"?itemId={call['items'][0]['id']}"):
        response = trail.api.get(path + query)
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith(f'attachment; filename="{world.fund.code}-')
        assert response.content.startswith(b"%PDF-")
    problem(trail.api.get(f"{path}?itemId=999999"), 404)
    problem(world.api("stranger").get(path), 404)


# ---------------------------------------------------------------- lists


def test_the_summary_is_over_the_whole_filter(world, trail):
    first, second = trail.call("100000"), trail.call("200000", callDate="2026-02-16")
    trail.draft()
    trail.api.made(f"/capital-calls/{first['id']}/payments", {"amount": 100000})
    told = trail.api.read("/capital-calls?limit=1")
    assert (told["total"], [call["id"] for call in told["capitalCalls"]]) == (3, [second["id"]])
    expected = {"currency": "USD", "totalCalled": 300_000, "totalFunded": 100_000, "outstanding": 200_000}
    assert told["summary"] == {**expected, "unfundedCommitments": 900_000}
    assert told["summaries"] == [told["summary"]]
    funded = trail.api.read("/capital-calls?status=FULLY_FUNDED")
    assert [call["id"] for call in funded["capitalCalls"]] == [first["id"]]
    assert funded["summary"]["totalCalled"] == 100_000
    assert trail.api.read("/capital-calls?fundId=999")["total"] == 0


def test_amounts_of_two_currencies_are_never_added(world, trail):
    FundFactory(currency="EUR", manager=world.people["manager"])
    trail.call("100000")
    told = trail.api.read("/capital-calls")
    assert told["summary"] == dict.fromkeys(told["summary"])
    assert {row["currency"]: row["totalCalled"] for row in told["summaries"]} == {"EUR": 0, "USD": 100_000}
    assert trail.api.read(f"/capital-calls?fundId={world.fund.pk}")["summary"]["totalCalled"] == 100_000


def test_days_overdue_and_standing(world, trail):
    call = trail.call()
    late = (timezone.localdate() - CapitalCall.objects.get(pk=call["id"]).due_date).days
    assert call["daysOverdue"] == late > 0
    assert {item["daysOverdue"] for item in call["items"]} == {late}
    assert {item["standing"] for item in call["items"]} == {"good"}
    trail.api.made(f"/capital-calls/{call['id']}/payments", {"amount": 60000})
    paid = trail.api.read(f"/capital-calls/{call['id']}")
    assert paid["daysOverdue"] == 0
    assert {item["daysOverdue"] for item in paid["items"]} == {0}


def test_the_figures_of_a_fund(world, trail):
    call = trail.call("400000")
    trail.api.made(f"/capital-calls/{call['id']}/payments", {"amount": 400000})
    trail.call("100000")
    assert trail.api.read(f"/funds/{world.fund.pk}/capital") == {
        "fundId": world.fund.pk,
        "totalCommitted": 1_000_000,
        "totalCalled": 500_000,
        "totalFunded": 400_000,
        "uncalledCapital": 500_000,
        "outstandingCalls": 100_000,
    }
    fund = trail.api.read(f"/funds/{world.fund.pk}")
    assert fund["currentSize"] == 400_000
    assert (fund["partners"]["called"], fund["partners"]["unfunded"]) == (500_000, 700_000)
    assert fund["cash"] == {"received": 400_000, "applied": 400_000, "returned": 0, "unapplied": 0}
