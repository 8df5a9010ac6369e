"""A list that is cut says of how many it is, and leads to all."""

import pytest

from capital.queries import overview
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
