"""Distributions after the draft: approved, issued, paid out, taken back, and how far their inputs moved since."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from distributions.models import Distribution, Payout, PayoutReversal
from tests.support.pages import text_of
from tests.support.staging import staged

from ..capital.story import fresh
from ..distributions.story import EXIT, ExitStory
from .test_distribution_pages import form_data, page_of

pytestmark = pytest.mark.django_db


@staged
def story():
    return ExitStory(short="25000.00")


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def issue_and_read(client, story, **changes):
    one = story.issue_exit(**changes)
    return one, text_of(client.get(page_of(one)))


def test_four_eyes_from_the_queue_to_the_issue(client, story):
    story.fund.four_eyes = True
    story.fund.save()
    client.force_login(story.manager)
    client.post(reverse("distributions:distribution_new"), form_data(story, do="issue"))
    one = Distribution.objects.get()
    assert one.status == "pending_approval"
    queue = text_of(client.get(reverse("dashboard:approvals")))
    assert "demands that a second person approves" in queue
    assert client.post(page_of(one, "distribution_approve")).status_code == 403
    client.force_login(story.second)
    assert "1 distribution to approve" in text_of(client.get(reverse("dashboard:overview")))
    largest = one.items.order_by("-gross_amount").first()
    letter = reverse("distributions:item_preview", args=[one.pk, largest.pk])
    assert letter in client.get(reverse("dashboard:approvals")).content.decode()
    assert client.get(letter)["Content-Type"] == "application/pdf"
    client.post(page_of(one, "distribution_approve"), {"back": "approvals"})
    assert fresh(one).status == "approved"
    client.post(page_of(one, "distribution_send"))
    assert fresh(one).status == "sent"


def test_one_investor_is_paid_out_and_then_all(manager, story):
    one = story.issue_exit(on=date(2026, 10, 30))
    item = one.items.order_by("pk")[0]
    form = {"paid_date": "2026-11-01", "method_field": "wire", "reference": "DIST1"}
    answer = manager.post(
        page_of(one, "payout_new"),
        form | {"item": item.pk},
        headers={"hx-request": "true", "hx-current-url": f"http://testserver{page_of(one)}"},
        follow=True,
    )
    assert answer.status_code == 200
    assert "dialogClose" in answer["HX-Trigger"]
    assert Payout.objects.get().amount == item.gross_amount
    assert fresh(one).status == "sent"
    manager.post(page_of(one, "payout_new"), form)
    assert fresh(one).status == "paid"
    assert manager.post(page_of(one, "payout_new"), form).status_code == 409
    assert manager.post(page_of(one, "payout_new"), form | {"paid_date": "2999-01-01"}).status_code in (
        409,
        422,
    )


def test_a_payout_is_asked_back_and_a_second_person_decides(client, story):
    one = story.issue_exit(on=date(2026, 10, 30))
    client.force_login(story.manager)
    client.post(
        page_of(one, "payout_new"), {"paid_date": "2026-11-01", "method_field": "wire", "reference": "A"}
    )
    payout = Payout.objects.order_by("pk").first()
    story.fund.four_eyes = True
    story.fund.save()
    asked = {"reason": "The wire came back", "bounced": "yes"}
    client.post(page_of(one, "payout_reverse", payout.pk), asked)
    reversal = PayoutReversal.objects.get()
    assert "The wire came back" in text_of(client.get(page_of(one)))
    assert "Awaiting approval" in text_of(client.get(page_of(one, "item", payout.item_id)))
    client.force_login(story.second)
    assert "The wire came back" in text_of(client.get(reverse("dashboard:approvals")))
    client.post(reverse("distributions:payout_reversal_approve", args=[reversal.pk]))
    assert fresh(one).status == "sent"
    assert fresh(payout.item).capital.paid_out == 0


def test_a_cancelled_one_says_why(manager, story):
    one = story.issue_exit()
    assert manager.post(page_of(one, "distribution_cancel"), {"reason": ""}).status_code == 422
    manager.post(page_of(one, "distribution_cancel"), {"reason": "The sale fell through"})
    assert fresh(one).status == "cancelled"
    assert "The sale fell through" in text_of(manager.get(page_of(one)))


def test_the_page_says_how_far_its_inputs_have_moved(manager, story):
    one, page = issue_and_read(manager, story)
    changes = page_of(one, "distribution_changes")
    assert changes in manager.get(page_of(one)).content.decode()
    assert "worked out today, it is the same" in text_of(manager.get(changes))
    assert text_of(manager.get(changes, headers={"HX-Request": "true"})).strip() == ""
    story.call_and_pay(date(2026, 6, 1), Decimal("1000.00"))
    page = text_of(manager.get(changes))
    assert "worked out from $325,000.00 paid in; by its date the ledger now says $326,000.00" in page
    assert fresh(one).capital.gross == Decimal("500000.00")
    assert one.date == EXIT


def test_each_investors_own_working_stands_on_its_page(client):
    story = ExitStory(scope="per_investor")
    client.force_login(story.manager)
    one = story.issue_exit()
    item = one.items.get(commitment=story.partners[0])
    page = text_of(client.get(page_of(one, "item", item.pk)))
    assert "Its own waterfall" in page
    assert "Paid in $168,000.00" in page
    assert "Oct 1, 2025 Jan 15, 2026 106 $48,000.00" in page
    assert "for each of 3 investors, and added up" in text_of(client.get(page_of(one)))
