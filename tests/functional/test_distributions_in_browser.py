"""Distributions in a real browser: the waterfall follows what is typed, payouts in place, nothing in anybody's way."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from distributions.models import Distribution
from tests.functional.test_capital_in_browser import sign_in
from tests.integration.distributions.story import ExitStory
from tests.support.opened import written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(context, live_server):
    """A fund before its exit, whose manager sits at the browser."""
    told = ExitStory(short="25000.00")
    names = ("Acme Ventures", "Smith Family Office", "Jane Williams")
    for commitment, name in zip(told.partners, names, strict=True):
        commitment.investor.name = name
        with written():
            commitment.investor.save()
    sign_in(context, live_server, told.manager)
    return told


def test_the_waterfall_follows_what_is_typed_and_what_was_opened_stays_open(page, story):
    page.goto(reverse("distributions:distribution_new"))
    page.get_by_text("Enter the amount and the date").wait_for()
    page.get_by_label("Distribution date").fill("2027-06-30")
    page.get_by_label("Total amount").press_sequentially("500000")
    pref = page.locator("#tier-preferred_return-1")
    expect(pref).to_contain_text("$40,238.84")
    pref.locator("summary").click()
    expect(pref).to_contain_text("Compounded annually")
    expect(page.locator(".shares")).to_contain_text("$35,000.00 (7.0%)")
    withheld = page.get_by_label("Withheld from Acme Ventures")
    withheld.fill("1000")
    withheld.blur()
    expect(page.get_by_role("row", name="Acme Ventures")).to_contain_text("$222,200.00")
    page.get_by_label("Total amount").fill("400000")
    expect(page.locator(".shares")).to_contain_text("$15,000.00 (3.8%)")
    assert pref.evaluate("one => one.open")
    expect(withheld).to_have_value("1000")
    page.get_by_label("Distribution date").fill("2026-06-30")
    expect(pref).to_contain_text("$13")
    page.get_by_label("Type").select_option("RETURN_OF_EXCESS_CAPITAL")
    page.get_by_text("More than was paid in and not yet returned cannot be given back").wait_for()
    page.get_by_label("Type").select_option("EXIT_PROCEEDS")
    page.get_by_label("Source").fill("Sale of ABC Manufacturing")
    expect(withheld).to_have_value("1000")
    page.get_by_role("button", name="Create & generate notices").click()
    page.get_by_text("is issued").wait_for()
    assert Distribution.objects.get().status == "sent"


def test_a_payout_changes_row_and_badge_without_leaving_the_page(page, story):
    one = story.issue_exit(on=date(2026, 6, 30))
    page.goto(reverse("distributions:distribution", args=[one.pk]))
    page.get_by_role("link", name="Record payout to Acme Ventures").click()
    dialog = page.get_by_role("dialog", name="Record payout")
    dialog.get_by_role("button", name="Record payout").click()
    expect(page.get_by_role("row", name="Acme Ventures")).to_contain_text("Paid")
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Record payout", exact=True).click()
    dialog.get_by_label("Date paid").fill("2999-01-01")
    dialog.get_by_role("button", name="Record payout").click()
    dialog.get_by_text("lies in the future").first.wait_for()
    page.problems.clear()  # the browser logs the answer 422
    dialog.get_by_label("Date paid").fill("2026-11-01")
    dialog.get_by_role("button", name="Record payout").click()
    expect(page.locator(".page-title")).to_contain_text("Paid")


def test_a_distribution_is_made_and_paid_without_scripts(browser, live_server, story):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    sign_in(context, live_server, story.manager)
    page = context.new_page()
    page.goto(reverse("distributions:distribution_new"))
    page.get_by_label("Total amount").fill("500000")
    page.get_by_label("Distribution date").fill("2027-06-30")
    page.get_by_role("button", name="Work out the waterfall").click()
    expect(page.locator("#distribution_preview")).to_contain_text("$40,238.84")
    page.get_by_role("button", name="Create & generate notices").click()
    page.get_by_role("link", name="Record payout", exact=True).click()
    page.get_by_role("button", name="Record payout").click()
    expect(page.locator("#messages")).to_contain_text("to 4 investors is recorded")
    context.close()
