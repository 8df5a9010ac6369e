"""An investor's people, told whole: rights, a question and its answer, an adviser, and what is mailed to whom."""

import pytest
from django.urls import reverse

from funds.models import Adviser, InvestorContact, PartMessage
from tests.access.world import World
from tests.attacks.test_advisers import managing
from tests.factories import ContactFactory
from tests.functional.test_capital_in_browser import sign_in
from tests.support.barriers import barriers

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def people(browser, live_server):
    """Opens a browser for somebody who is signed in; on a phone one without scripts."""
    made = []

    def open_one(person, size, *, scripts=True):
        context = browser.new_context(
            base_url=live_server.url, viewport=size, java_script_enabled=scripts, reduced_motion="reduce"
        )
        made.append(context)
        sign_in(context, live_server, person)
        return context.new_page()

    yield open_one
    for context in made:
        context.close()


def told(people):
    """The whole story, and where the pages are that it leaves: (who sits at the desk, paths), (on the phone, paths)."""
    world = World.make()
    ids, partner = world.ids, world.story.partners[1]
    lea = managing(partner, takes_notices=False, name="Lea Lee").user
    ContactFactory(investor=partner.investor, email="second@lp.example", name="Second Mailbox")
    call = reverse("portal:call", args=[ids["call_item"]])

    phone = people(lea, PHONE, scripts=False)
    phone.goto(call)
    phone.get_by_role("link", name="Ask a question").click()
    phone.get_by_role("textbox", name="Your question").fill("May we pay in three parts?")
    phone.get_by_role("button", name="Send the question").click()
    phone.get_by_text("Your question is with the fund").wait_for()

    phone.goto(reverse("portal:profile"))
    phone.get_by_role("link", name="Advisers").click()
    phone.get_by_role("link", name="Ask for an adviser").click()
    phone.get_by_role("textbox", name="Name").fill("Ada Count")
    phone.get_by_role("textbox", name="E-mail").fill("ada@accountants.example")
    phone.get_by_label("Role").select_option("accountant")
    phone.get_by_label(world.story.fund.name).check()
    phone.get_by_role("button", name="Ask the fund").click()
    phone.get_by_text("Waits for the fund").wait_for()

    phone.goto(reverse("portal:profile"))
    phone.get_by_role("link", name="What is mailed to whom").click()
    phone.get_by_role("group", name="Second Mailbox").get_by_label("Capital call notices").uncheck()
    phone.get_by_role("button", name="Save").click()
    phone.get_by_text("What is mailed to whom is saved").wait_for()
    assert not InvestorContact.objects.get(email="second@lp.example").gets_calls

    desk = people(world.story.manager, DESK)
    desk.goto("/")
    desk.get_by_role("link", name="questions to answer").click()
    question = PartMessage.objects.get(text__contains="three parts")
    desk.get_by_role("link", name=partner.investor.name).click()
    desk.get_by_text("May we pay in three parts?").wait_for()
    desk.get_by_role("textbox", name="Answer").fill("In two.")
    desk.get_by_role("button", name="Send the answer").click()
    desk.get_by_text("The answer is sent").wait_for()
    adviser = Adviser.objects.get()
    desk.goto(reverse("funds:adviser_decline", args=[adviser.pk]))
    desk.get_by_role("textbox", name="Reason").fill("We have not met them.")
    desk.get_by_role("button", name="Decline").click()
    desk.get_by_text("The adviser is declined").wait_for()

    phone.goto(call)
    phone.get_by_text("In two.").wait_for()
    phone.goto(reverse("portal:adviser_list"))
    phone.get_by_text("We have not met them.").wait_for()

    contact = lea.investor_contacts.get()
    at_desk = (
        reverse("funds:question_list"),
        reverse("funds:question", args=[question.pk]),
        reverse("funds:adviser_decline", args=[adviser.pk]),
        reverse("funds:contact_rights", args=[partner.investor_id, contact.pk]),
    )
    on_phone = (
        call,
        reverse("portal:ask_about_call", args=[ids["call_item"]]),
        reverse("portal:adviser_list"),
        reverse("portal:adviser_ask"),
        reverse("portal:mails", args=[ids["investor"]]),
        reverse("portal:profile"),
    )
    return (world.story.manager, at_desk), (lea, on_phone)


def test_who_speaks_for_an_investor(people):
    assert told(people)


@pytest.mark.deep
def test_nobody_meets_a_barrier(people):
    for (person, paths), size in zip(told(people), (DESK, PHONE), strict=True):
        page = people(person, size)
        for path in paths:
            page.goto(path)
            assert not barriers(page), path
