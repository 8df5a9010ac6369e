"""What every list does with a page that it does not have."""

import pytest
from django.urls import reverse

from tests.factories import ContactFactory, UserFactory

from ..capital.story import Story

pytestmark = pytest.mark.django_db
LISTS = [
    "capital:call_list",
    "capital:receipt_list",
    "capital:open_item_list",
    "distributions:distribution_list",
    "dashboard:fund_list",
    "dashboard:investor_list",
    "dashboard:deal_list",
    "dashboard:transaction_list",
    "dashboard:audit_trail",
    "dashboard:letter_list",
    "funds:question_list",
]
OF_AN_INVESTOR = [
    "portal:call_list",
    "portal:payment_list",
    "portal:distribution_list",
    "portal:refund_list",
    "portal:document_list",
]
NO_PAGE = ["0", "-1", "2", "1e5", "999999999", "9" * 40, "x", "٢", "1;--"]


@pytest.fixture
def people(client):
    """Signs in whom a list is for."""
    story = Story()
    lp = UserFactory()
    ContactFactory(investor=story.partners[0].investor, user=lp)

    def signed_in(name):
        client.force_login(lp if name in OF_AN_INVESTOR else story.manager)
        return client

    return signed_in


@pytest.mark.parametrize("name", LISTS + OF_AN_INVESTOR)
def test_a_page_that_a_list_does_not_have_is_not_found(people, name):
    client = people(name)
    assert client.get(reverse(name), {"page": "1"}).status_code == 200
    assert {
        number: client.get(reverse(name), {"page": number}).status_code for number in NO_PAGE
    } == dict.fromkeys(NO_PAGE, 404)
