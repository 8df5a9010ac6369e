"""Staff pages are not there for contacts of investors; buttons stand only where they can be used."""

import pytest
from django.urls import reverse

from funds.access import Role
from tests.factories import ContactFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
STAFF_PAGES = [
    "dashboard:fund_list",
    "funds:fund_new",
    "dashboard:investor_list",
    "funds:investor_new",
    "dashboard:deal_list",
    "funds:deal_new",
    "capital:call_list",
    "capital:call_new",
    "capital:receipt_list",
    "capital:receipt_new",
    "dashboard:approvals",
    "distributions:distribution_list",
    "distributions:distribution_new",
]


def contact_of(story):
    user = UserFactory()
    ContactFactory(investor=story.partners[0].investor, user=user)
    return user


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_a_contact_of_an_investor_finds_no_staff_page(client, story, name):
    client.force_login(contact_of(story))
    assert client.get(reverse(name)).status_code == 404


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_a_manager_does(client, story, name):
    client.force_login(story.manager)
    assert client.get(reverse(name)).status_code == 200


def test_who_works_for_a_fund_and_invests_sees_both(client, story):
    user = contact_of(story)
    MembershipFactory(fund=story.fund, user=user)
    client.force_login(user)
    assert client.get(reverse("capital:call_list")).status_code == 200


def test_a_contact_arrives_in_the_portal(client, story):
    client.force_login(contact_of(story))
    assert client.get("/")["Location"] == reverse("portal:home")


@pytest.mark.parametrize(
    "page", ["capital:call_list", "capital:receipt_list", "distributions:distribution_list"]
)
def test_an_auditor_is_offered_nothing_to_write(client, story, page):
    story.issued()
    auditor = MembershipFactory(fund=story.fund, role=Role.AUDITOR).user
    client.force_login(auditor)
    html = client.get(reverse(page)).content.decode()
    assert "/new/" not in html
    client.force_login(story.manager)
    assert "/new/" in client.get(reverse(page)).content.decode()
