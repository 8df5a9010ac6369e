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
from capital.services.planning import LinePlan
from funds.models import NoticeDelivery
from funds.services.rendering import render_next
from tests.factories import CommitmentFactory, ContactFactory, FundFactory, MembershipFactory, UserFactory

from ..capital.story import Story, amounts, status

pytestmark = pytest.mark.django_db
MANAGEMENT = {
    "line-TOTAL_FORMS": "1",
    "line-INITIAL_FORMS": "0",
    "excuse-TOTAL_FORMS": "0",
    "excuse-INITIAL_FORMS": "0",
}


@pytest.fixture
def story():
    return Story()


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def typed(story, **changes):
    """What a person types for a call of 100,000."""
    fields = {
        "fund": story.fund.pk,
        "do": "draft",
        "total_amount": "100000.00",
        "purpose": "Working capital",
        "call_date": "2026-03-01",
        "due_date": "2026-03-15",
        "line-0-kind": "other",
        **MANAGEMENT,
    }
    return fields | changes


def text_of(response):
    """The words of a page without its markup, with single spaces."""
    inside = re.sub(r"</?(span|strong|time|small|a)\b[^>]*>", "", response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", inside).split())


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
        reverse("capital:overview"),
        reverse("capital:call_list"),
        reverse("capital:call_new"),
        reverse("capital:approvals"),
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
    found = [call.number for call in response.context["page"]]
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
    assert ",100.00,0.00,100.00" in lines[1]
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


# ---------------------------------------------------------------- a new call


def test_a_call_is_worked_out_while_it_is_typed_and_nothing_is_written(manager, story):
    answer = manager.post(reverse("capital:call_allocation"), typed(story), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b'value="60000.00"' in answer.content
    assert b'id="call_allocation"' in answer.content
    assert not CapitalCall.objects.exists()


def test_a_draft_is_saved_and_its_page_says_that_nobody_owes(manager, story):
    answer = manager.post(reverse("capital:call_new"), typed(story), follow=True)
    call = CapitalCall.objects.get()
    assert (call.number, status(call)) == (1, "draft")
    assert amounts(call) == [Decimal("60000.00"), Decimal("30000.00"), Decimal("10000.00")]
    assert "Nobody owes anything" in text_of(answer)


def test_creating_issues_at_once_where_one_person_may(manager, story):
    manager.post(reverse("capital:call_new"), typed(story, do="issue"))
    assert status(CapitalCall.objects.get()) == "sent"


def test_with_four_eyes_creating_only_submits(client):
    story = Story(four_eyes=True)
    client.force_login(story.manager)
    client.post(reverse("capital:call_new"), typed(story, do="issue"))
    assert status(CapitalCall.objects.get()) == "pending_approval"


def test_an_amount_set_by_hand_stays_and_the_others_follow_the_total(manager, story):
    first, second, third = (one.pk for one in story.partners)
    shown = f"{first}:60000.00,{second}:30000.00,{third}:10000.00"
    amounts_typed = {first: "50000.00", second: "30000.00", third: "10000.00"}
    fields = typed(story, shown=shown, **{f"amount-{pk}": amount for pk, amount in amounts_typed.items()})
    manager.post(reverse("capital:call_new"), fields)
    assert amounts(CapitalCall.objects.get()) == [
        Decimal("50000.00"),
        Decimal("37500.00"),
        Decimal("12500.00"),
    ]


def test_amounts_that_miss_the_total_are_refused_with_the_difference(manager, story):
    fields = typed(story, **{f"amount-{one.pk}": "10.00" for one in story.partners})
    answer = manager.post(reverse("capital:call_new"), fields)
    assert answer.status_code == 422
    assert "$99,970.00" in text_of(answer)
    assert b'value="10.00"' in answer.content
    assert not CapitalCall.objects.exists()


def test_an_excused_investor_owes_nothing_and_the_reason_is_kept(manager, story):
    excuse = {
        "excuse-TOTAL_FORMS": "1",
        "excuse-0-commitment": story.partners[0].pk,
        "excuse-0-line": "all",
        "excuse-0-reason": "Excused from tobacco",
    }
    manager.post(reverse("capital:call_new"), typed(story, **excuse))
    call = CapitalCall.objects.get()
    assert amounts(call) == [Decimal("0.00"), Decimal("75000.00"), Decimal("25000.00")]
    assert call.items.order_by("pk")[0].item_lines.get().excuse_reason == "Excused from tobacco"


def test_an_excuse_needs_its_reason(manager, story):
    excuse = {"excuse-TOTAL_FORMS": "1", "excuse-0-commitment": story.partners[0].pk, "excuse-0-line": "all"}
    answer = manager.post(reverse("capital:call_new"), typed(story, **excuse))
    assert answer.status_code == 422
    assert "Say why the investor is excused" in text_of(answer)


def test_lines_are_added_and_removed_without_a_script(manager, story):
    answer = manager.post(reverse("capital:call_new"), typed(story, do="add_line"))
    assert answer.status_code == 200
    assert len(answer.context["forms"].lines.forms) == 2
    two = {
        "line-TOTAL_FORMS": "2",
        "line-1-kind": "reserves",
        "line-0-amount": "1.00",
        "line-1-amount": "2.00",
    }
    answer = manager.post(reverse("capital:call_new"), typed(story, do="remove_line:0", **two))
    assert [form["kind"].value() for form in answer.context["forms"].lines] == ["reserves"]


def test_several_lines_each_take_their_part(manager, story):
    allocation = story.allocate()
    two = {
        "line-TOTAL_FORMS": "2",
        "line-0-kind": "management_fee",
        "line-0-amount": "40000.00",
        "line-1-kind": "investment",
        "line-1-allocation": allocation.pk,
        "line-1-amount": "60000.00",
    }
    manager.post(reverse("capital:call_new"), typed(story, **two))
    lines = CapitalCall.objects.get().lines.order_by("position")
    assert [(line.kind, line.amount) for line in lines] == [
        ("management_fee", Decimal("40000.00")),
        ("investment", Decimal("60000.00")),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[
            ("total_amount", value)
            for value in (
                "", "NaN", "Infinity", "1e999", "10.005", "0", "-0", "-5.00", "0.004", "1e3", "1_000", "1,000.00",
                "$5", "0x10", "(100.00)", "9999999999999999.99", "٣", "100.00 ",
            )
            if value != "100.00 "
        ],
        ("purpose", ""),
        ("purpose", "x" * 201),
        ("purpose", "a\x00b"),
        ("purpose", "abc\u202edef"),
        ("purpose_detail", "x" * 2001),
        ("call_date", "2026-02-30"),
        ("due_date", "0000-00-00"),
        ("due_date", "2026-03-01"),
        ("due_date", "99999-01-01"),
        ("line-0-kind", "gold"),
        ("line-0-allocation", "999999"),
    ],
)  # fmt: skip
def test_bad_input_comes_back_with_its_reason_and_nothing_is_written(manager, story, field, value):
    answer = manager.post(reverse("capital:call_new"), typed(story, **{field: value}))
    assert answer.status_code == 422
    assert b"data-error-summary" in answer.content
    assert b"Working capital" in answer.content or field == "purpose"
    assert not CapitalCall.objects.exists()


def test_more_than_is_unfunded_is_a_conflict_that_names_the_investors(manager, story):
    answer = manager.post(reverse("capital:call_new"), typed(story, total_amount="1000000.01"))
    assert answer.status_code == 409
    assert story.partners[0].investor.name in text_of(answer)
    assert not CapitalCall.objects.exists()


def test_a_draft_that_somebody_changed_meanwhile_is_not_overwritten(manager, story):
    draft = story.draft()
    address = reverse("capital:call_edit", args=[draft.pk])
    assert manager.post(address, typed(story, revision=1, purpose="First")).status_code == 302
    late = manager.post(address, typed(story, revision=1, purpose="Second"))
    assert late.status_code == 409
    draft.refresh_from_db()
    assert draft.purpose == "First"


def test_an_opened_draft_shows_what_was_set_by_hand_and_who_is_excused(manager, story):
    items = [story.excuse(story.partners[0]), story.by_hand(story.partners[1], "1.00")]
    draft = story.draft("11.00", items=items)
    answer = manager.get(reverse("capital:call_edit", args=[draft.pk]))
    assert b'value="1.00"' in answer.content
    assert b"Excused from tobacco" in answer.content
    assert answer.context["table"].difference == 0


def test_a_fund_without_commitments_says_what_to_do_first(manager, story):
    empty = FundFactory(manager=story.manager)
    page = manager.get(f"{reverse('capital:call_new')}?fund={empty.pk}")
    assert "Nobody has committed yet" in text_of(page)
    refused = manager.post(reverse("capital:call_new"), typed(story, fund=empty.pk))
    assert refused.status_code == 422


# ---------------------------------------------------------------- verbs


def test_a_call_is_submitted_approved_and_shown_to_the_right_people(client):
    story = Story(four_eyes=True)
    draft = story.draft()
    client.force_login(story.manager)
    client.post(reverse("capital:call_submit", args=[draft.pk]))
    own = text_of(client.get(reverse("capital:approvals")))
    assert "Somebody else has to approve" in own
    assert client.post(reverse("capital:call_approve", args=[draft.pk])).status_code == 403
    client.force_login(story.second)
    assert "Approve and issue" in text_of(client.get(reverse("capital:approvals")))
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
    assert client.post(reverse("capital:call_new"), typed(story)).status_code == 404
    assert "Fund" not in client.get(f"{reverse('capital:call_list')}").context["page"].object_list


def test_an_analyst_drafts_and_binds_nothing(client, story):
    analyst = UserFactory()
    MembershipFactory(fund=story.fund, user=analyst, role="analyst")
    call = story.issued()
    item = call.items.first()
    client.force_login(analyst)
    assert client.post(reverse("capital:call_new"), typed(story)).status_code == 302
    assert client.post(reverse("capital:call_new"), typed(story, do="issue")).status_code == 403
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


def test_the_notices_are_looked_at_again_while_they_move_and_then_no_more(manager, story):
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
    manager.post(reverse("capital:call_send", args=[call.pk]))
    assert NoticeDelivery.objects.filter(state="queued").count() == 1
    page = text_of(manager.get(reverse("capital:call", args=[call.pk])))
    assert "Some notices failed" in page
    item = call.items.order_by("pk")[1]
    assert "No contact of this investor takes notices." in text_of(
        manager.get(reverse("capital:item", args=[call.pk, item.pk]))
    )
    manager.post(reverse("capital:item_resend", args=[call.pk, item.pk]), {"back": "item"})
    assert NoticeDelivery.objects.filter(notice__item_id=item.pk).count() == 2
