"""A bank statement in a real browser: a file is dropped, its lines are settled by keys, and the call is funded."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from banking.models import EntryDecision
from banking.services.reading import read_next
from tests.functional.test_closings_in_browser import come_in
from tests.integration.banking.test_statements import BankStory, wire
from tests.integration.capital.story import NOW, fresh
from tests.support import bank_files

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_file_is_dropped_and_two_lines_are_settled_by_keyboard(page):
    story = BankStory()
    call = story.issued()
    first, second, _ = story.partners
    rows = [
        wire("60000.00", f"CC{call.number}-{first.reference}", reference="A1", name=first.investor.name),
        wire("30000.00", f"CC{call.number}-{second.reference}", reference="A2", name="A Family Office"),
        wire("10000.00", "our share", reference="A3", name="Third & Sons"),
        wire("-9.00", "charge", reference="A4"),
    ]
    come_in(page, story.manager)
    page.goto(reverse("banking:upload", args=[story.fund.pk]))
    content = bank_files.camt(rows, Decimal("0.00"))
    page.locator("input[type=file]").set_input_files(
        {"name": "march.xml", "mimeType": "application/xml", "buffer": content}
    )
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("The file is kept and being read").wait_for()
    assert read_next(at=NOW)
    page.reload()
    page.get_by_role("table").get_by_role("link", name="Mar 1, 2026").click()
    page.get_by_role("button", name="Post what is certain").click()
    page.get_by_text("1 posted.").wait_for()
    page.get_by_role("link", name="Decide line by line").click()

    # The first waits because somebody else sent it: accepted by its key. The second by the item that is chosen.
    expect(page.get_by_role("heading", level=1)).to_contain_text("30,000.00")
    page.keyboard.press("a")
    page.get_by_text("The receipt is posted").wait_for()
    expect(page.get_by_role("heading", level=1)).to_contain_text("10,000.00")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_contain_text("9.00")
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_contain_text("10,000.00")
    page.keyboard.press("o")
    expect(page.get_by_label("Item 1")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.get_by_text("The receipt is posted").wait_for()
    page.keyboard.press("c")
    page.keyboard.type("Charge")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.get_by_text("The entry is classified").wait_for()
    assert EntryDecision.objects.get().entry_class == "bank_charge"
    assert fresh(call).status == "fully_funded"
    page.goto(reverse("capital:call", args=[call.pk]))
    expect(page.get_by_role("main")).to_contain_text("Funded")
