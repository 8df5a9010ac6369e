"""A list as a person works with it: it follows the filter, its rows lead on, its views are kept."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.functional.test_capital_in_browser import story

__all__ = ["story"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calls(story):
    return [story.issued(total=total, purpose=f"Purchase {total}") for total in ("1000.00", "2500.00")]


def test_a_list_follows_its_filter_and_what_narrows_is_taken_away(page, calls):
    page.goto(reverse("capital:call_list"))
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    filters = page.get_by_role("search", name="Narrow the list")
    filters.get_by_label("Purpose").press_sequentially("2500")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("heading", name="Capital calls that match").wait_for()
    expect(page).to_have_url(re.compile(r"/calls/\?q=2500$"))
    expect(filters.get_by_label("Purpose")).to_have_value("2500")
    filters.get_by_label("Status").select_option("draft")
    page.get_by_text("No call matches").wait_for()
    page.get_by_role("link", name=re.compile("^Status Draft.*take away$")).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_what_cannot_be_read_is_said_and_the_page_goes_on(page, calls):
    page.goto(f"{reverse('capital:call_list')}?since=never")
    page.get_by_text("Enter a valid date").first.wait_for()
    page.problems.clear()  # the browser logs the answer 400


def test_columns_are_chosen_and_the_view_is_kept(page, calls):
    page.goto(reverse("capital:call_list"))
    page.locator("summary", has_text="Columns").click()
    choice = page.get_by_role("group", name="Columns")
    choice.get_by_label("Outstanding").check()
    choice.get_by_label("Purpose").uncheck()
    page.get_by_role("button", name="Show these").click()
    page.get_by_role("columnheader", name="Outstanding").wait_for()
    expect(page.get_by_role("columnheader", name="Purpose")).to_have_count(0)
    page.locator("summary", has_text="Views").click()
    page.get_by_label("Keep what is shown as").fill("What is owed")
    page.get_by_role("button", name="Keep").click()
    page.get_by_text("“What is owed” is kept among your views.").wait_for()
    page.goto(reverse("capital:call_list"))
    page.locator("summary", has_text="Views").click()
    page.get_by_role("link", name="What is owed").click()
    page.get_by_role("columnheader", name="Outstanding").wait_for()


def test_a_row_leads_where_its_link_does(page, calls):
    page.goto(reverse("capital:call_list"))
    page.get_by_role("cell", name="Purchase 2500.00").click()
    expect(page).to_have_url(re.compile(reverse("capital:call", args=[calls[1].pk]) + "$"))


def test_on_a_phone_a_row_has_its_name_amount_and_state(page, calls):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("capital:call_list"))
    row = page.locator("tbody tr").first
    shown = re.compile(r"\b2\s[\s\S]*\$2,500\.00\s[\s\S]*Issued")
    expect(row).to_have_text(shown, use_inner_text=True)
    filters = page.locator("#list-filters")
    expect(filters).to_be_hidden()
    page.get_by_text("Filter and order").click()
    filters.get_by_label("Order").select_option("amount")
    expect(page.locator("tbody tr").first).to_contain_text("$1,000.00")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
