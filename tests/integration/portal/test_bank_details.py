"""An investor sees its own accounts, masked, and proposes others; nobody else's."""

import pytest
from django.test import Client
from django.urls import reverse

from blackgem.lib import audit
from funds.models import PayeeDetails, WarningMail
from tests.factories import ContactFactory, UserFactory
from tests.integration.capital.story import Story
from tests.support.called import typed
from tests.support.opened import written

pytestmark = pytest.mark.django_db
ACCOUNT = {"bank_name": "ธนาคารทดสอบ", "account_name": "นาง สมหญิง", "iban": "DE89 3704 0044 0532 0130 00"}


def browser_of(person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def test_an_investor_proposes_an_account_and_the_fund_calls_back():
    story = Story()
    mine, other = story.partners[0], story.partners[1]
    me = ContactFactory(investor=mine.investor, user=UserFactory(), email="me@lp.example").user
    ContactFactory(investor=mine.investor, email="partner@lp.example")
    reader = ContactFactory(investor=mine.investor, user=UserFactory(), email="adviser@lp.example")
    with written():
        reader.portal_grants.update(acknowledges=False)
    stranger = ContactFactory(investor=other.investor, user=UserFactory()).user
    propose = reverse("portal:bank_details_propose", args=[mine.public_id])
    for person in (stranger, reader.user):
        assert browser_of(person).post(propose, ACCOUNT).status_code == 404
    assert browser_of(me).get(propose).status_code == 200
    assert browser_of(me).post(propose, ACCOUNT | {"iban": "DE00"}).status_code == 422
    assert browser_of(me).post(propose, ACCOUNT).status_code == 302
    assert browser_of(me).post(propose, ACCOUNT).status_code == 409

    details = PayeeDetails.objects.get()
    assert (details.commitment, details.from_portal, details.created_by) == (mine, True, me)
    told = set(WarningMail.objects.values_list("recipient", flat=True))
    assert {"me@lp.example", "partner@lp.example", "adviser@lp.example", story.manager.email} <= told
    own = reverse("portal:bank_details")
    for person in (me, reader.user):
        shown = browser_of(person).get(own).content.decode()
        assert "•••• 3000" in shown
        assert "DE89370400440532013000" not in shown
    assert "•••• 3000" not in browser_of(stranger).get(own).content.decode()

    page = reverse("funds:payee_details", args=[details.pk])
    assert browser_of(me).post(page, typed(details)).status_code == 404
    asked = browser_of(story.manager).get(page).content.decode()
    assert "Proposed in the portal" in asked
    assert browser_of(story.manager).post(page, typed(details)).status_code == 302
    assert "Verified" in browser_of(me).get(own).content.decode()
    assert [event.actor for event in audit.timeline(details)] == [story.manager, story.manager, me]
