"""The main flows by keyboard alone: nothing here is clicked, and the focus is seen wherever it goes."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from capital.models import CapitalCall, Payment
from distributions.models import Distribution
from funds.models import NoticeReading
from tests.access.world import World
from tests.factories import PASSWORD
from tests.functional.test_capital_in_browser import sign_in, story
from tests.functional.test_distributions_in_browser import story as exit
from tests.integration.notices.letters import render_all
from tests.support.barriers import barriers
from tests.support.keyboard import Keyboard
from tests.support.opened import written

__all__ = ["exit", "story"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def keys(page):
    return Keyboard(page)


def button(page, name, **how):
    return page.get_by_role("button", name=name, **how)


def link(page, name, **how):
    return page.get_by_role("link", name=name, **how)


# ---------------------------------------------------------------- around the house


def test_signing_in_and_out(page, keys, context, story):
    context.clear_cookies()
    page.goto("/")
    keys.type(page.get_by_label("E-mail"), story.manager.email)
    keys.type(page.get_by_label("Password"), PASSWORD)
    page.keyboard.press("Enter")
    button(page, "Sign out").wait_for()
    keys.press(button(page, "Sign out"))
    page.wait_for_url("**/sign-in/")


def test_the_skip_link_is_first_and_leads_past_the_menu(page, keys, story):
    page.goto("/calls/")
    page.keyboard.press("Tab")
    skip = link(page, "Skip to the content")
    expect(skip).to_be_focused()
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_theme(page, keys, story):
    page.goto("/")
    with page.expect_response("**/theme/"):
        keys.press(button(page, "Light theme"), "Space")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(button(page, "Dark theme")).to_be_focused()


def test_the_menu_of_a_telephone(page, keys, story):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    keys.press(page.locator("summary", has_text="Menu"))
    keys.press(link(page, "Investors", exact=True))
    page.get_by_role("heading", name="Investors", level=1).wait_for()


def test_a_list_is_narrowed_sorted_and_turned_over(page, keys, story):
    for number in range(55):
        story.draft(f"{number + 1}00.00")
    story.issued("7.00")
    page.goto("/calls/")
    keys.press(link(page, "Next"))
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("of 56")
    keys.press(link(page, "Amount"))
    expect(page.get_by_role("columnheader", name="Amount")).to_have_attribute(
        "aria-sort", re.compile("ending")
    )
    keys.choose(page.get_by_role("search", name="Narrow the list").get_by_label("Status"), "Issued")
    expect(page.locator("tbody tr")).to_have_count(1)
    keys.press(page.get_by_role("row").nth(1).get_by_role("link"))
    page.get_by_role("heading", name="Capital call 56").wait_for()


# ---------------------------------------------------------------- calls and payments


def new_call(page, keys, *, submit):
    page.goto("/calls/")
    keys.press(link(page, "New capital call").first)
    keys.type(page.get_by_label("Total amount"), "100000")
    expect(page.get_by_label("Called from Smith Family Office")).to_have_value("30000.00")
    keys.type(page.get_by_label("Purpose", exact=True), "Working capital")
    keys.type(page.get_by_label("Called from Acme Ventures"), "50000")
    keys.go_to(page.get_by_label("Called from Smith Family Office"))
    expect(page.get_by_label("Called from Smith Family Office")).to_have_value("37500.00")
    expect(page.get_by_label("Called from Smith Family Office")).to_be_focused()
    page.get_by_text("The amounts add up to the total").wait_for()
    keys.press(button(page, submit))


def test_a_call_is_drafted_and_issued(page, keys, story):
    new_call(page, keys, submit="Save as draft")
    page.get_by_text("saved as a draft").first.wait_for()
    keys.press(button(page, "Issue & generate notices"))
    page.get_by_text("is issued").wait_for()
    assert CapitalCall.objects.get().status == "sent"


def test_a_call_is_submitted_and_approved_by_another(page, keys, context, live_server, story):
    story.fund.four_eyes = True
    with written():
        story.fund.save()
    new_call(page, keys, submit="Submit for approval")
    page.get_by_text("waits for").first.wait_for()
    sign_in(context, live_server, story.second)
    page.goto("/")
    keys.press(link(page, "Approvals").first)
    keys.press(button(page, "Approve"))
    page.get_by_text("is approved and issued").wait_for()
    assert CapitalCall.objects.get().status == "sent"


def test_lines_and_excuses_are_added_and_taken_away(page, keys, story):
    page.goto(reverse("capital:call_new"))
    keys.press(button(page, "Add a line"))
    page.get_by_role("group", name="Line 2").wait_for()
    expect(button(page, "Add a line")).to_be_focused()
    keys.press(button(page, "Remove line 2"))
    page.get_by_text("One line takes the whole amount").wait_for()
    keys.press(button(page, "Excuse an investor"))
    keys.choose(page.get_by_label("Investor", exact=True), "Acme")
    keys.type(page.get_by_label("Reason"), "Excused from tobacco")
    page.keyboard.press("Tab")
    page.get_by_text("Excused: Excused from tobacco").wait_for()


def test_a_payment_in_its_dialog(page, keys, story):
    """The focus stays in the dialog, Escape closes it, and the focus is back where it was."""
    page.goto(reverse("capital:call", args=[story.issued().pk]))
    opener = link(page, "Record payment of Acme Ventures")
    dialog = page.get_by_role("dialog", name="Record payment")
    keys.press(opener)
    expect(dialog.get_by_label("Amount")).to_be_focused()
    assert barriers(page) == []
    for key in ["Tab"] * 14 + ["Shift+Tab"] * 14:
        page.keyboard.press(key)
        assert page.evaluate("!document.activeElement.closest('main')"), "The focus left the dialog"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Amount")).to_be_focused()
    keys.type(dialog.get_by_label("Amount"), "20000.00")
    keys.press(button(dialog, "Record payment"))
    page.get_by_text("Payment of $20,000.00 from Acme Ventures is recorded.").wait_for()
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    assert Payment.objects.count() == 1


def test_a_payment_of_everything_leaves_the_focus_on_the_page(page, keys, story):
    """Where the button is gone with the debt, Tab goes on from where it stood, not from the top."""
    page.goto(reverse("capital:call", args=[story.issued().pk]))
    keys.press(link(page, "Record payment of Acme Ventures"))
    dialog = page.get_by_role("dialog", name="Record payment")
    keys.press(dialog.get_by_label("Amount"))
    page.get_by_text("Payment of $60,000.00").wait_for()
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_who_is_at_a_control_is_there_when_the_page_is_renewed(page, keys, story, quick):
    page.goto(reverse("capital:call", args=[story.issued().pk]))
    page.get_by_text("Making the PDFs").wait_for()
    page.evaluate("document.querySelector('#call_live').dataset.before = 'renewed'")
    keys.go_to(link(page, "Edit wording"))
    render_all()
    page.get_by_text("3 notices ready").wait_for()
    expect(page.locator("[data-before]")).to_have_count(0)
    expect(link(page, "Edit wording")).to_be_focused()


# ---------------------------------------------------------------- distributions


def test_a_distribution(page, keys, exit):
    page.goto("/distributions/")
    keys.press(link(page, "New distribution").first)
    keys.type(page.get_by_label("Total amount"), "500000")
    keys.go_to(page.get_by_label("Distribution date"))
    page.keyboard.type("06302027")
    keys.choose(page.get_by_label("Type"), "Exit")
    keys.type(page.get_by_label("Source"), "Sale of ABC Manufacturing")
    pref = page.locator("#tier-preferred_return-1")
    expect(pref).to_contain_text("$40,238.84")
    keys.press(pref.locator("summary"))
    expect(pref).to_contain_text("Compounded annually")
    keys.type(page.get_by_label("Withheld from Acme Ventures"), "1000")
    keys.press(button(page, "Create & generate notices"))
    page.get_by_text("is issued").wait_for()
    assert Distribution.objects.get().status == "sent"
    opener = link(page, "Record payout to Acme Ventures")
    keys.press(opener)
    dialog = page.get_by_role("dialog", name="Record payout")
    keys.go_to(button(dialog, "Record payout"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="Acme Ventures")).to_contain_text("Paid")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


# ---------------------------------------------------------------- the portal


def test_an_investor_opens_a_call_and_acknowledges_it(page, keys, context, live_server):
    world = World.make()
    assert world.ids
    own = world.ids_of("lp_a")
    sign_in(context, live_server, world.people["lp_a"])
    page.goto("/portal/")
    keys.press(link(page, "Calls"))
    keys.press(page.locator(f'main a[href="/portal/calls/{own["call_item"]}/"]').first)
    page.get_by_role("heading", name="Capital call 3").wait_for()
    keys.press(button(page, "received"))
    page.get_by_text("Your acknowledgement is noted").wait_for()
    assert NoticeReading.objects.filter(deed="acknowledged", notice=own["notice_id"]).exists()
