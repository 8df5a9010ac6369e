"""Every right, as docs/rights.md says: who may give it, who decides, and what of it is left when who gave it has left.

The page is the table that is walked. A right that is not tried here, or not on the page, fails.
"""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from django.db import transaction

from blackgem.lib.errors import Forbidden
from blackgem.models import User
from funds.models import (
    PortalGrant,
)
from tests.access.given import GIVEN, lose_role, sight_taken_up
from tests.access.giving import ASKED, DECIDED, OF_ACCOUNTS, ROLES, World, outcome
from tests.factories import (
    AdminFactory,
    MembershipFactory,
)
from tests.support.api import Api, problem
from tests.support.staging import staged

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
WORDS = re.compile(r"\b(anybody|manager|analyst|auditor|administrator)\b")


@dataclass(frozen=True)
class Right:
    """A row of the page."""

    name: str
    given_by: str
    decided_by: str
    ends: str
    without_giver: str

    def is_given_by(self, role: str | None, elsewhere: str | None) -> bool:
        words = set(WORDS.findall(self.given_by))
        somewhere = {role, elsewhere} if "any of its funds" in self.given_by else {role}
        return bool("anybody" in words or words & somewhere)

    def is_decided_by(self, role: str | None) -> bool:
        return role in WORDS.findall(self.decided_by)


def rights() -> dict[str, Right]:
    page = PAGE.read_text().partition("\n## ")[0]
    rows = [line.strip("| \n").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return {row[0]: Right(*row) for row in rows[2:]}


@staged
def world():
    return World.make()


def test_who_may_give_each_right(world):
    page = rights()
    assert page.keys() == ASKED.keys()
    for person, role, elsewhere in world.people():
        given = {ask: outcome(partial(ask, world, person)) for ask in set(ASKED.values())}
        for name, ask in ASKED.items():
            assert given[ask] == page[name].is_given_by(role, elsewhere), (name, role, elsewhere)


def test_who_decides_each_right_is_another_person(world):
    page = rights()
    assert {
        name for name, right in page.items() if right.decided_by != "nobody"
    } == DECIDED.keys() | OF_ACCOUNTS
    for ask in {ASKED[name] for name in DECIDED}:
        ask(world, world.story.manager)
    for name, decide in DECIDED.items():
        with pytest.raises(Forbidden) as refused:
            decide(world, world.story.manager)
        assert refused.value.code == "four_eyes", name
    for person, role, elsewhere in world.people():
        for name, decide in DECIDED.items():
            decided = outcome(partial(decide, world, person))
            assert decided == page[name].is_decided_by(role), (name, role, elsewhere)


@pytest.mark.parametrize("elsewhere", ROLES)
def test_what_is_left_when_who_gave_it_has_no_role_any_more(world, elsewhere):
    """Whatever role the giver has in the other fund, and keeps."""
    page = rights()
    assert page.keys() == GIVEN.keys()
    for name, give in GIVEN.items():
        is_administrator = "manager" not in page[name].given_by and "anybody" not in page[name].given_by
        giver = AdminFactory() if is_administrator else MembershipFactory(fund=world.fund).user
        if elsewhere:
            MembershipFactory(fund=world.other.fund, user=giver, role=elsewhere)
        with transaction.atomic():
            holds = give(world, giver)
            lose_role(world, giver)
            assert holds() == (not page[name].without_giver.startswith("ends")), (name, elsewhere)
            again = outcome(partial(ASKED[name], world, User.objects.get(pk=giver.pk)))
            assert again == page[name].is_given_by(None, elsewhere), (name, elsewhere)
            transaction.set_rollback(True)


def test_a_token_reaches_no_further_than_its_person(world):
    mary = MembershipFactory(fund=world.fund).user
    api, path = Api.of(mary), f"/funds/{world.fund.pk}"
    assert api.get(path).status_code == 200
    lose_role(world, mary)
    problem(api.get(path), 404, "not_found")


def test_a_contact_seen_by_the_word_of_who_left_is_listed_for_the_next_manager(world):
    mary = MembershipFactory(fund=world.fund).user
    assert sight_taken_up(world, world.story.manager, approver=mary)()
    lose_role(world, mary)
    [waiting] = PortalGrant.objects.to_confirm()
    assert (waiting.contact, waiting.commitment) == (world.contact, world.partner)
