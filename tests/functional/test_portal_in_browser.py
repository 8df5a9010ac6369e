"""An investor pays a call, told whole in a real browser: home, what is due, how to pay it, the letter."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from funds.models import Notice, NoticeReading
from tests.factories import CommitmentFactory, ContactFactory, UserFactory, rename
from tests.functional.test_capital_in_browser import sign_in
from tests.integration.capital.story import Story
from tests.integration.portal.test_home import sent, with_bank
from tests.support.barriers import barriers
from tests.support.opened import written

pytestmark = pytest.mark.django_db(transaction=True)

DESKTOP, PHONE = {"width": 1440, "height": 844}, {"width": 390, "height": 844}
HIDDEN_SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll('.table-scroll')]
    .filter(one => one.scrollWidth > one.clientWidth).map(one => one.outerHTML.slice(0, 200))"""
EDGES = """() => [...document.querySelectorAll('main > .page-head, main > .stack > *')].map(one => {
    const { left, right } = one.getBoundingClientRect(); return [Math.round(left), Math.round(right)].join() })"""


@pytest.fixture
def told():
    """One investor in two funds with different currencies; a call of one is due, its letter was sent."""
    told = with_bank(Story(currency="KWD", committed=("600000", "400000")))
    investor = told.partners[0].investor
    with written():
        investor.name = "สมชาย ใจดี Holdings"
        investor.save()
    rename(told.fund, time_zone="Pacific/Auckland")
    for currency, amount in (("JPY", 900_000_000), ("KWD", 50_000)):
        other = Story(currency=currency, committed=())
        CommitmentFactory(fund=other.fund, investor=investor, amount=Decimal(amount))
    first = told.issued("500").items.get(commitment=told.partners[0])
    told.pay_item(first, first.amount)
    told.due = sent(told, told.issued("1000.005")).items.get(commitment=told.partners[0])
    told.user = ContactFactory(investor=investor, user=UserFactory()).user
    return told


def pages_of(told) -> dict[str, str]:
    letter = Notice.objects.get(item_id=told.due.pk)
    return {
        "home": "/portal/",
        "call": reverse("portal:call", args=[told.due.public_id]),
        "letter": reverse("portal:document", args=[letter.public_id]),
        "statement": "/portal/statement/",
        "payments": "/portal/payments/",
        "documents": "/portal/documents/",
    }


def test_from_what_is_due_to_the_letter(page, context, live_server, told):
    sign_in(context, live_server, told.user)
    context.grant_permissions(["clipboard-write"])
    page.set_viewport_size(DESKTOP)
    page.goto("/portal/")
    expect(page.get_by_role("heading", level=1)).to_have_text("KWD\N{NO-BREAK SPACE}600.003 is due")
    card = page.get_by_role("region", name="How to pay")
    card.get_by_role("button", name="Copy: Amount").click()
    card.get_by_role("button", name="Copied: Amount").wait_for()
    expect(card.locator("[data-copied]").first).to_have_attribute("data-copied", "600.003")
    table = page.get_by_role("region", name="Your commitments")
    expect(table.get_by_role("row", name="All in KWD")).to_contain_text("650,000.000")
    table.get_by_role("button", name="Unfunded").press("Enter")
    meaning = page.get_by_role("note")
    expect(meaning).to_contain_text("What may still be called")
    page.keyboard.press("Escape")
    expect(meaning).to_have_count(0)
    page.get_by_role("link", name="Call 2").first.click()
    expect(card).to_contain_text("CC2-0001")
    frame = page.locator("iframe")
    with page.expect_response(lambda one: one.url.endswith(".pdf")) as letter:
        page.get_by_role("link", name="Read it").click()
        frame.scroll_into_view_if_needed()
    assert letter.value.status == 200
    expect(card).to_contain_text("600.003")
    expect(page.get_by_role("region", name="About this letter")).to_contain_text("In force")
    page.get_by_role("button", name="I have received this notice").press("Enter")
    page.get_by_text("Your acknowledgement is noted").wait_for()
    page.set_viewport_size(PHONE)
    page.goto(pages_of(told)["letter"])
    expect(frame).not_to_be_visible()


def test_no_amount_is_too_wide(page, context, live_server, told):
    """On a desktop and on a telephone; what is told in words of other scripts, in yen and in dinars."""
    sign_in(context, live_server, told.user)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for name, path in pages_of(told).items():
            page.goto(path)
            assert page.evaluate(HIDDEN_SIDEWAYS) == [], (name, size)
            assert len(set(page.evaluate(EDGES))) == 1, (name, size, page.evaluate(EDGES))


@pytest.mark.deep
def test_nobody_meets_a_barrier(page, context, live_server, told):
    sign_in(context, live_server, told.user)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for name, path in pages_of(told).items():
            page.goto(path)
            assert barriers(page) == [], (name, size)


def test_without_scripts_it_says_the_same(browser, live_server, told):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    sign_in(context, live_server, told.user)
    page = context.new_page()
    page.goto("/portal/")
    expect(page.get_by_role("region", name="How to pay")).to_contain_text("CC2-0001")
    page.get_by_role("button", name="Uncalled").click()
    expect(page.get_by_role("note")).to_contain_text("Committed less called")
    page.get_by_role("link", name="Call 2").first.click()
    page.get_by_role("link", name="Read it").click()
    page.get_by_role("button", name="I have received this notice").press("Enter")
    page.get_by_text("Your acknowledgement is noted").wait_for()
    assert NoticeReading.objects.filter(deed="acknowledged").count() == 1
    context.close()
