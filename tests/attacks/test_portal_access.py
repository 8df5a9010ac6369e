"""K. The portal: what a contact sees is what managers of each fund let it see. docs/attacks.md leads here."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Gone
from blackgem.models import AuditEvent
from funds.models import FundMembership, PortalGrant
from funds.services.contacts import add_contact, change_contact
from funds.services.invitations import accept_invitation, invite_contact
from funds.services.members import give_role, remove_member
from funds.services.partners import commit
from funds.services.portal_access import grant_access, withdraw_access
from portal.reader import own_reader
from tests.factories import CommitmentFactory, ContactFactory, FundFactory, MembershipFactory, UserFactory
from tests.integration.attacks.unchanged import nothing_written
from tests.support.api import Api, problem

pytestmark = pytest.mark.django_db


def by(person) -> WriteContext:
    return WriteContext(person, timezone.now())


def seen(person) -> set[int]:
    return set(own_reader(person).commitments)


@pytest.fixture
def both():
    """An investor of two funds, each with a manager of its own."""
    one = CommitmentFactory(fund=FundFactory(manager=UserFactory(full_name="Mary"), name="Fund I"))
    two = CommitmentFactory(
        fund=FundFactory(manager=UserFactory(full_name="Otto"), name="Fund II"), investor=one.investor
    )
    return one, two


def manager_of(commitment):
    return commitment.fund.memberships.earliest("pk").user


def let_in(commitment, person=None, email="eve@example.com"):
    """A contact whom a manager of this fund entered, invited and saw sign in."""
    manager = manager_of(commitment)
    fields = {"name": "Eve", "email": person.email if person else email, "takes_notices": False}
    contact = add_contact(investor_id=commitment.investor_id, fields=fields, ctx=by(manager))
    token = invite_contact(contact_id=contact.pk, ctx=by(manager)).token
    user = accept_invitation(
        token=token, user=person, full_name="Eve", password="four-horses-running", at=timezone.now()
    )
    return contact, user


def test_a_manager_who_makes_herself_a_contact_reads_nothing_of_another_fund(both):
    """The attack as it went through: the statement of the other fund, also after she was removed from her own."""
    one, two = both
    mary = manager_of(one)
    MembershipFactory(fund=one.fund)
    let_in(one, person=mary)
    assert seen(mary) == {one.pk}
    api, browser = Api.of(mary), Client()
    browser.force_login(mary)
    with nothing_written():
        problem(api.get(f"/investors/{one.investor_id}/statement?fundId={two.fund_id}"), 404, "not_found")
        assert two.fund.name not in browser.get("/portal/").content.decode()
        assert two.fund.name not in browser.get(f"/portal/statement/?fund={two.fund_id}").content.decode()
    assert api.get(f"/investors/{one.investor_id}/statement").status_code == 200
    remove_member(fund_id=one.fund_id, user_id=mary.pk, ctx=by(one.fund.memberships.latest("pk").user))
    assert seen(mary) == set()
    problem(api.get(f"/investors/{one.investor_id}/statement"), 404, "not_found")
    granted = AuditEvent.objects.get(verb="grant_access")
    assert (granted.actor, granted.fund_id) == (mary, one.fund_id)


@pytest.mark.parametrize("ends", ["removed", "demoted", "closed", "by plain SQL"])
def test_what_one_gave_oneself_ends_with_ones_right(both, ends):
    one, _ = both
    mary, fund = manager_of(one), one.fund
    other = MembershipFactory(fund=fund).user
    let_in(one, person=mary)
    if ends == "removed":
        remove_member(fund_id=fund.pk, user_id=mary.pk, ctx=by(other))
    elif ends == "demoted":
        give_role(fund, mary, "analyst", ctx=by(other))
    elif ends == "closed":
        mary.is_active = False
        mary.save()
    else:
        FundMembership.objects.filter(user=mary).delete()
    assert seen(mary) == set()


def test_what_was_given_to_others_stays_and_is_confirmed_by_the_next_manager(both):
    one, _ = both
    mary, next_one = manager_of(one), MembershipFactory(fund=one.fund).user
    contact, user = let_in(one)
    remove_member(fund_id=one.fund_id, user_id=mary.pk, ctx=by(next_one))
    assert seen(user) == {one.pk}
    (waits,) = PortalGrant.objects.to_confirm()
    assert (waits.contact, waits.granted_by) == (contact, mary)
    browser = Client()
    browser.force_login(next_one)
    members = reverse("funds:members", args=[one.fund_id])
    assert "Access to the portal to confirm" in browser.get(members).content.decode()
    browser.post(reverse("funds:contact_grant", args=[one.investor_id, contact.pk]))
    assert not PortalGrant.objects.to_confirm().exists()
    assert seen(user) == {one.pk}


def test_what_nobody_took_up_ends_with_the_right_of_who_gave_it(both):
    one, two = both
    mary, next_one = manager_of(one), MembershipFactory(fund=one.fund).user
    contact = ContactFactory(investor=one.investor, sees=[])
    token = invite_contact(contact_id=contact.pk, ctx=by(mary)).token
    grant_access_of_another_fund = PortalGrant.objects.filter(commitment=two)
    assert not grant_access_of_another_fund.exists()
    remove_member(fund_id=one.fund_id, user_id=mary.pk, ctx=by(next_one))
    at = timezone.now() + timedelta(minutes=1)
    user = accept_invitation(token=token, full_name="Eve", password="four-horses-running", at=at)
    assert seen(user) == set()


def test_each_fund_grants_and_ends_what_is_its_own(both):
    one, two = both
    contact, user = let_in(one)
    grant_access(contact_id=contact.pk, ctx=by(manager_of(two)))
    assert seen(user) == {one.pk, two.pk}
    with pytest.raises(Conflict):
        grant_access(contact_id=contact.pk, ctx=by(manager_of(two)))
    withdraw_access(contact_id=contact.pk, ctx=by(manager_of(one)))
    assert seen(user) == {two.pk}
    withdraw_access(contact_id=contact.pk, ctx=by(manager_of(two)))
    contact.refresh_from_db()
    assert (seen(user), contact.user) == (set(), None)


def test_a_new_commitment_is_not_shown_before_its_fund_says_so(both):
    one, _ = both
    contact, user = let_in(one)
    third = FundFactory(manager=manager_of(one))
    commitment = commit(
        fund_id=third.pk,
        investor_id=one.investor_id,
        amount="5",
        closing_date=third.lpa_date,
        ctx=by(manager_of(one)),
    )
    assert seen(user) == {one.pk}
    grant_access(contact_id=contact.pk, ctx=by(manager_of(one)))
    assert seen(user) == {one.pk, commitment.pk}


def test_another_mailbox_sees_nothing_of_what_the_old_one_saw(both):
    one, _ = both
    contact, user = let_in(one)
    change_contact(contact_id=contact.pk, fields={"email": "eva@example.com"}, ctx=by(manager_of(one)))
    assert (seen(user), contact.portal_grants.count()) == (set(), 0)


def test_another_person_at_a_contact_sees_nothing_of_what_the_first_one_saw(both):
    """As an administrator does it, or plain SQL."""
    contact, user = let_in(both[0])
    assert seen(user)
    contact.user = UserFactory()
    contact.save(update_fields=["user"])
    assert not seen(user)
    assert not seen(contact.user)
    assert not PortalGrant.objects.filter(contact=contact).exists()


def test_an_invitation_that_was_ended_opens_nothing(both):
    one, _ = both
    contact = ContactFactory(investor=one.investor, sees=[])
    token = invite_contact(contact_id=contact.pk, ctx=by(manager_of(one))).token
    withdraw_access(contact_id=contact.pk, ctx=by(manager_of(one)))
    with pytest.raises(Gone):
        accept_invitation(token=token, full_name="E", password="four-horses-running", at=timezone.now())
