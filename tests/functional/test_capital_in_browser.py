"""Capital calls in a real browser: what changes in place, what works without scripts, what everybody can use."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from capital.models import CapitalCall, Payment
from tests.integration.capital.story import Story, amounts, status
from tests.support.opened import written

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(context, live_server, user):
    """The session of a user who has signed in, in this browser."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])


@pytest.fixture
def story(context, live_server):
    """A fund whose manager sits at the browser."""
    told = Story(("600000.00", "300000.00", "100000.00"))
    for commitment, name in zip(
        told.partners, ("Acme Ventures", "Smith Family Office", "Jane Williams"), strict=True
    ):
        commitment.investor.name = name
        with written():
            commitment.investor.save()
    sign_in(context, live_server, told.manager)
    return told


# ---------------------------------------------------------------- in place


def test_a_payment_changes_row_bar_and_badge_without_leaving_the_page(page, story):
    call = story.issued()
    page.goto(reverse("capital:call", args=[call.pk]))
    page.get_by_role("link", name="Record payment of Acme Ventures").click()
    dialog = page.get_by_role("dialog", name="Record payment")
    expect(dialog.get_by_label("Amount")).to_have_value("60000.00")
    dialog.get_by_label("Amount").fill("20000.00")
    dialog.get_by_role("button", name="Record payment").click()
    page.get_by_text("Payment of $20,000.00 from Acme Ventures is recorded.").wait_for()
    expect(dialog).to_be_hidden()
    row = page.get_by_role("row", name="Acme Ventures")
    expect(row).to_contain_text("Partly paid")
    expect(row).to_contain_text("$40,000.00")
    expect(page.locator(".page-title")).to_contain_text("Partially funded")
    expect(page.locator(".bar-large .fill")).to_have_attribute("width", "20.00%")


def test_a_refused_payment_stays_in_the_dialog_with_its_reason(page, story):
    call = story.issued()
    page.goto(reverse("capital:call", args=[call.pk]))
    page.get_by_role("link", name="Record payment of Acme Ventures").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("60000.01")
    dialog.get_by_role("button", name="Record payment").click()
    dialog.get_by_text("more than is still owed").first.wait_for()
    expect(dialog.get_by_label("Amount")).to_have_value("60000.01")
    assert not Payment.objects.exists()
    page.problems.clear()  # the browser logs the answer 409


def test_typed_data_in_a_dialog_is_not_dropped_by_a_stray_key(page, story):
    call = story.issued()
    page.goto(reverse("capital:call", args=[call.pk]))
    page.get_by_role("link", name="Record payment of Acme Ventures").click()
    page.get_by_label("Amount").fill("1.00")
    page.on("dialog", lambda question: question.dismiss())
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_label("Amount")).to_have_value("1.00")


def test_the_allocation_follows_the_total_and_keeps_what_was_set_by_hand(page, story):
    page.goto(reverse("capital:call_new"))
    page.get_by_label("Total amount").press_sequentially("100000")
    acme = page.get_by_label("Called from Acme Ventures")
    smith = page.get_by_label("Called from Smith Family Office")
    expect(acme).to_have_value("60000.00")
    acme.fill("50000")
    expect(page.locator("[data-left]")).to_contain_text("$10,000.00")
    acme.blur()
    expect(smith).to_have_value("37500.00")
    page.get_by_label("Total amount").fill("110000")
    expect(smith).to_have_value("45000.00")
    expect(acme).to_have_value("50000")
    page.get_by_text("The amounts add up to the total").wait_for()
    page.get_by_label("Purpose", exact=True).fill("Working capital")
    page.get_by_role("button", name="Create & generate notices").click()
    page.get_by_text("is issued").wait_for()
    call = CapitalCall.objects.get()
    assert (status(call), amounts(call)[0]) == ("sent", Decimal("50000.00"))


def test_lines_and_excuses_are_added_in_place(page, story):
    page.goto(reverse("capital:call_new"))
    page.get_by_label("Total amount").fill("100")
    page.get_by_role("button", name="Add a line").click()
    page.get_by_role("group", name="Line 2").wait_for()
    expect(page.get_by_label("Total amount")).to_have_value("100")
    page.get_by_role("button", name="Remove line 2").click()
    page.get_by_text("One line takes the whole amount").wait_for()
    page.get_by_role("button", name="Excuse an investor").click()
    page.get_by_label("Investor", exact=True).select_option(label="Acme Ventures")
    page.get_by_label("Reason").fill("Excused from tobacco")
    page.get_by_label("Reason").blur()
    page.get_by_text("Excused: Excused from tobacco").wait_for()


def test_a_partner_is_excused_from_a_line_where_the_line_is(page, story):
    page.goto(reverse("capital:call_new"))
    page.get_by_label("Total amount").fill("100000")
    page.get_by_label("Purpose", exact=True).fill("Purchase and fees")
    page.get_by_role("button", name="Add a line").click()
    first, second = (page.get_by_role("group", name=f"Line {number}", exact=True) for number in (1, 2))
    first.get_by_label("Amount").fill("90000")
    second.get_by_label("For", exact=True).select_option("management_fee")
    second.get_by_label("Amount").fill("10000")
    first.get_by_role("button", name="Excuse an investor").click()
    first.get_by_label("Investor").select_option(label="Acme Ventures")
    first.get_by_label("Reason").fill("Excused from tobacco")
    first.get_by_label("Reason").blur()
    expect(page.get_by_role("row", name="Acme Ventures")).to_contain_text("Excused from line 1")
    expect(page.get_by_label("Called from Acme Ventures")).to_have_value("6000.00")
    page.get_by_text("The amounts add up to the total").wait_for()
    page.get_by_role("button", name="Create & generate notices").click()
    page.get_by_text("is issued").wait_for()
    assert amounts(CapitalCall.objects.get())[0] == Decimal("6000.00")


def test_a_new_call_begins_as_a_copy_of_the_last(page, story):
    page.goto(reverse("capital:call", args=[story.issued(purpose="Second instalment").pk]))
    page.get_by_role("link", name="Copy", exact=True).click()
    page.get_by_text("A copy of").wait_for()
    expect(page.get_by_label("Purpose", exact=True)).to_have_value("Second instalment")
    page.get_by_role("button", name="Create & generate notices").click()
    page.get_by_text("is issued").wait_for()
    assert list(CapitalCall.objects.order_by("number").values_list("purpose", flat=True)) == [
        "Second instalment",
        "Second instalment",
    ]


def test_leaving_a_typed_form_is_asked_about(page, story):
    page.goto(reverse("capital:call_new"))
    page.get_by_label("Purpose", exact=True).press_sequentially("Working")
    asked = []

    def stay(question):
        asked.append(question.type)
        question.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Deals").click(no_wait_after=True)
    assert asked == ["beforeunload"]
    expect(page.get_by_label("Purpose", exact=True)).to_have_value("Working")


def test_the_theme_changes_in_place_and_is_remembered(page, story):
    page.goto(reverse("dashboard:overview"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Light theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


# ---------------------------------------------------------------- without scripts


def test_everything_that_is_sent_works_without_scripts(browser, live_server, story):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    sign_in(context, live_server, story.manager)
    page = context.new_page()
    page.goto(reverse("capital:call_new"))
    page.get_by_role("button", name="Add a line").click()
    page.get_by_role("button", name="Remove line 2").click()
    page.get_by_label("Total amount").fill("100000")
    page.get_by_label("Purpose", exact=True).fill("Working capital")
    page.get_by_role("button", name="Create & generate notices").click()
    page.get_by_role("link", name="Record payment of Acme Ventures").click()
    page.get_by_role("button", name="Record payment").click()
    expect(page.locator("#messages")).to_contain_text("Payment of $60,000.00")
    page.get_by_role("button", name="Light theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    context.close()


# ---------------------------------------------------------------- everybody


def test_the_phone_menu_opens_without_a_script(browser, live_server, story):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 800}
    )
    sign_in(context, live_server, story.manager)
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("link", name="Investors")).to_be_hidden()
    page.locator("summary", has_text="Menu").click()
    page.get_by_role("link", name="Capital calls").click()
    expect(page.get_by_role("heading", name="Capital calls", level=1)).to_be_visible()
    context.close()
