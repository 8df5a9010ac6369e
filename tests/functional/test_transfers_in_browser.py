"""A transfer of an interest in a real browser: shown row by row, asked for with what is owed, approved by a second
person, and read by both parties in the portal; who took over reads what it owes by now."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from funds.models import Fund
from tests.factories import ContactFactory, UserFactory
from tests.functional.test_closings_in_browser import come_in
from tests.integration.closings.transfer_story import TransferStory
from tests.support.opened import written

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_third_of_an_interest_is_transferred_and_both_read_it(page, browser, live_server):
    story = TransferStory()
    story.history()
    story.paid_call(date(2026, 9, 15), ("other", "150000.00"), due=date(2026, 10, 15), paid=False)
    with written():
        Fund.objects.update(four_eyes=True)
    giver, taker = (
        ContactFactory(investor=one.investor, user=UserFactory()).user
        for one in (story.first, story.newcomer)
    )

    come_in(page, story.manager)
    page.goto(reverse("dashboard:fund", args=[story.fund.pk]))
    page.get_by_role("link", name="Transfer an interest").click()
    page.get_by_role("link", name="Transfer an interest").click()
    page.get_by_label("From", exact=True).select_option(str(story.first.pk))
    page.get_by_label("To", exact=True).select_option(f"partner-{story.newcomer.pk}")
    page.get_by_role("radio", name="A share of it").check()
    page.locator("#id_numerator").fill("1")
    page.locator("#id_denominator").fill("3")
    page.get_by_role("radio", name="Assumed with the share that moves").check()
    page.get_by_label("Effective").fill("2026-09-30")
    page.get_by_role("textbox", name="Reason").fill("Sale of a third")
    page.get_by_label("Agreed price").fill("1,200,000")
    page.get_by_role("button", name="Show what moves").click()
    expect(page.get_by_role("table").filter(has_text="Capital Call #2")).to_contain_text("$109,756.09")
    expect(page.get_by_role("table").filter(has_text="Capital call 4")).to_contain_text("$50,000.00")
    page.get_by_role("button", name="Ask for the transfer").click()
    page.get_by_text("Another manager of the fund has to approve this transfer").wait_for()

    second = browser.new_context(base_url=live_server.url).new_page()
    come_in(second, story.second)
    second.goto(reverse("dashboard:approvals"))
    second.get_by_role("link", name="Transfer 1").click()
    second.get_by_role("button", name="Approve the transfer").click()
    second.get_by_text("The interest is transferred.").wait_for()
    expect(second.get_by_role("table").filter(has_text="Capital Call #2")).to_contain_text("$219,512.20")

    for reader, words, owed in (
        (giver, "Transferred to another investor", "$100,000.00"),
        (taker, "Acquired by transfer from another investor", "$50,000.00"),
    ):
        portal = browser.new_context(base_url=live_server.url).new_page()
        come_in(portal, reader)
        portal.goto(reverse("portal:statement"))
        expect(portal.get_by_role("cell", name=words).first).to_be_visible()
        expect(portal.get_by_text("1,200,000")).to_have_count(0)
        portal.goto(reverse("portal:call_list"))
        expect(portal.get_by_role("row").filter(has_text="Call 4").first).to_contain_text(owed)
        portal.goto(reverse("portal:statement"))
    portal.get_by_role("link", name="As if since inception").click()
    expect(portal.get_by_role("heading", name="As if held since inception")).to_be_visible()
