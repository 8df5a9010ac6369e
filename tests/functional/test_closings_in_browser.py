"""A later closing in a real browser: drafted, submitted, settled by a second person, paid, paid back, and read by an
earlier partner in the portal."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from closings.models import Closing, RefundPayout
from tests.factories import PASSWORD, ContactFactory, InvestorFactory, UserFactory
from tests.functional.test_accounts_in_browser import sign_in
from tests.integration.closings.story import ClosingStory

pytestmark = pytest.mark.django_db(transaction=True)


def come_in(page, person):
    sign_in(page, person.email, PASSWORD)
    page.get_by_role("button", name="Sign out").wait_for()


def test_from_the_terms_of_a_closing_to_refunds_paid_and_read(page, browser, live_server):
    story = ClosingStory(four_eyes=True)
    story.first_two_calls()
    InvestorFactory(name="C", created_by=story.manager)
    reader = ContactFactory(investor=story.partners[0].investor, user=UserFactory()).user

    come_in(page, story.manager)
    page.goto(reverse("dashboard:fund", args=[story.fund.pk]))
    page.get_by_role("link", name="Closings", exact=True).click()
    page.get_by_role("link", name="New closing").click()
    page.get_by_label("Closing on").fill("2026-07-01")
    page.get_by_label("Later partners pay by").fill("2026-07-20")
    page.get_by_role("combobox", name="Investor").fill("C")
    page.get_by_role("textbox", name="Promises").fill("4,000,000")
    page.get_by_role("button", name="Add a fee").click()
    fee = page.get_by_role("group", name="Fee 1")
    fee.get_by_label("Investor").fill("C")
    fee.get_by_label("Fee", exact=True).fill("16,888.89")
    fee.get_by_label("Others paid it on").fill("2026-01-15")
    page.get_by_label("Interest a year").fill("8")
    page.get_by_role("button", name="Save and work it out").click()
    page.get_by_text("This field is required").first.wait_for()
    page.problems.clear()
    page.get_by_role("radio", name="None", exact=True).check()
    page.get_by_role("button", name="Save and work it out").click()
    expect(page.get_by_role("table").filter(has_text="Gets back")).to_contain_text("$866,325.17")
    page.get_by_role("link", name="D2").click()
    expect(page.get_by_role("heading", name=re.compile("D2, call"))).to_be_visible()
    page.get_by_role("button", name="Submit for approval").click()
    page.get_by_text("Another manager of the fund has to approve this closing").wait_for()

    context = browser.new_context(base_url=live_server.url)
    second = context.new_page()
    come_in(second, story.second)
    second.goto(reverse("dashboard:approvals"))
    second.get_by_role("link", name="Closing 2", exact=True).click()
    second.get_by_role("link", name="Approve and settle").click()
    second.get_by_role("button", name="Settle the closing").click()
    second.get_by_text("is settled").first.wait_for()
    closing = Closing.objects.get()
    item = closing.call.items.get()
    second.goto(reverse("capital:payment_new", args=[closing.call_id, item.pk]))
    second.get_by_role("button", name="Record payment").click()
    second.wait_for_url(f"**{reverse('capital:call', args=[closing.call_id])}")
    second.goto(reverse("closings:closing", args=[closing.pk]))
    second.get_by_role("link", name="Record refunds paid").click()
    second.get_by_role("button", name="Record refunds paid").click()
    second.get_by_text("to 3 partners are recorded").wait_for()
    context.close()

    context = browser.new_context(base_url=live_server.url)
    third = context.new_page()
    come_in(third, reader)
    third.get_by_role("link", name="Distributions", exact=True).first.click()
    third.get_by_role("link", name="Refunds after later closings").click()
    third.get_by_role("row").filter(has_text="$517,948.94").get_by_role("link").click()
    expect(third.get_by_role("heading", level=1)).to_contain_text("Refund after the closing of")
    summary = third.locator("dl.summary")
    for figure in ("$517,948.94", "$504,548.17", "$13,400.77"):
        expect(summary).to_contain_text(figure)
    expect(third.get_by_text("It was paid out to you in full.")).to_be_visible()
    expect(third.locator("main")).not_to_contain_text("4,000,000")
    context.close()
    assert sum(one.amount for one in RefundPayout.objects.all()) == sum(
        one.amount for one in closing.refunds.all()
    )
