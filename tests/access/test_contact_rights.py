"""What a contact may do in the portal, as docs/rights.md says: every act, tried with every set of rights.

The page is the table that is walked. An act that is not tried here, or not on the page, fails.
"""

from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Forbidden, NotFound
from blackgem.lib.opened import opened
from funds.models import (
    Adviser,
    ControlChange,
    Investor,
    InvestorContact,
    NoticeReading,
    PartMessage,
    PortalGrant,
)
from funds.queries.contact_rights import SEES, rights_shown, seen_of
from funds.services.advisers import ask_for_adviser
from funds.services.contact_rights import set_rights
from funds.services.controls import approve_change
from funds.services.mails import KINDS, switch_mails, takers_of
from funds.services.mails import seen_of as seen_of_mails
from funds.services.portal_access import withdraw_access
from portal.services.questions import ask_question
from tests.factories import ContactFactory, UserFactory
from tests.integration.distributions.story import AT_EXIT
from tests.support.opened import written

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
#: On the page, and on a grant.
WORDS = {"sight": SEES, "acknowledges": "acknowledges", "manages contacts": "manages_contacts"}
SETS = [
    frozenset({SEES, *some}) for size in range(3) for some in combinations(sorted(PortalGrant.RIGHTS), size)
]


def acts() -> dict[str, frozenset[str]]:
    """What each act takes, as the page says."""
    table = PAGE.read_text().partition("| act | takes |\n| --- | --- |\n")[2]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {act: frozenset(WORDS[word] for word in takes.split(", ")) for act, takes in rows}


@pytest.fixture
def world(two_investors):
    return two_investors


def contact_with(world, rights: frozenset[str]) -> InvestorContact:
    """A contact of investor B with exactly these rights; without sight one whose access was withdrawn."""
    partner = world.story.partners[1]
    contact = ContactFactory(
        investor=partner.investor, takes_notices=False, user=UserFactory(), sees=[partner]
    )
    with written():
        held = {name: name in rights for name in PortalGrant.RIGHTS}
        PortalGrant.objects.filter(contact=contact).delete()
        if rights:
            by = {"granted_by": world.people["admin"], "granted_at": AT_EXIT}
            grant(world, contact, partner, held | by)
    return contact


def grant(world, contact, partner, values) -> None:
    """As two people agreed."""
    becomes = {"contact_id": contact.pk, "email": contact.signs_in_as}
    becomes |= {name: values[name] for name in PortalGrant.RIGHTS}
    people = {"recorded_by": UserFactory(), "approved_by": UserFactory()}
    times = {"recorded_at": AT_EXIT, "approved_at": AT_EXIT}
    asked = {"fund": world.story.fund, "kind": "portal", "subject_id": partner.investor_id, "was": {}}
    ControlChange.objects.create(**asked, becomes=becomes, **people, **times)
    PortalGrant.objects.create(contact=contact, commitment=partner, **values)


class Reader:
    """A contact at its browser, and past it."""

    def __init__(self, world, contact):
        self.ids, self.user, self.browser = world.ids, contact.user, Client()
        self.browser.force_login(self.user)

    def pages(self) -> list[bool]:
        """Of the call, the distribution and the letter."""
        named = (("call", "call_item"), ("distribution", "distribution_item"), ("document", "notice"))
        addresses = [reverse(f"portal:{name}", args=[self.ids[key]]) for name, key in named]
        return [self.browser.get(address).status_code == 200 for address in addresses]

    def pdf(self) -> list[bool]:
        address = reverse("portal:document_pdf", args=[self.ids["notice"]])
        return [self.browser.get(address).status_code == 200]

    def statement(self) -> list[bool]:
        """By the portal: nobody is told of a commitment that it does not see."""
        address = reverse("portal:statement") + f"?commitment={self.ids['commitment']}"
        return [self.browser.get(address).status_code == 200]

    def ask(self) -> list[bool]:
        """By its page, and by the service."""
        address = reverse("portal:ask_about_call", args=[self.ids["call_item"]])
        page = self.browser.get(address).status_code == 200
        self.browser.post(address, {"text": "Why?"})
        posted = PartMessage.objects.filter(written_by=self.user).exists()
        try:
            with transaction.atomic():
                ctx = WriteContext(self.user, AT_EXIT)
                ask_question(kind="capital_call", part=self.ids["call_item"], text="Why?", ctx=ctx)
        except NotFound:
            return [page, posted, False]
        return [page, posted, True]

    def ask_for_adviser(self) -> list[bool]:
        """By its page, and by the service."""
        address, fields = reverse("portal:adviser_ask"), {"name": "Ada", "role": "adviser"}
        page = self.browser.get(address).status_code == 200
        chosen = {"commitments": [self.ids["commitment"]], "email": "ada@adviser.example"}
        self.browser.post(address, fields | chosen)
        posted = Adviser.objects.filter(asked_by=self.user).exists()
        other = {"commitments": [self.ids["commitment"]], "email": "second@adviser.example"}
        try:
            with transaction.atomic():
                ask_for_adviser(**fields, **other, acknowledges=True, ctx=WriteContext(self.user, AT_EXIT))
        except Forbidden:
            return [page, posted, False]
        return [page, posted, True]

    def switch_mails(self) -> list[bool]:
        """By its page, by the service, and by plain SQL in a transaction that was opened for this person."""
        address = reverse("portal:mails", args=[self.ids["investor"]])
        investor = Investor.objects.get(public_id=self.ids["investor"])
        takers = takers_of(investor)
        form = {"seen": seen_of_mails(takers), "gets_calls_0": "on", "gets_distributions_0": "on"}
        posted = self.browser.post(address, form).status_code == 302
        gets, ctx = [frozenset(KINDS)] * len(takers), WriteContext(self.user, AT_EXIT)
        try:
            with transaction.atomic():
                switch_mails(investor=investor.public_id, gets=gets, seen=seen_of_mails(takers), ctx=ctx)
        except (Forbidden, NotFound):
            return [posted, False, self._switches_past_it(takers[-1])]
        return [posted, True, self._switches_past_it(takers[-1])]

    def _switches_past_it(self, taker) -> bool:
        """Where it is the only mailbox, another rail holds it back."""
        try:
            with transaction.atomic(), opened(WriteContext(self.user, AT_EXIT)):
                InvestorContact.objects.filter(pk=taker.pk).update(gets_calls=not taker.gets_calls)
                transaction.set_rollback(True)
        except IntegrityError as error:
            return "each kind of letter" in str(error)
        return True

    def acknowledge(self) -> list[bool]:
        """By the button, by its address, and by plain SQL in a transaction that was opened for this person."""
        letter = reverse("portal:document", args=[self.ids["notice"]])
        button = b"I have received this notice" in self.browser.get(letter).content
        posted = (
            self.browser.post(reverse("portal:acknowledge", args=[self.ids["notice"]])).status_code == 302
        )
        assert NoticeReading.objects.filter(by=self.user, deed="acknowledged").exists() == posted
        return [button, posted, posted or self._acknowledges_past_it()]

    def _acknowledges_past_it(self) -> bool:
        at = AT_EXIT + timedelta(days=1)
        row = {"notice_id": self.ids["notice_id"], "deed": "acknowledged", "by": self.user, "at": at}
        try:
            with transaction.atomic(), opened(WriteContext(self.user, at)):
                NoticeReading.objects.create(**row)
        except IntegrityError:
            return False
        return True


ACTS = {
    "Open the page of a call, a distribution or a letter": Reader.pages,
    "Open the PDF of a letter": Reader.pdf,
    "Read the statement": Reader.statement,
    "Ask the fund about a call, by the page or past it": Reader.ask,
    "Acknowledge a letter, by the page or past it": Reader.acknowledge,
    "Ask for an adviser, by the page or past it": Reader.ask_for_adviser,
    "Say what is mailed to whom, by the page or past it": Reader.switch_mails,
}


def test_every_act_is_on_the_page():
    assert acts().keys() == ACTS.keys()


@pytest.mark.parametrize(
    "rights", [frozenset(), *SETS], ids=lambda rights: "+".join(sorted(rights)) or "none"
)
def test_who_may_do_what(world, rights):
    reader = Reader(world, contact_with(world, rights))
    for act, takes in acts().items():
        with transaction.atomic():
            assert set(ACTS[act](reader)) == {takes <= rights}, act
            transaction.set_rollback(True)


def test_what_was_withdrawn_ends_in_an_open_session(world):
    contact = contact_with(world, SETS[-1])
    reader = Reader(world, contact)
    assert all(reader.pages())
    withdraw_access(contact_id=contact.pk, ctx=WriteContext(world.story.manager, AT_EXIT))
    for act in ACTS.values():
        assert set(act(reader)) == {False}


def test_a_right_ends_at_once_and_begins_by_two(world):
    contact, manager = contact_with(world, SETS[-1]), world.story.manager
    partner = world.story.partners[1].pk

    def set_to(*rights, seen=None):
        shown = seen_of(rights_shown(contact, manager))
        wanted = {partner: frozenset({SEES, *rights})}
        ctx = WriteContext(manager, AT_EXIT)
        return set_rights(contact_id=contact.pk, rights=wanted, seen=seen or shown, ctx=ctx).waiting

    assert set_to("manages_contacts") == []
    assert contact.portal_grants.get().rights == {"acknowledges": False, "manages_contacts": True}
    [change] = set_to("acknowledges")
    assert contact.portal_grants.get().rights == dict.fromkeys(PortalGrant.RIGHTS, False)
    approve_change(change_id=change.pk, ctx=WriteContext(world.people["admin"], AT_EXIT))
    assert contact.portal_grants.get().rights == {"acknowledges": True, "manages_contacts": False}
