"""Pages with tables that are worked in: nothing lies beyond a sideways scroll, neither at a desk nor on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from blackgem.lib.context import WriteContext
from capital.models import Payment
from capital.services.calls import submit_call
from tests.factories import set_by_two
from tests.functional.test_capital_in_browser import sign_in, story
from tests.integration.capital.story import NOW
from tests.support.keyboard import Keyboard

__all__ = ["story"]

pytestmark = pytest.mark.django_db(transaction=True)

DESK = {"width": 1440, "height": 900}
HIDDEN_SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll('.table-scroll')]
    .filter(one => one.scrollWidth > one.clientWidth).map(one => one.className)"""
SMALL_TARGETS = """() => [...document.querySelectorAll('main table :is(input:not([type=hidden]), select, button)')]
    .filter(one => one.checkVisibility())
    .filter(one => Math.min(one.getBoundingClientRect().width, one.getBoundingClientRect().height) < 24)
    .map(one => one.outerHTML)"""
CUT_OFF = """() => [...document.querySelectorAll('main table input:not([type=hidden])')]
    .filter(one => one.scrollWidth > one.clientWidth).map(one => one.outerHTML)"""


@pytest.fixture
def phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def at_payments(page, story):
    story.issued()
    page.goto(f"{reverse('capital:payment_table')}?fund={story.fund.pk}")
    page.get_by_role("heading", name="Open items").wait_for()


def test_payments_are_ticked_changed_and_recorded_by_keyboard(page, story):
    page.set_viewport_size(DESK)
    at_payments(page, story)
    assert page.evaluate(HIDDEN_SIDEWAYS) == []
    assert page.evaluate(CUT_OFF) == []
    keys = Keyboard(page)
    keys.press(page.get_by_label("Paid: Acme Ventures"), "Space")
    keys.type(page.get_by_label("Amount: Smith Family Office"), "1000.50")
    expect(page.get_by_label("Paid: Smith Family Office")).to_be_checked()
    keys.press(page.get_by_role("button", name="Record payments"))
    page.get_by_text("2 payments of $61,000.50 in all recorded.").wait_for()
    assert Payment.objects.count() == 2


def test_an_open_item_unfolds_on_a_phone_once_it_is_ticked(phone, story):
    at_payments(phone, story)
    row = phone.get_by_role("row", name="Acme Ventures")
    amount = row.get_by_label("Amount: Acme Ventures")
    expect(row).to_contain_text("$60,000.00")
    expect(amount).not_to_be_visible()
    row.get_by_text("Paid", exact=True).click()
    expect(amount).to_be_visible()
    for label in ("Amount", "Date received", "Method", "Reference", "Bank transaction id"):
        expect(row.get_by_text(label, exact=True)).to_be_visible()
    assert phone.evaluate(HIDDEN_SIDEWAYS) == []
    assert phone.evaluate(SMALL_TARGETS) == []
    amount.fill("60000.01")
    phone.get_by_role("button", name="Record payments").click()
    row.get_by_text("more than is still owed").wait_for()
    assert phone.evaluate(HIDDEN_SIDEWAYS) == []
    phone.set_viewport_size(DESK)
    assert phone.evaluate(HIDDEN_SIDEWAYS) == []
    phone.problems.clear()  # the browser logs the answer 409


def test_approvals_fit_a_phone(phone, context, live_server, story):
    payment = story.pay_item(story.issued("1000.00").items.first(), "10.00")
    set_by_two(story.fund, four_eyes=True)
    story.reverse(payment)
    submit_call(call_id=story.draft("300.00").pk, ctx=WriteContext(story.manager, NOW))
    sign_in(context, live_server, story.second)
    phone.goto(reverse("dashboard:approvals"))
    call = phone.get_by_role("region", name="Capital calls").get_by_role("row")
    expect(call).to_contain_text("$300.00")
    expect(call.get_by_role("button")).to_be_in_viewport(ratio=1)
    expect(phone.get_by_role("row")).to_have_count(2)
    assert phone.evaluate(HIDDEN_SIDEWAYS) == []
    assert phone.evaluate(SMALL_TARGETS) == []


def test_the_amounts_of_a_new_call_stand_beside_the_names_on_a_phone(phone, story):
    phone.goto(reverse("capital:call_new"))
    phone.get_by_label("Total amount").press_sequentially("100000")
    amount = phone.get_by_label("Called from Acme Ventures")
    expect(amount).to_have_value("60000.00")
    row = phone.get_by_role("row", name="Acme Ventures")
    expect(row).to_contain_text("Commitment $600,000.00")
    name = row.get_by_role("rowheader").bounding_box()
    assert abs(amount.bounding_box()["y"] - name["y"]) < 8
    amount.scroll_into_view_if_needed()
    expect(amount).to_be_in_viewport(ratio=1)
    assert phone.evaluate(HIDDEN_SIDEWAYS) == []
    assert phone.evaluate(SMALL_TARGETS) == []
