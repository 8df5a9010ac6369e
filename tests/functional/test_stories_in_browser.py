"""Told whole, in a real browser: from an invitation to a notice; two managers and one call; looking as an investor."""

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from blackgem.models import AuditEvent
from capital.models import CapitalCall
from funds.models import Notice, NoticeReading
from tests.access.world import World
from tests.factories import PASSWORD, BankDetailsFactory, ContactFactory
from tests.functional.test_accounts_in_browser import CHOSEN, code_for, link_in_mail, sign_in
from tests.integration.capital.story import Story
from tests.integration.notices.letters import deliver_all, render_all, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def another(browser, live_server):
    """Makes browsers of other people."""
    made = []

    def open_one():
        made.append(browser.new_context(base_url=live_server.url, accept_downloads=True))
        return made[-1].new_page()

    yield open_one
    for context in made:
        context.close()


def come_in(page, person):
    sign_in(page, person.email, PASSWORD)
    page.get_by_role("button", name="Sign out").wait_for()


def test_from_the_invitation_to_the_first_look_at_a_notice(page, another):
    """She chooses a password, sets up a second factor, and with both opens the letter that the mail speaks of."""
    story = Story()
    BankDetailsFactory(fund=story.fund, verified_by=story.manager)
    contact = ContactFactory(
        investor=story.partners[0].investor, name="Jane Williams", email="jane@lp.example"
    )
    call = story.issued()
    item = call.items.get(commitment=story.partners[0])
    notice = Notice.objects.get(kind=Notice.Kind.CAPITAL_CALL, item_id=item.pk)
    send(story, call)
    render_all()
    deliver_all()
    mail.outbox.clear()

    come_in(page, story.manager)
    page.goto(reverse("dashboard:investor", args=[contact.investor_id]))
    page.get_by_role("button", name="Invite Jane Williams").click()
    page.get_by_text("is invited by mail").wait_for()

    jane = another()
    jane.goto(link_in_mail(r"/invitations/\S+/"))
    jane.get_by_label("Password").fill(CHOSEN)
    jane.get_by_label("Once more").fill(CHOSEN)
    jane.get_by_role("button", name="Accept").click()
    jane.wait_for_url("**/portal/")
    jane.get_by_role("link", name="Jane Williams").click()
    jane.get_by_role("link", name="Set up an authenticator app").click()
    secret = jane.locator("#totp-secret").inner_text().strip()
    jane.get_by_label("Code").fill(code_for(secret))
    jane.get_by_role("button", name="Set up").click()
    recovery = jane.locator(".codes li").first.inner_text().strip()
    jane.get_by_role("button", name="Sign out").click()

    jane.goto(reverse("portal:document", args=[notice.public_id]))
    jane.get_by_label("E-mail").fill(contact.email)
    jane.get_by_label("Password").fill(CHOSEN)
    jane.get_by_role("button", name="Sign in").click()
    jane.get_by_label("Code").fill(recovery)
    jane.get_by_role("button", name="Sign in").click()
    jane.wait_for_url(f"**{reverse('portal:document', args=[notice.public_id])}")
    letter = jane.request.get(jane.get_by_role("link", name="PDF").get_attribute("href"))
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.body() == bytes(notice.document.content)
    jane.get_by_role("button", name="I have received this notice").click()
    jane.get_by_text("Your acknowledgement is noted").wait_for()

    page.goto(reverse("capital:item", args=[call.pk, item.pk]))
    expect(page.get_by_role("main")).to_contain_text("Acknowledged by Jane Williams")
    deeds = list(NoticeReading.objects.order_by("pk").values_list("deed", flat=True))
    assert deeds[0] == "opened", "its page shows the letter, each time anew"
    assert deeds.count("acknowledged") == 1
    assert [one.to for one in mail.outbox if "access" in one.subject] == [["jane@lp.example"]]


def test_two_managers_and_one_call(page, another):
    """Who submits sees that somebody else has to approve; the second one does, and it is issued."""
    story = Story(four_eyes=True)
    come_in(page, story.manager)
    page.goto(reverse("capital:call_new"))
    page.get_by_label("Total amount").fill("100000")
    page.get_by_label("Purpose", exact=True).fill("Working capital")
    page.get_by_text("The amounts add up to the total").wait_for()
    page.get_by_role("button", name="Submit for approval").click()
    page.get_by_text("waits for a second person to approve it").wait_for()
    call = CapitalCall.objects.get()
    expect(page.locator(".page-title")).to_contain_text("approval")
    expect(page.get_by_role("button", name="Approve", disabled=True)).to_have_count(1)
    page.goto(reverse("dashboard:approvals"))
    expect(page.get_by_role("main")).to_contain_text("demands that a second person approves")
    expect(page.get_by_role("button", name="Approve", disabled=True)).to_have_count(1)
    token = page.context.cookies()[0] and page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    refused = page.request.post(
        reverse("capital:call_approve", args=[call.pk]),
        form={"csrfmiddlewaretoken": token},
        headers={"Referer": page.url},
    )
    assert refused.status == 403

    sam = another()
    come_in(sam, story.second)
    sam.get_by_role("link", name="Approvals").first.click()
    row = sam.get_by_role("row", name="Working capital")
    row.get_by_role("button", name="Approve").click()
    sam.get_by_text("is approved and issued").wait_for()
    page.goto(reverse("capital:call", args=[call.pk]))
    expect(page.locator(".page-title")).to_contain_text("Issued")
    expect(page.get_by_role("main")).to_contain_text(f"{story.second}")
    call.refresh_from_db()
    assert (call.submitted_by, call.approved_by) == (story.manager, story.second)


def test_looking_as_an_investor(page):
    """Marked on each page, read-only, written down, over when it is ended."""
    world = World.make()
    own = world.ids_of("lp_a") if world.ids else {}
    name, other = (world.story.partners[number].investor.name for number in (0, 1))
    come_in(page, world.story.manager)
    page.goto(reverse("dashboard:investor", args=[own["investor_id"]]))
    page.get_by_role("button", name="View as").click()
    page.wait_for_url("**/portal/")
    for where in ("Calls", "Payments", "Distributions", "Statement", "Documents", "Profile", "Home"):
        page.get_by_role("navigation", name="Main").get_by_role("link", name=where).click()
        expect(page.get_by_role("region", name="Looking as an investor")).to_contain_text(name)
        assert other not in page.content()
    page.goto(reverse("portal:document", args=[own["notice"]]))
    expect(page.get_by_role("button", name="I have received this notice")).to_have_count(0)
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    refused = page.request.post(
        reverse("portal:acknowledge", args=[own["notice"]]), form={"csrfmiddlewaretoken": token}
    )
    assert (refused.status, NoticeReading.objects.count()) == (403, 0)
    page.get_by_role("button", name="Back to your own pages").click()
    page.get_by_text("You are back as yourself").wait_for()
    page.goto("/portal/")
    expect(page.get_by_role("region", name="Looking as an investor")).to_have_count(0)
    deeds = AuditEvent.objects.filter(actor=world.story.manager).order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in deeds if "view" in verb] == ["view_as_investor", "stop_viewing_as_investor"]
