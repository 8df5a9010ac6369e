"""The search and the keys, by keyboard alone, on a desk and on a telephone; and without scripts."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from capital.models import Payment
from tests.functional.test_capital_in_browser import sign_in, story
from tests.support.barriers import barriers

__all__ = ["story"]
pytestmark = pytest.mark.django_db(transaction=True)

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def context(browser, live_server):
    """A browser in which nothing moves, so that every colour is what it will be."""
    made = browser.new_context(base_url=live_server.url, reduced_motion="reduce", viewport=DESK)
    yield made
    made.close()


def box(page):
    return page.get_by_role("combobox", name="Search")


def option(page, name):
    return page.get_by_role("option", name=name)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1440", "390"])
def test_a_payment_is_recorded_from_the_keyboard_alone(page, story, size):
    call = story.issued()
    page.set_viewport_size(size)
    page.goto("/funds/")
    link = page.get_by_role("link", name="Search", exact=True)
    link.focus()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    option(page, "Approvals").first.wait_for()
    assert barriers(page) == []
    for one in page.locator("[role=option], .palette-box .icon-button").all():
        assert size is DESK or one.bounding_box()["height"] >= 44
    if size is PHONE:
        assert page.locator("#palette").bounding_box()["width"] == size["width"]
    page.keyboard.type("jane")
    expect(option(page, "Jane Williams").first).to_have_attribute("aria-selected", "true")
    active = box(page).get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("role", "option")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_have_attribute("aria-activedescendant", active)
    page.keyboard.press("Escape")
    expect(box(page)).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("record pay")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("record payment ")
    page.keyboard.type("jane")
    page.keyboard.press("Enter")  # at once: the list of another text does not answer
    page.get_by_role("heading", name="Record payment").wait_for()
    page.get_by_label("Amount").press("Enter")
    page.get_by_text("Payment of $10,000.00 from Jane Williams is recorded.").wait_for()
    assert Payment.objects.get().call == call


def test_keys_lead_to_pages_and_rows_and_can_be_switched_off(page, story):
    for number in range(3):
        story.draft(f"{number + 1}00.00")
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/calls/")
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(page.locator("main tbody tr").nth(1).get_by_role("link").first).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Capital call 2").wait_for()
    page.keyboard.press("n")
    page.keyboard.press("c")
    page.wait_for_url("**/calls/new/")
    page.get_by_label("Purpose", exact=True).focus()
    page.keyboard.type("gc?/nj")
    expect(page.get_by_label("Purpose", exact=True)).to_have_value("gc?/nj")
    page.get_by_label("Purpose", exact=True).fill("")
    page.goto("/funds/")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    keys.wait_for()
    assert barriers(page) == []
    keys.get_by_role("checkbox").press("Space")
    page.keyboard.press("Escape")
    page.reload()
    for key in ("/", "?", "g", "c"):
        page.keyboard.press(key)
    expect(box(page)).to_be_hidden()
    expect(keys).to_be_hidden()
    expect(page).to_have_url(re.compile("/funds/$"))
    page.keyboard.press("Control+k")
    expect(box(page)).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Keyboard shortcuts").press("Enter")
    keys.get_by_role("checkbox").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()


def test_an_answer_that_was_overtaken_is_dropped(page, story):
    page.goto("/")
    page.keyboard.press("/")
    option(page, "Approvals").first.wait_for()
    held = []
    page.route("**/search/?q=jane", lambda route: held.append(route))
    with page.expect_request("**/search/?q=jane"):
        page.keyboard.type("jane")
    page.keyboard.press("Control+a")
    page.keyboard.type("acme")
    option(page, "Acme Ventures").first.wait_for()
    for route in held:
        route.fulfill(body='<a role="option" id="late" href="/">Late</a>')
    page.wait_for_timeout(200)
    expect(option(page, "Late")).to_have_count(0)


def test_without_scripts_the_search_is_a_page(browser, live_server, story):
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    sign_in(plain, live_server, story.manager)
    page = plain.new_page()
    page.goto("/")
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_label("Search for").fill("jane")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Jane Williams").first.click()
    investor = story.partners[2].investor_id
    expect(page).to_have_url(re.compile(reverse("dashboard:investor", args=[investor]) + "$"))
    plain.close()
