"""A call and a distribution are netted in a real browser: set off, told by a letter that the investor reads, its net
paid, and settled on both sides."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from capital.models import CallItemCapital
from distributions.models import CommitmentDistributions
from funds.models import Notice
from tests.factories import ContactFactory, UserFactory
from tests.functional.test_closings_in_browser import come_in
from tests.integration.closings.setoff_story import SetoffStory
from tests.integration.notices.letters import render_all
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.deep
def test_a_netted_letter_is_read_its_net_paid_and_both_sides_are_settled(page, browser, live_server):
    story = SetoffStory()
    reader = ContactFactory(investor=story.a.investor, user=UserFactory()).user

    come_in(page, story.manager)
    page.goto(reverse("closings:setoff_list", args=[story.fund.pk]))
    page.get_by_role("link", name=re.compile("^Set Distribution .* off against")).click()
    page.get_by_label("By which agreement").fill("Clause 14.14")
    page.get_by_role("button", name="Set off").click()
    page.get_by_text("Both documents count gross").wait_for()
    expect(page.get_by_role("row").filter(has_text="A").first).to_be_visible()
    letter = Notice.objects.filter(commitment=story.a, subject_id=story.asked.pk).latest("version")
    assert letter.version == 2
    render_all(at=timezone.now())

    # What the investor reads: gross on both sides, and one net figure.
    portal = browser.new_context(base_url=live_server.url).new_page()
    come_in(portal, reader)
    item = story.asked.items.get(commitment=story.a)
    portal.goto(reverse("portal:call", args=[item.public_id]))
    main = portal.get_by_role("main")
    expect(main).to_contain_text("$371,951.22")
    expect(main).to_contain_text("$246,951.22")

    # The net is paid, by one wire.
    page.goto(reverse("capital:payment_new", args=[story.asked.pk, item.pk]))
    expect(page.get_by_label("Amount")).to_have_value("246951.22")
    page.get_by_role("button", name="Record payment").click()
    expect(page).not_to_have_url(re.compile("payments/new"))

    portal.reload()
    expect(main).to_contain_text("Paid")
    portal.goto(reverse("portal:distribution_list"))
    expect(portal.get_by_role("main")).to_contain_text("$125,000.00")
    assert CallItemCapital.objects.get(item=item).outstanding == 0
    assert CommitmentDistributions.objects.get(pk=story.a.pk).payable == 0
    assert violations() == []
