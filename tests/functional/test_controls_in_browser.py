"""Controls in a real browser: a call that is sent back, mended and approved by another; a quarter that is closed by two
and what comes late into it; a call that was sent and is cancelled, and the letter that says so."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import ContactFactory, UserFactory
from tests.functional.test_closings_in_browser import come_in
from tests.integration.capital.story import Story, fresh
from tests.integration.funds.period_story import PeriodStory
from tests.integration.notices import letters

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "Say which deal this is for, and ask for 120,000"


@pytest.fixture
def other(browser, live_server):
    """The browser of another person."""
    context = browser.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()


def test_a_call_is_sent_back_mended_and_approved_by_another(page, other):
    story = Story(four_eyes=True)
    call = story.draft()
    come_in(page, story.manager)
    page.goto(reverse("capital:call", args=[call.pk]))
    page.get_by_role("button", name="Submit for approval").click()
    page.get_by_text("Another manager of the fund has to approve this call").wait_for()

    come_in(other, story.second)
    other.get_by_role("link", name="Approvals").first.click()
    other.get_by_role("row", name="Acquisition").get_by_role("link").first.click()
    other.get_by_role("link", name="Send back").click()
    other.get_by_role("button", name="Send back").click()
    other.get_by_text("This field is required").first.wait_for()
    other.get_by_label("Reason").fill(REASON)
    other.get_by_role("button", name="Send back").click()
    other.get_by_text(f"Sent back by {story.second}").wait_for()

    page.reload()
    expect(page.get_by_role("main")).to_contain_text(REASON)
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Total amount").fill("120000")
    page.get_by_label("Purpose", exact=True).fill("Acquisition of Harbor Lights")
    page.get_by_text("The amounts add up to the total").wait_for()
    page.get_by_role("button", name="Submit for approval").click()
    page.get_by_text("waits for a second person to approve it").wait_for()

    other.reload()
    expect(other.get_by_role("main")).to_contain_text("120,000.00")
    other.get_by_role("button", name="Approve and issue").click()
    other.get_by_text("is approved and issued").wait_for()
    call = fresh(call)
    assert (call.submitted_by, call.approved_by) == (story.manager, story.second)
    assert (str(call.total_amount), call.purpose) == ("120000.00", "Acquisition of Harbor Lights")


def test_a_quarter_is_closed_and_what_comes_late_keeps_its_day(page, other):
    story = PeriodStory()
    fund = story.fund.pk
    come_in(page, story.manager)
    page.goto(reverse("funds:period_close", args=[fund]))
    page.get_by_label("Close the books up to").select_option("2026-03-31")
    page.get_by_role("button", name="Ask for it to be closed").click()
    page.get_by_text("No value is entered as of the last day.").first.wait_for()
    page.problems.clear()
    story.value(when=timezone.now())
    page.goto(reverse("funds:period_close", args=[fund]))
    page.get_by_label("Close the books up to").select_option("2026-03-31")
    page.get_by_role("button", name="Ask for it to be closed").click()
    page.get_by_text("Asked for by").first.wait_for()

    come_in(other, story.second)
    other.get_by_role("link", name="Approvals").first.click()
    other.get_by_role("link", name=re.compile("Mar 31, 2026")).click()
    other.get_by_role("button", name="Close the period").click()
    other.get_by_text("Known at").wait_for()

    before = story.position(at=timezone.now())

    # Typed into it: refused beside the field, with the day that is open.
    page.goto(reverse("capital:payment_new", args=[story.called.pk, story.items[1].pk]))
    page.get_by_label("Date received").fill("2026-03-20")
    page.get_by_role("button", name="Record payment").click()
    page.get_by_text("the next open day is Apr 1, 2026").first.wait_for()
    page.problems.clear()
    page.get_by_label("Date received").fill("2026-04-01")
    page.get_by_role("button", name="Record payment").click()
    page.get_by_text("Record payment").first.wait_for()
    # A wire of March that came back: it keeps its day, and is listed.
    page.goto(reverse("capital:payment_reverse", args=[story.called.pk, story.items[0].pk, story.paid.pk]))
    page.get_by_label("Reason").fill("The bank took it back")
    page.get_by_role("button", name=re.compile("Reverse")).click()
    page.get_by_text("Reversed").first.wait_for()
    page.goto(reverse("funds:periods", args=[fund]))
    late = page.get_by_role("region", name="Posted after the close").first
    expect(late.get_by_role("row", name=story.partners[0].investor.name)).to_contain_text("Mar 1, 2026")
    expect(late.get_by_role("row", name="Together")).to_contain_text("60,000.00")
    assert story.position(at=timezone.now()) == before


def test_a_sent_call_is_cancelled_and_its_letter_is_read(page, other):
    story = letters.story()
    reader = ContactFactory(investor=story.partners[0].investor, user=UserFactory()).user
    call = story.issued()
    letters.send(story, call)
    letters.render_all()
    letters.deliver_all()
    come_in(page, story.manager)
    page.goto(reverse("capital:call", args=[call.pk]))
    page.get_by_role("link", name="Cancel call").click()
    page.get_by_label("Reason").fill("The deal fell through")
    page.get_by_role("button", name="Cancel the call").click()
    page.get_by_text("Nobody owes anything on it").wait_for()
    letters.render_all(at=timezone.now())
    letters.deliver_all(at=timezone.now())
    page.reload()

    come_in(other, reader)
    other.get_by_role("link", name="Documents").first.click()
    other.get_by_role("link", name=re.compile("Cancellation of notice")).first.click()
    expect(other.get_by_role("main")).to_contain_text("The deal fell through")
    letter = other.request.get(other.get_by_role("link", name="PDF").first.get_attribute("href"))
    words = letters.text_of(letter.body())
    assert "The deal fell through" in words
