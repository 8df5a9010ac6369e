"""The API's page in a browser: nothing refused by the policy, nothing wider than a phone, no barrier."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def test_the_page_of_the_api(page):
    page.goto("/api/docs#postCallPayment")
    expect(page.locator("#postCallPayment")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
