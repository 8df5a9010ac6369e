"""The overview as a person uses it in the morning: what needs it, the rows behind a figure, the chart by keyboard."""

import re
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.functional.test_capital_in_browser import story

__all__ = ["story"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(story):
    """A call of which something was paid in two quarters."""
    call = story.issued(total="1000.00")
    item = call.items.order_by("pk").first()
    story.pay_item(item, "10.00", value_date=date(2025, 11, 3))
    story.pay_item(item, "20.00")
    return call


def test_a_figure_leads_to_its_rows_with_the_sum_beneath(page, paid):
    page.goto(reverse("dashboard:overview"))
    page.get_by_role("region", name="Figures of all funds in USD").get_by_role("link", name="$970.00").click()
    expect(page).to_have_url(re.compile(r"/open-items/\?currency=USD$"))
    page.locator("tfoot").get_by_text("$970.00").wait_for()


def test_the_figures_of_a_quarter_are_read_by_pointer_and_by_keyboard(page, paid):
    page.goto(reverse("dashboard:overview"))
    columns = page.locator(".chart-wide .said")
    cards = page.locator(".chart-wide .said-card")
    expect(columns.nth(1)).to_be_visible()
    expect(cards.last).not_to_be_visible()
    columns.first.hover()
    expect(cards.first).to_be_visible()
    expect(cards.first).to_contain_text("$10.00")
    columns.last.focus()
    page.mouse.move(0, 0)
    expect(cards.last).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(columns.nth(columns.count() - 2)).to_be_focused()
    expect(cards.last).not_to_be_visible()
    name = columns.first.get_attribute("aria-label")
    assert name.startswith("Q4 2025: paid in $10.00, distributed $0.00, cumulative net ($10.00)")


def test_on_a_phone_the_chart_has_its_own_drawing_and_nothing_scrolls_sideways(page, paid):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("dashboard:overview"))
    expect(page.locator(".chart-narrow")).to_be_visible()
    expect(page.locator(".chart-wide")).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    size = page.locator(".chart-narrow .tick").first.evaluate("one => one.getBoundingClientRect().height")
    assert size >= 9
