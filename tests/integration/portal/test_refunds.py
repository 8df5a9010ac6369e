"""What an investor sees of what comes back to it after a later closing, and that it sees nothing of anybody else."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from closings.services.letters import send_notices
from funds.models import Notice
from funds.services.rendering import render_next
from tests.factories import ContactFactory, UserFactory
from tests.integration.closings.story import ClosingStory, at
from tests.support.api import Api, token_of
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db

SETTLED, PAID_ON = date(2026, 7, 1), date(2026, 7, 20)


@pytest.fixture
def told(client, quick):
    """The second closing of the published example, its letters sent, and A signed in."""
    story = ClosingStory()
    story.lp = UserFactory()
    ContactFactory(investor=story.partners[0].investor, user=story.lp)
    story.first_two_calls()
    story.closing = story.second_closing()
    send_notices(closing_id=story.closing.pk, ctx=story.ctx(SETTLED))
    while render_next(at=at(SETTLED)):
        pass
    client.force_login(story.lp)
    return story


def refund_of(story):
    return story.closing.refunds.get(commitment=story.partners[0])


def page_of(story) -> str:
    return reverse("portal:refund", args=[refund_of(story).public_id])


def test_it_says_why_when_and_line_by_line(client, told):
    shown = text_of(client.get(page_of(told)))
    for words in (
        "Refund after the closing of Jul 1, 2026",
        "$517,948.94",
        "$504,548.17",
        "$13,400.77",
        "Expected by Jul 20, 2026",
        "Nothing has come in for you yet",
        "Investment – D1",
        "Interest for 154 days",
        "I have received this notice",
    ):
        assert words in shown, words
    home = text_of(client.get(reverse("portal:home")))
    assert "Coming back to you" in home
    story = told
    story.pay(story.closing.call, PAID_ON)
    assert "$517,948.94 has come in for you and is about to be paid out" in text_of(client.get(page_of(told)))
    story.refund(story.closing, PAID_ON)
    paid = text_of(client.get(page_of(told)))
    assert "It was paid out to you in full" in paid
    assert "What was paid out to you" in paid
    assert "Coming back to you" not in text_of(client.get(reverse("portal:home")))
    letter = Notice.objects.get(kind="refund", commitment=story.partners[0])
    moved = text_of(client.get(reverse("portal:statement")))
    assert f"Closing #2 refund {letter.number}" in moved


def test_its_letter_is_read_and_acknowledged(client, told):
    notice = Notice.objects.get(kind="refund", commitment=told.partners[0])
    address = reverse("portal:document", args=[notice.public_id])
    assert "Refund notice" in text_of(client.get(address))
    assert client.get(reverse("portal:document_pdf", args=[notice.public_id])).status_code == 200
    done = client.post(reverse("portal:acknowledge", args=[notice.public_id]), follow=True)
    assert "Your acknowledgement is noted" in text_of(done)
    assert "Acknowledged on" in text_of(client.get(page_of(told)))


def test_the_list_its_files_and_the_api_say_the_same(client, told):
    listed = text_of(client.get(reverse("portal:refund_list")))
    assert "$517,948.94" in listed
    assert "Not yet paid out" in listed
    rows = (
        client.get(reverse("portal:refund_export", args=["csv"])).getvalue().decode("utf-8-sig").splitlines()
    )
    assert len(rows) == 2
    assert '504548.17,13400.77,517948.94,0.00,"","Not yet paid out"' in rows[1]
    [one] = Api(token_of(told.lp)).read("/portal/refunds")["refunds"]
    assert (one["capital"], one["interest"], one["amount"]) == (
        Decimal("504548.17"),
        Decimal("13400.77"),
        Decimal("517948.94"),
    )
    assert (one["status"], one["paidOut"], one["paidDate"]) == ("PENDING", 0, None)
    told.pay(told.closing.call, PAID_ON)
    told.refund(told.closing, PAID_ON)
    [one] = Api(token_of(told.lp)).read("/portal/refunds")["refunds"]
    assert (one["status"], one["paidOut"], one["paidDate"]) == ("PAID", Decimal("517948.94"), "2026-07-20")


def test_nothing_is_said_of_anybody_else(client, told):
    other = told.closing.refunds.get(commitment=told.partners[1])
    assert client.get(reverse("portal:refund", args=[other.public_id])).status_code == 404
    told.pay(told.closing.call, PAID_ON)
    for answer in (
        client.get(page_of(told)),
        client.get(reverse("portal:refund_list")),
        client.get(reverse("portal:home")),
        Api(token_of(told.lp)).get("/portal/refunds"),
    ):
        said = answer.content.decode()
        # Nor by what they promised, are asked for or get back.
        for figure in ("4,000,000", "4000000", "849,436", "849436", "906,325", "310,769", "310769"):
            assert figure not in said, figure


def test_its_pages_take_few_queries(client, told, django_assert_max_num_queries):
    """Of which five are the transaction, and the role that reads in it."""
    for address in (page_of(told), reverse("portal:refund_list"), reverse("portal:home")):
        with django_assert_max_num_queries(14):
            assert client.get(address).status_code == 200
