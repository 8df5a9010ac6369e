"""The pages of capital calls: what a manager reads, types, is refused, and what is written."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from capital.models import CapitalCall, Payment
from capital.services.plans import LinePlan
from funds.models import NoticeDelivery
from funds.services.rendering import render_next
from tests.factories import CommitmentFactory, ContactFactory, FundFactory, MembershipFactory, UserFactory
from tests.support.pages import text_of

from ..capital.story import Story, status
from .call_form import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


# ---------------------------------------------------------------- reading


def test_every_page_opens_within_ten_queries_and_holds_no_inline_code(
    manager, story, django_assert_max_num_queries
):
    allocation = story.allocate()
    issued = story.issued(lines=[LinePlan("investment", Decimal("100000.00"), allocation.pk)])
    item = issued.items.first()
    payment = story.pay_item(item, "10.00")
    draft = story.draft("500.00")
    receipt = story.receive("70.00")
    addresses = [
        reverse("dashboard:overview"),
        reverse("capital:call_list"),
        reverse("capital:call_new"),
        reverse("dashboard:approvals"),
        reverse("capital:receipt_list"),
        reverse("capital:receipt_new"),
        reverse("capital:receipt_apply", args=[receipt.pk]),
        reverse("capital:receipt_return", args=[receipt.pk]),
        reverse("capital:allocation", args=[allocation.pk]),
        reverse("capital:allocation_new", args=[story.fund.pk]),
        reverse("capital:call", args=[issued.pk]),
        reverse("capital:call", args=[draft.pk]),
        reverse("capital:call_cancel", args=[issued.pk]),
        reverse("capital:call_reword", args=[issued.pk]),
        reverse("capital:call_delete", args=[draft.pk]),
        reverse("capital:item", args=[issued.pk, item.pk]),
        reverse("capital:excuse", args=[issued.pk, item.pk]),
        reverse("capital:payment_new", args=[issued.pk, item.pk]),
        reverse("capital:payment_reverse", args=[issued.pk, item.pk, payment.pk]),
    ]
    for address in addresses:
        with django_assert_max_num_queries(10):
            response = manager.get(address)
        assert response.status_code == 200, address
        html = response.content.decode()
        assert " style=" not in html, address
        assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=\"|javascript:", html), address
        assert response["Cache-Control"] == "no-store, private"


def test_the_call_page_shows_what_the_views_say(manager, story):
    call = story.issued()
    story.pay_item(call.items.order_by("pk")[0], "60000.00")
    page = text_of(manager.get(reverse("capital:call", args=[call.pk])))
    assert "$60,000.00 of $100,000.00 (60%)" in page
    assert "Outstanding $40,000.00" in page
    assert "Partially funded" in page


def test_the_list_sums_its_whole_filter_per_currency(manager, story):
    story.issued("100000.00")
    story.draft("5.00")
    other = FundFactory(manager=story.manager, currency="EUR")
    CommitmentFactory(fund=other, amount=Decimal("7.00"))
    page = text_of(manager.get(reverse("capital:call_list")))
    assert "Total called in EUR €0.00" in page
    assert "Unfunded commitment €7.00" in page
    assert "Total called in USD $100,000.00" in page
    assert "$900,000.00" in page


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("status=draft", [2]),
        ("status=sent", [1]),
        ("q=%25", []),
        ("q=acqui", [2, 1]),
        ("since=2026-03-02", []),
        ("until=2026-03-01&sort=number", [1, 2]),
        ("status=overdue", [1]),
    ],
)
def test_the_list_is_narrowed_and_sorted(manager, story, query, numbers):
    story.issued("100.00")
    story.draft("200.00")
    response = manager.get(f"{reverse('capital:call_list')}?{query}")
    assert response.status_code == 200
    found = [call.number for call in response.context["listing"].page]
    assert sorted(found) == sorted(numbers) if "sort" not in query else found == numbers


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=password", 400),
        ("sort=--number", 400),
        ("status=paid_by_magic", 400),
        ("since=2026-02-30", 400),
        (f"q={'x' * 10_000}", 400),
        ("page=-1", 404),
        ("page=999999999", 404),
        ("page=1e5", 404),
        ("fund=9223372036854775808", 400),
    ],
)
def test_what_a_list_cannot_read_is_refused_not_guessed(manager, story, query, expected):
    story.issued("100.00")
    assert manager.get(f"{reverse('capital:call_list')}?{query}").status_code == expected


def test_the_export_holds_the_whole_filter_and_no_formula(manager, story):
    story.issued("100.00", purpose="=cmd|' /C calc'!A1")
    answer = manager.get(reverse("capital:call_export", args=["csv"]))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith('"Fund","Call"')
    assert "\"'=cmd" in lines[1]
    assert ",100.00,0.00,0.00,100.00" in lines[1]
    assert manager.get(reverse("capital:call_export", args=["exe"])).status_code == 404
    sheet = manager.get(reverse("capital:call_export", args=["xlsx"]))
    assert b"".join(sheet.streaming_content).startswith(b"PK")


def test_names_are_escaped_wherever_they_stand(manager, story):
    investor = story.partners[0].investor
    investor.name = '"><img src=x onerror=alert(1)>'
    investor.save()
    call = story.issued(purpose="<script>alert(1)</script>")
    item = call.items.first()
    for address in (
        reverse("capital:call", args=[call.pk]),
        reverse("capital:item", args=[call.pk, item.pk]),
        reverse("capital:payment_new", args=[call.pk, item.pk]),
        reverse("capital:call_new"),
        reverse("capital:call_list"),
    ):
        html = manager.get(address).content.decode()
        assert "<img src=x" not in html
        assert "<script>alert" not in html


# ---------------------------------------------------------------- verbs


def test_a_call_is_submitted_approved_and_shown_to_the_right_people(client):
    story = Story(four_eyes=True)
    draft = story.draft()
    client.force_login(story.manager)
    client.post(reverse("capital:call_submit", args=[draft.pk]))
    own = text_of(client.get(reverse("dashboard:approvals")))
    assert "demands that a second person approves" in own
    assert client.post(reverse("capital:call_approve", args=[draft.pk])).status_code == 403
    client.force_login(story.second)
    queue = client.get(reverse("dashboard:approvals"))
    assert "Approve and issue" in text_of(queue)
    largest = draft.items.order_by("-amount").first()
    letter = reverse("capital:item_preview", args=[draft.pk, largest.pk])
    assert letter in queue.content.decode()
    assert client.get(letter)["Content-Type"] == "application/pdf"
    client.post(reverse("capital:call_approve", args=[draft.pk]), {"back": "approvals"})
    assert status(draft) == "sent"


def test_a_second_click_is_refused_with_the_reason_on_the_page(manager, story):
    draft = story.draft()
    assert manager.post(reverse("capital:call_issue", args=[draft.pk])).status_code == 302
    again = manager.post(reverse("capital:call_issue", args=[draft.pk]))
    assert again.status_code == 409
    assert "message-error" in again.content.decode()


def test_a_draft_is_deleted_once_asked(manager, story):
    draft = story.draft()
    assert "is gone for good" in text_of(manager.get(reverse("capital:call_delete", args=[draft.pk])))
    manager.post(reverse("capital:call_delete", args=[draft.pk]))
    assert not CapitalCall.objects.exists()


def test_cancelling_asks_for_the_reason(manager, story):
    call = story.issued()
    address = reverse("capital:call_cancel", args=[call.pk])
    assert manager.post(address, {"reason": ""}).status_code == 422
    assert manager.post(address, {"reason": "Deal fell through"}).status_code == 302
    assert status(call) == "cancelled"


def test_a_call_with_payments_cannot_be_cancelled(manager, story):
    call = story.issued()
    story.pay_item(call.items.first(), "1.00")
    answer = manager.post(reverse("capital:call_cancel", args=[call.pk]), {"reason": "No"})
    assert answer.status_code == 409
    assert "reverse" in text_of(answer)


def test_an_issued_call_is_reworded_and_its_due_date_moves_only_later(manager, story):
    call = story.issued()
    address = reverse("capital:call_reword", args=[call.pk])
    fields = {"purpose": "Acquisition, amended", "purpose_detail": "", "due_date": "2026-03-20"}
    assert manager.post(address, fields).status_code == 302
    call = CapitalCall.objects.get(pk=call.pk)
    assert (call.purpose, call.due_date) == ("Acquisition, amended", date(2026, 3, 20))
    assert manager.post(address, fields | {"due_date": "2026-03-19"}).status_code == 409
    for changed, said in (
        ({"due_date": "2028-01-01"}, 1),
        ({"due_date": "2028-01-01", "purpose": "Another"}, 0),
    ):
        answer = manager.post(address, fields | changed, follow=True)
        told = [str(one) for one in answer.context["messages"]]
        assert sum("Banks are closed on Saturday, Jan 1, 2028" in one for one in told) == said


def test_no_address_writes_when_it_is_only_read(manager, story):
    draft = story.draft()
    for verb in ("submit", "issue", "approve", "send"):
        assert manager.get(reverse(f"capital:call_{verb}", args=[draft.pk])).status_code == 405
    assert status(draft) == "draft"
    assert not Payment.objects.exists()


# ---------------------------------------------------------------- who may


def test_a_fund_that_one_does_not_see_is_not_there(client, story):
    call = story.issued()
    item = call.items.first()
    stranger = UserFactory()
    client.force_login(stranger)
    FundFactory(manager=stranger)
    unseen = reverse("capital:call", args=[call.pk])
    missing = reverse("capital:call", args=[call.pk + 1000])
    assert client.get(unseen).status_code == client.get(missing).status_code == 404
    for address in (
        reverse("capital:item", args=[call.pk, item.pk]),
        reverse("capital:payment_new", args=[call.pk, item.pk]),
        reverse("capital:call_cancel", args=[call.pk]),
        reverse("capital:call_notices", args=[call.pk]),
        f"{reverse('capital:call_new')}?fund={story.fund.pk}",
        f"{reverse('capital:receipt_new')}?fund={story.fund.pk}",
        reverse("capital:allocation_new", args=[story.fund.pk]),
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(reverse("capital:call_send", args=[call.pk])).status_code == 404
    assert client.post(reverse("capital:call_new"), form_data(story)).status_code == 404
    assert "Fund" not in client.get(f"{reverse('capital:call_list')}").context["listing"].page.object_list


def test_an_analyst_drafts_and_binds_nothing(client, story):
    analyst = UserFactory()
    MembershipFactory(fund=story.fund, user=analyst, role="analyst")
    call = story.issued()
    item = call.items.first()
    client.force_login(analyst)
    assert client.post(reverse("capital:call_new"), form_data(story)).status_code == 302
    assert client.post(reverse("capital:call_new"), form_data(story, do="issue")).status_code == 403
    assert client.get(reverse("capital:payment_new", args=[call.pk, item.pk])).status_code == 403
    assert CapitalCall.objects.count() == 2
    page = client.get(reverse("capital:call", args=[call.pk])).content.decode()
    assert "Record payment" not in page
    assert "Send notices" not in page


def test_an_auditor_only_looks(client, story):
    auditor = UserFactory()
    MembershipFactory(fund=story.fund, user=auditor, role="auditor")
    client.force_login(auditor)
    assert client.get(reverse("capital:call_list")).status_code == 200
    assert client.get(f"{reverse('capital:call_new')}?fund={story.fund.pk}").status_code == 403


def test_who_has_not_signed_in_is_asked_to(client, story):
    call = story.issued()
    answer = client.get(reverse("capital:call", args=[call.pk]))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


# ---------------------------------------------------------------- notices


def test_the_notices_are_looked_at_again_while_they_move_and_then_no_more(manager, story, quick):
    call = story.issued()
    address = reverse("capital:call_notices_card", args=[call.pk])
    page = manager.get(reverse("capital:call", args=[call.pk])).content.decode()
    assert address in page
    moving = manager.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'id="call_notices"' in moving
    assert "Making the PDFs" in moving
    while render_next(at=timezone.now()):
        pass
    done = manager.get(
        address, headers={"HX-Request": "true", "HX-Current-URL": "http://x/calls/1/?show=open"}
    )
    assert done["HX-Retarget"] == "#call_live"
    assert address not in done.content.decode()
    assert "3 notices ready" in text_of(done)


def test_notices_are_downloaded_alone_and_together(manager, story):
    call = story.issued()
    item = call.items.first()
    early = manager.get(reverse("capital:call_notices", args=[call.pk]))
    assert early.status_code == 409
    assert "still being made" in text_of(early)
    while render_next(at=timezone.now()):
        pass
    for address in (
        reverse("capital:call_notices", args=[call.pk]),
        reverse("capital:item_notice", args=[call.pk, item.pk]),
    ):
        answer = manager.get(address)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    together = manager.get(reverse("capital:call_notices", args=[call.pk])).content
    assert len(PdfReader(BytesIO(together)).outline) == 3


def test_sending_queues_each_notice_once_and_failures_say_why(manager, story):
    ContactFactory(investor=story.partners[0].investor)
    call = story.issued()
    send = reverse("capital:call_send", args=[call.pk])
    assert manager.post(send).status_code == 409
    assert not NoticeDelivery.objects.exists()
    manager.post(send, {"confirmed": "yes"})
    assert NoticeDelivery.objects.filter(state="queued").count() == 1
    page = text_of(manager.get(reverse("capital:call", args=[call.pk])))
    assert "Some notices failed" in page
    item = call.items.order_by("pk")[1]
    assert "No contact of this investor takes notices. Add one on its page, then send this again." in text_of(
        manager.get(reverse("capital:item", args=[call.pk, item.pk]))
    )
    manager.post(reverse("capital:item_resend", args=[call.pk, item.pk]), {"back": "item"})
    assert NoticeDelivery.objects.filter(notice__item_id=item.pk).count() == 2


def test_the_page_says_before_issue_and_before_sending_what_should_be_looked_at(manager, story):
    """Until the letters are on their way; what blocks is refused by the button too."""
    investor = story.partners[0].investor
    investor.name = "Acme 🙂 Ventures"
    investor.save()
    call = story.draft(call_date=date(2025, 9, 1), due_date=date(2025, 10, 5))
    page, issue = (reverse(f"capital:{name}", args=[call.pk]) for name in ("call", "call_issue"))

    def shown():
        return re.findall(r'data-check="([a-z_.]+)"', manager.get(page).content.decode())

    warnings = ["bank_missing", "due_date_past", "due_date_closed", "no_contact"]
    warnings = [f"check.{name}" for name in warnings]
    assert shown() == ["letter.unprintable", *warnings]
    assert manager.post(issue).status_code == 409
    assert status(call) == "draft"
    investor.name = "Acme"
    investor.save()
    assert manager.post(issue).status_code == 302
    assert shown() == warnings
    manager.post(reverse("capital:call_send", args=[call.pk]), {"confirmed": "yes"})
    assert "check.no_contact" not in shown()
