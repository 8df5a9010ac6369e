"""A list that is cut says of how many it is, and leads to all."""

import pytest

from blackgem.lib import audit
from capital.queries import call
from dashboard.queries import overview
from tests.factories import MembershipFactory
from tests.support.pages import text_of

from ..capital.story import Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(client, monkeypatch):
    """Two calls that are late by all investors; the list shows two rows of each currency."""
    monkeypatch.setattr(overview, "OVERDUE_SHOWN", 2)
    story = Story()
    calls = [story.issued("3000.00") for _ in range(2)]
    client.force_login(story.manager)
    return calls


def test_overdue_says_of_how_many_and_shows_all(client, late):
    page = text_of(client.get("/"))
    owed = sum(call.items.filter(amount__gt=0).count() for call in late)
    assert f"2 of {owed}." in page
    assert f"Show all {owed}" in page
    assert "Show all" not in text_of(client.get("/?all=overdue"))


def test_what_is_overdue_in_another_currency_is_cut_by_itself(client, late):
    yen = Story(currency="JPY")
    MembershipFactory(fund=yen.fund, user=late[0].created_by)
    calls = [*late, yen.issued("3000")]
    owed = sum(call.items.filter(amount__gt=0).count() for call in calls)
    page = text_of(client.get("/"))
    assert f"4 of {owed}." in page
    assert "¥1,800" in page


def test_a_timeline_says_of_how_many_and_what_happened_lately_leads_to_the_trail(client, late, monkeypatch):
    monkeypatch.setattr(call, "EVENTS_SHOWN", 1)
    monkeypatch.setattr(overview, "EVENTS_SHOWN", 1)
    address = f"/calls/{late[0].pk}/"
    in_all = audit.timeline(late[0]).count()
    assert f"1 of {in_all}. Show all {in_all}" in text_of(client.get(address))
    assert "Show all" not in text_of(client.get(f"{address}?all=story"))
    assert "The whole trail" in text_of(client.get("/"))


def test_what_somebody_did_several_times_is_said_once(client):
    """The first payment moves the call, the others are nothing but payments."""
    story = Story()
    call = story.issued("3000.00")
    client.force_login(story.manager)
    said = []
    for _ in range(3):
        story.pay(call, "10.00", item_id=call.items.first().pk)
        page = text_of(client.get("/"))
        said.append((page.count("recorded a payment"), page.count("the last of several")))
    assert said == [(1, 0), (2, 0), (2, 1)]
