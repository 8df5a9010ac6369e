"""From an account without a fund to the first call that is sent, as a person goes: pages and clicks are counted."""

import re
from dataclasses import dataclass, field

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from capital.models import CapitalCall
from funds.models import Fund
from tests.factories import UserFactory, let_open_funds
from tests.functional.test_capital_in_browser import sign_in
from tests.integration.notices.letters import deliver_all, render_all, states
from tests.support.barriers import barriers
from tests.support.keyboard import Keyboard

pytestmark = pytest.mark.django_db(transaction=True)

MOST_PAGES, MOST_CLICKS = 10, 10
INVESTORS = (
    "Investor\tKind\tCommitment\tE-mail\n"
    "Acme Ventures\tCompany\t$600,000.00\tacme@lp.example\n"
    "Smith Family Office\tTrust\t300,000\tsmith@lp.example\n"
    "Jane Williams\tIndividual\t100 000,00\tjane@lp.example\n"
)
BANK = {
    "Bank": "First National Bank",
    "Account name": "Larkspur Fund I, L.P.",
    "Account number": "000123456789",
    "Routing number": "021000021",
}
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Person:
    """Somebody at a browser. `pages` are those that were seen, `clicks` the links and buttons that were used."""

    page: Page
    pages: list[str] = field(default_factory=list)
    clicks: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("response", self._see)

    def _see(self, response):
        is_page = response.request.is_navigation_request() and response.request.frame == self.page.main_frame
        if is_page and not 300 <= response.status < 400:
            self.pages.append(response.url)

    def use(self, target: Locator, name: str):
        self.clicks.append(name)
        self.press(target)

    def button(self, name: str):
        self.use(self.page.get_by_role("button", name=name, exact=True), name)

    def press(self, target: Locator):
        target.click()

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(rf"^{label}( optional)?$")).first

    def enter(self, label: str, text: str):
        self.field(label).fill(text)

    def day(self, label: str, year: str, month: str, day: str):
        self.enter(label, f"{year}-{month}-{day}")

    def choose(self, label: str, text: str):
        option = self.field(label).locator("option", has_text=text)
        self.field(label).select_option(option.get_attribute("value"))

    def is_at(self, step: str):
        """The page says where in the set-up it is."""
        here = self.page.get_by_role("navigation", name="Set-up of the fund").locator("[aria-current=step]")
        expect(here).to_contain_text(step)


class AtTheKeyboard(Person):
    """Nothing is clicked."""

    def press(self, target: Locator):
        box = target.get_attribute("type") in ("checkbox", "radio")
        Keyboard(self.page).press(target, "Space" if box else "Enter")

    def enter(self, label: str, text: str):
        Keyboard(self.page).go_to(self.field(label))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)  # as pasted: a tab in it leads nowhere else

    def day(self, label: str, year: str, month: str, day: str):
        Keyboard(self.page).go_to(self.field(label))
        self.page.keyboard.type(f"{month}{day}{year}")

    def choose(self, label: str, text: str):
        Keyboard(self.page).choose(self.field(label), text)


@pytest.fixture
def opener():
    """Who may open funds, and has none yet."""
    person = UserFactory(full_name="Maria Manager", email="maria@fund.example")
    let_open_funds(person)
    return person


def set_up_and_send(person: Person, look=lambda: None) -> CapitalCall:
    """Everything from the empty overview to the notices being on their way."""
    page = person.page
    page.goto(reverse("dashboard:overview"))
    person.use(page.get_by_role("link", name="New fund"), "New fund")
    person.is_at("Fund and terms")
    look()
    person.enter("Name", "Larkspur Fund I")
    person.day("Date of the LPA", "2026", "01", "05")
    person.button("Set up the fund")
    person.is_at("Investors")
    look()
    person.enter("Pasted", INVESTORS)
    person.button("Check the table")
    person.is_at("Investors")
    expect(page.get_by_role("main")).to_contain_text("$1,000,000.00")
    look()
    person.button("Enter all")
    person.is_at("Bank details")
    look()
    for label, text in BANK.items():
        person.enter(label, text)
    person.button("Enter for verification")
    person.is_at("Call back")
    look()
    person.enter("Number called", "+1 212 555 0100")
    person.enter("Spoken to", "Ann Teller")
    person.use(page.get_by_role("radio", name="Every digit was confirmed"), "Confirmed")
    person.button("Record the call and decide")
    person.is_at("Deal")
    look()
    person.enter("Or a new deal", "ABC Manufacturing")
    person.enter("Amount to commit", "400,000")
    person.button("Allocate")
    person.is_at("First call")
    look()
    person.enter("Total amount", "250,000")
    person.enter("Purpose", "Purchase of ABC Manufacturing")
    person.choose("Deal", "ABC Manufacturing")
    person.button("Create & generate notices")
    person.is_at("Check and send")
    look()
    render_all(at=timezone.now())
    person.button("Send notices")
    # The page before spoke of 3 notices too.
    expect(page.get_by_role("button", name="Send notices")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("3 notices")
    return CapitalCall.objects.get()


@pytest.mark.deep
def test_no_step_has_a_barrier(page, context, live_server, opener):
    sign_in(context, live_server, opener)

    def look():
        assert barriers(page) == []

    set_up_and_send(Person(page), look)


def test_by_keyboard_on_a_desktop(page, context, live_server, opener, quick):
    page.set_viewport_size(DESKTOP)
    sign_in(context, live_server, opener)
    person = AtTheKeyboard(page)
    call = set_up_and_send(person)
    print(person.pages, person.clicks)  # docs/screens.md says how many
    assert len(person.pages) <= MOST_PAGES
    assert len(person.clicks) <= MOST_CLICKS
    assert set(states(call)) == {"queued"}
    deliver_all(at=timezone.now())
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "acme@lp.example",
        "jane@lp.example",
        "smith@lp.example",
    ]
    page.goto(reverse("dashboard:fund", args=[call.fund_id]))
    expect(page.get_by_role("main")).not_to_contain_text("Set up this fund")


def test_on_a_telephone_without_scripts(browser, live_server, opener, quick):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=PHONE)
    sign_in(context, live_server, opener)
    person = Person(context.new_page())
    call = set_up_and_send(person)
    print(person.pages, person.clicks)
    assert len(person.pages) <= MOST_PAGES
    assert (call.status, call.total_amount) == ("sent", 250000)
    context.close()


def test_it_is_left_and_found_again_on_the_page_of_the_fund(page, context, live_server, opener):
    sign_in(context, live_server, opener)
    person = Person(page)
    page.goto(reverse("funds:fund_new"))
    person.enter("Name", "Larkspur Fund I")
    person.day("Date of the LPA", "2026", "01", "05")
    person.button("Set up the fund")
    page.get_by_role("link", name="Set up Larkspur Fund I").click()
    page.get_by_role("link", name="Go on: investors").click()
    person.is_at("Investors")
    page.get_by_role("link", name="Skip this step").click()
    person.is_at("Bank details")
    page.get_by_role("link", name="Skip this step").click()
    person.is_at("Deal")
    page.get_by_role("navigation", name="Set-up of the fund").get_by_role("link", name="Bank details").click()
    for label, text in BANK.items():
        person.enter(label, text)
    person.button("Enter for verification")
    person.is_at("Call back")
    page.get_by_role("link", name="Set up Larkspur Fund I").click()
    steps = page.get_by_role("region", name="Set up this fund").get_by_role("listitem")
    expect(steps.filter(has_text="(done)")).to_have_count(2)
    expect(steps.filter(has_text="Call back")).to_contain_text("Verify")
    assert Fund.objects.get().bank_details.count() == 1
