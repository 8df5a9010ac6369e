"""K. Into the portal alone: in a fund in use under four eyes one manager asks, and another person lets somebody in."""

import re

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden
from blackgem.models import AuditEvent
from funds.models import ControlChange, PortalGrant, WarningMail
from funds.queries.contact_rights import rights_shown, seen_of
from funds.services.contacts import change_contact
from funds.services.controls import approve_change, reject_change
from funds.services.invitations import accept_invitation, invite_contact
from funds.services.members import remove_member
from funds.services.portal_access import grant_access, set_account
from portal.reader import own_reader
from tests.factories import AdminFactory, CommitmentFactory, ContactFactory, FundFactory, UserFactory
from tests.integration.capital.story import Story
from tests.support.api import Api

pytestmark = pytest.mark.django_db
EVE = "eve@pension.example"


def by(person) -> WriteContext:
    return WriteContext(person, timezone.now())


@pytest.fixture
def story():
    """A fund in use under four eyes, with two managers."""
    story = Story(four_eyes=True)
    story.approve(story.issued())
    WarningMail.objects.all().delete()
    return story


@pytest.fixture
def eve(story):
    return ContactFactory(investor=story.partners[0].investor, email=EVE, takes_notices=False, sees=[])


def asked(eve, manager) -> ControlChange:
    assert invite_contact(contact_id=eve.pk, ctx=by(manager)).invitation is None
    return ControlChange.objects.pending().get(kind="portal")


def approved(change, person) -> str:
    """The token of the invitation that is mailed with the approval, if one is."""
    mail.outbox.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        approve_change(change_id=change.pk, ctx=by(person))
    return re.search(r"/invitations/([^/]+)/", mail.outbox[0].body)[1] if mail.outbox else ""


def test_one_manager_lets_nobody_in(story, eve):
    """The attack as it went through: a contact of one's own, invited and let in, by the buttons of one person."""
    browser = Client()
    browser.force_login(story.manager)
    browser.post(reverse("funds:contact_invite", args=[eve.investor_id, eve.pk]))
    change = ControlChange.objects.get(kind="portal")
    assert (mail.outbox, eve.portal_grants.count(), eve.invitations.count()) == ([], 0, 0)
    with pytest.raises(Forbidden):
        approve_change(change_id=change.pk, ctx=by(story.manager))
    with pytest.raises(Conflict):
        invite_contact(contact_id=eve.pk, ctx=by(story.manager))
    page = browser.get(f"/investors/{eve.investor_id}/").content.decode()
    assert "access waits for approval" in page
    (told,) = Api.of(story.manager).get(f"/investors/{eve.investor_id}").json()["pendingChanges"]
    assert (told["kind"], told["becomes"]["email"]) == ("portal", EVE)
    browser.force_login(story.second)
    assert EVE in browser.get("/approvals/").content.decode()
    user = accept_invitation(
        token=approved(change, story.second),
        full_name="Eve",
        password="four-horses-running",
        at=timezone.now(),
    )
    assert set(own_reader(user).commitments) == {story.partners[0].pk}
    assert AuditEvent.objects.get(verb="grant_access").actor == story.second
    assert story.manager.email in set(WarningMail.objects.values_list("recipient", flat=True))


def test_who_signs_in_already_sees_more_by_two(story):
    other = CommitmentFactory(fund=FundFactory(manager=UserFactory()), investor=story.partners[0].investor)
    contact = ContactFactory(investor=other.investor, user=UserFactory(), sees=[other])
    (change,) = grant_access(contact_id=contact.pk, ctx=by(story.manager)).waiting
    assert change.becomes["email"] == contact.user.email
    assert set(own_reader(contact.user).commitments) == {other.pk}
    assert not approved(change, story.second)
    assert set(own_reader(contact.user).commitments) == {other.pk, story.partners[0].pk}


@pytest.mark.parametrize("what", ["mailbox", "account", "removed"])
def test_nobody_else_is_let_in_by_what_was_approved(story, eve, what):
    """Whoever is at the contact by then: another mailbox, which one person may enter, another account, or nobody."""
    change = asked(eve, story.manager)
    if what == "mailbox":
        change_contact(contact_id=eve.pk, fields={"email": "eve@evil.example"}, ctx=by(story.manager))
    elif what == "account":
        set_account(contact=eve, user=UserFactory(), ctx=by(AdminFactory()))
    else:
        eve.delete()
    with pytest.raises(Conflict) as refused:
        approved(change, story.second)
    assert refused.value.code == "stale_version"
    assert not PortalGrant.objects.filter(commitment=story.partners[0]).exists()


def test_an_account_of_another_address_takes_over_nothing_that_was_granted(story, eve):
    """By an administrator alone, before the invitation is taken up."""
    approved(asked(eve, story.manager), story.second)
    set_account(contact=eve, user=(mallory := UserFactory()), ctx=by(AdminFactory()))
    assert not set(own_reader(mallory).commitments)


def test_what_a_manager_sees_itself_ends_with_its_role(story):
    """By the word of another too."""
    contact = ContactFactory(investor=story.partners[0].investor, user=story.manager, sees=[])
    (change,) = grant_access(contact_id=contact.pk, ctx=by(story.manager)).waiting
    approved(change, story.second)
    assert set(own_reader(story.manager).commitments)
    remove_member(fund_id=story.fund.pk, user_id=story.manager.pk, ctx=by(story.second))
    assert not set(own_reader(story.manager).commitments)


def test_turned_down_it_may_be_asked_for_again(story, eve):
    reject_change(change_id=asked(eve, story.manager).pk, ctx=by(story.second))
    assert asked(eve, story.manager)


def test_while_it_waits_in_one_fund_another_lets_the_contact_in(story):
    """Which signs in by then: with the approval it is not invited again."""
    other = CommitmentFactory(fund=FundFactory(manager=UserFactory()), investor=story.partners[0].investor)
    eve = ContactFactory(investor=other.investor, email=EVE, takes_notices=False, sees=[])
    change = asked(eve, story.manager)
    manager = other.fund.memberships.get().user
    token = invite_contact(contact_id=eve.pk, ctx=by(manager)).token
    assert not approved(change, story.second)
    user = accept_invitation(token=token, full_name="Eve", password="four-horses-running", at=timezone.now())
    assert set(own_reader(user).commitments) == {other.pk, story.partners[0].pk}


class TestRights:
    """What a contact who is let in may do beside reading, by the form of a manager."""

    @pytest.fixture
    def contact(self, story):
        partner = story.partners[0]
        return ContactFactory(
            investor=partner.investor, user=UserFactory(), takes_notices=False, sees=[partner]
        )

    def post(self, story, contact, seen, *rights):
        browser = Client()
        browser.force_login(story.manager)
        ticked = {f"{right}_{story.partners[0].pk}": "on" for right in rights}
        address = reverse("funds:contact_rights", args=[contact.investor_id, contact.pk])
        return browser.post(address, {"seen": seen, **ticked})

    def seen(self, story, contact):
        return seen_of(rights_shown(contact, story.manager))

    def test_are_raised_by_two_and_lowered_by_one(self, story, contact):
        before = self.seen(story, contact)
        assert (
            self.post(story, contact, before, "sees", "acknowledges", "manages_contacts").status_code == 302
        )
        change = ControlChange.objects.pending().get(kind="portal")
        assert not contact.portal_grants.get().manages_contacts
        with pytest.raises(Forbidden):
            approve_change(change_id=change.pk, ctx=by(story.manager))
        approve_change(change_id=change.pk, ctx=by(story.second))
        assert contact.portal_grants.get().manages_contacts
        self.post(story, contact, self.seen(story, contact), "sees")
        assert not any(contact.portal_grants.get().rights.values())
        self.post(story, contact, self.seen(story, contact))
        assert not own_reader(contact.user).commitments

    def test_are_not_raised_again_by_an_old_form(self, story, contact):
        before = self.seen(story, contact)
        self.post(story, contact, before, "sees")
        assert self.post(story, contact, before, "sees", "acknowledges").status_code == 409
        assert not ControlChange.objects.pending().exists()
        assert not contact.portal_grants.get().acknowledges

    def test_are_not_given_by_an_approval_of_what_was_taken_away_since(self, story, contact):
        self.post(story, contact, self.seen(story, contact), "sees", "acknowledges", "manages_contacts")
        change = ControlChange.objects.pending().get(kind="portal")
        self.post(story, contact, self.seen(story, contact), "sees")
        with pytest.raises(Conflict) as refused:
            approve_change(change_id=change.pk, ctx=by(story.second))
        assert refused.value.code == "stale_version"
        assert not any(contact.portal_grants.get().rights.values())

    def test_of_another_fund_are_not_in_reach(self, story, contact):
        other = CommitmentFactory(fund=FundFactory(manager=UserFactory()), investor=contact.investor)
        before = self.seen(story, contact)
        browser = Client()
        browser.force_login(story.manager)
        address = reverse("funds:contact_rights", args=[contact.investor_id, contact.pk])
        browser.post(
            address, {"seen": before, f"sees_{other.pk}": "on", f"manages_contacts_{other.pk}": "on"}
        )
        assert not contact.portal_grants.filter(manages_contacts=True).exists()
        assert contact.portal_grants.filter(commitment=other).count() == 1
