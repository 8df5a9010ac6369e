"""The manual in a real browser: led to from a page, by keyboard too, without barriers, on a telephone, on paper."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import ContactFactory, UserFactory
from tests.functional.test_capital_in_browser import sign_in
from tests.integration.capital.story import Story
from tests.support.barriers import barriers
from tests.support.manual import bodies

pytestmark = pytest.mark.django_db(transaction=True)
#: With tables, pictures, code, keys, definitions and a warning between them.
LOOKED_AT = (
    "managers/raise-a-capital-call",
    "managers/keyboard-and-search",
    "investors/pay-safely",
    "operators/health",
    "glossary",
)


@pytest.fixture
def story(context, live_server):
    """A fund whose manager sits at the browser."""
    told = Story(("600000.00", "300000.00", "100000.00"))
    sign_in(context, live_server, told.manager)
    return told


def test_help_leads_from_a_page_to_its_part_of_the_manual(page, story):
    page.goto(reverse("capital:call", args=[story.issued().pk]))
    page.get_by_role("link", name="Help with this page").press("Enter")
    page.wait_for_url("**/help/managers/raise-a-capital-call/#check-approve-issue")
    expect(page.get_by_role("heading", name="Check, approve, issue")).to_be_visible()
    page.get_by_role("navigation", name="Chapter").get_by_role("link", name="Send notices").click()
    page.wait_for_url("**/help/managers/send-notices/")


def test_a_dialog_has_it_too(page, story):
    page.goto(reverse("capital:call", args=[story.issued().pk]))
    page.get_by_role("link", name="Record payment of").first.click()
    page.get_by_role("dialog").get_by_role("link", name="Help with this page").click()
    page.wait_for_url("**/help/managers/record-a-payment/#one-payment")


def test_an_investor_begins_at_the_investors_chapter(page, context, live_server, story):
    contact = ContactFactory(investor=story.partners[0].investor, user=UserFactory())
    sign_in(context, live_server, contact.user)
    page.goto(reverse("portal:home"))
    page.get_by_role("contentinfo").get_by_role("link", name="Manual").click()
    page.wait_for_url("**/help/investors/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Investors")
    assert barriers(page) == []


@pytest.mark.parametrize("name", LOOKED_AT)
def test_nobody_meets_a_barrier(page, story, name):
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/help/{name}/")
    assert barriers(page) == []


def test_no_page_is_wider_than_a_telephone(page, story):
    page.set_viewport_size({"width": 360, "height": 740})
    wide = {}
    for address in bodies():
        page.goto(address, wait_until="domcontentloaded")
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 360:
            wide[address] = width
    assert wide == {}


def test_on_paper_there_is_the_text_alone(page, story):
    page.goto("/help/managers/record-a-payment/")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Chapter")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("heading", name="One payment")).to_be_visible()
