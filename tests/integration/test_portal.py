"""An investor's home shows its own account and nobody else's."""

import pytest
from django.utils.html import strip_tags

from tests.factories import ContactFactory, UserFactory
from tests.integration.capital.story import Story

pytestmark = pytest.mark.django_db


def test_an_investor_sees_its_own_account_only(client):
    story = Story()
    call = story.issued("100000.00")
    story.pay_item(call.items.order_by("commitment__reference")[0], "60000.00")
    mine, other = story.partners[1], story.partners[0]
    person = UserFactory()
    ContactFactory(investor=mine.investor, user=person)
    client.force_login(person)
    page = strip_tags(client.get("/portal/").content.decode())
    assert mine.investor.name in page
    assert "$30,000.00" in page
    assert "$270,000.00" in page
    assert other.investor.name not in page
    assert "60,000" not in page


def test_without_signing_in_there_is_nothing(client):
    assert client.get("/portal/").headers["Location"].startswith("/sign-in/")


def test_the_queries_do_not_grow_with_the_calls(client, django_assert_max_num_queries):
    story = Story()
    for _ in range(5):
        story.issued("1000.00")
    person = UserFactory()
    ContactFactory(investor=story.partners[0].investor, user=person)
    client.force_login(person)
    with django_assert_max_num_queries(11):
        client.get("/portal/")


def test_an_investor_who_signs_in_lands_on_its_own_home(client):
    person = UserFactory()
    ContactFactory(investor=Story().partners[0].investor, user=person)
    client.force_login(person)
    assert client.get("/").headers["Location"] == "/portal/"
