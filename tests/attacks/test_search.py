"""Nobody finds, by searching, that something of another fund exists: not its text, not its numbers, not how many."""

import re
from urllib.parse import quote_plus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboard.queries import search as queries
from tests.factories import ContactFactory, FundFactory, MembershipFactory, UserFactory
from tests.integration.capital.story import Story
from tests.integration.dashboard.test_search import known, links
from tests.support.staging import staged

pytestmark = pytest.mark.django_db


@staged
def two():
    """Two funds of different people, each with the same kinds of things under names of its own."""
    funds = []
    for word, kind in (("Zephyr", "Holdings"), ("Quorum", "Estates")):
        story = Story()
        story.fund.name, story.fund.legal_name = f"{word} Fund", f"{word} Partners, L.P."
        story.fund.save()
        story.partners[0].investor.name = f"{word} {kind}"
        story.partners[0].investor.save()
        ContactFactory(
            investor=story.partners[0].investor, name=f"{word} Contact", email=f"a@{word.lower()}.example"
        )
        call = story.issued("54321.00" if word == "Zephyr" else "98765.00", purpose=f"{word} acquisition")
        item = call.items.order_by("pk").first()
        story.pay_item(
            item, "77.77" if word == "Zephyr" else "88.88", tx_ref=f"{word}-TX-1", reference=f"{word}-REF"
        )
        story.receive("66.66" if word == "Zephyr" else "55.55", tx_ref=f"{word}-LOOSE", payer=f"{word} payer")
        funds.append(story)
    return funds


#: What one might know of the other fund, and the same of a fund that is not.
ABOUT = {
    "Zephyr": "Nowhere",
    "zephyr holdings": "nowhere holdings",
    "Zephyr Fund": "Nowhere Fund",
    "a@zephyr.example": "a@nowhere.example",
    "zephyr-tx-1": "nowhere-tx-1",
    "Zephyr-TX-1": "Nowhere-TX-1",
    "Zephyr-REF": "Nowhere-REF",
    "zephyr-loose": "nowhere-loose",
    "zephyr payer": "nowhere payer",
    "54,321.00": "54,322.00",
    "$77.77": "$77.78",
    "66.66": "66.67",
    "record payment zephyr": "record payment nowhere",
    "new call zephyr": "new call nowhere",
    "statement zephyr": "statement nowhere",
    "Zepyhr": "Nowehre",
}


def test_another_funds_things_are_answered_like_things_that_are_not(two, client):
    """The same bytes but for the question, and the same statements, down to the plan's shape."""
    client.force_login(two[1].manager)
    address = reverse("dashboard:search")
    client.get(address)
    for theirs, nobodys in ABOUT.items():
        answers = []
        for text in (theirs, nobodys):
            with CaptureQueriesContext(connection) as captured:
                page = client.get(address, {"q": text}).content.decode()
            said = page.replace(text, "").replace(quote_plus(text), "")
            said = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", said)
            answers.append((said, len(captured)))
        assert answers[0] == answers[1], theirs
    owner = two[0].manager
    for theirs in ABOUT:
        assert links(owner, theirs), theirs


def test_what_others_have_takes_no_place_from_ones_own(two, monkeypatch):
    """However many rows of another fund fit first, one's own are among those that are compared."""
    monkeypatch.setattr(queries, "NEAR", 1)
    mine, theirs = two
    for number in range(3):
        theirs.receive("66.66", tx_ref=f"ZEPHYR-{number}", payer="Zephyr payer")
    item = mine.fund.capital_calls.get().items.order_by("pk").first()
    of_item = reverse("capital:item", args=[item.call_id, item.pk])
    assert any("/cash/" in href for href in links(mine.manager, "zephyr payer"))
    assert any("/cash/" in href for href in links(mine.manager, "66.66"))
    assert of_item in links(mine.manager, "Zephyr-TX-1")
    assert of_item in links(mine.manager, "77.77")


def test_who_works_for_both_finds_both_and_after_one_ended_one(two):
    person = UserFactory()
    FundFactory(manager=person)
    assert not any(re.search(r"\d", href) for href in links(person, "zephyr"))
    roles = [MembershipFactory(fund=story.fund, user=person, role="auditor") for story in two]
    assert links(known(person), "zephyr")
    assert links(known(person), "quorum")
    roles[0].delete()
    assert links(known(person), "zephyr holdings") == set()
    assert links(known(person), "quorum")
