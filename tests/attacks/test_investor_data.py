"""K. What of an investor steers money or letters, changed from one fund under the eyes of none of the others."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Forbidden, NotFound
from blackgem.lib.mail import Relay
from blackgem.models import AuditEvent
from funds.models import ControlChange, Fund, WarningMail
from funds.services.contacts import add_contact, change_contact, remove_contact
from funds.services.controls import approve_change, reject_change
from funds.services.invitations import accept_invitation, invite_contact
from funds.services.members import remove_member
from funds.services.partners import change_investor
from funds.services.portal_access import grant_access
from funds.services.warnings import send_next_warning
from tests.attacks.test_controls import signed_in_a_while_ago
from tests.factories import (
    AdminFactory,
    CommitmentFactory,
    ContactFactory,
    FundFactory,
    InvestorFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.capital.story import Story
from tests.support.api import Api
from tests.support.opened import written

OLD, LOOK_ALIKE = "ir@pension.example", "ir@penslon.example"


def by(person) -> WriteContext:
    return WriteContext(person, timezone.now())


@pytest.fixture
def both(db):
    """Two funds in use of one investor, whose letters go to `OLD`."""
    one, two = Story(), Story()
    two.partners.append(CommitmentFactory(fund=two.fund, investor=one.partners[0].investor))
    contact = ContactFactory(investor=one.partners[0].investor, email=OLD)
    for story in (one, two):
        story.issued()
    assert one.second
    return one, two, contact


def state(contact) -> tuple:
    investor = type(contact.investor).objects.get(pk=contact.investor_id)
    return sorted(investor.contacts.values_list("email", "takes_notices")), investor.withholding_rate


STEERED = {
    "another mailbox": lambda contact, person: change_contact(
        contact_id=contact.pk, fields={"email": LOOK_ALIKE}, ctx=by(person)
    ),
    "one more mailbox": lambda contact, person: add_contact(
        investor_id=contact.investor_id, fields={"name": "IR", "email": LOOK_ALIKE}, ctx=by(person)
    ),
    "no mailbox": lambda contact, person: remove_contact(contact_id=contact.pk, ctx=by(person)),
    "no notices": lambda contact, person: change_contact(
        contact_id=contact.pk, fields={"takes_notices": False}, ctx=by(person)
    ),
}


@pytest.mark.parametrize("what", STEERED)
@pytest.mark.parametrize("who", ["analyst", "manager"])
def test_a_notice_mailbox_changes_when_every_fund_agreed_and_the_old_one_is_told(both, what, who):
    one, two, contact = both
    person = one.manager if who == "manager" else MembershipFactory(fund=one.fund, role="analyst").user
    before = state(contact)
    STEERED[what](contact, person)
    here, there = (ControlChange.objects.pending().get(fund=story.fund) for story in (one, two))
    assert (state(contact), WarningMail.objects.count()) == (before, 0)
    with pytest.raises(Forbidden):
        approve_change(change_id=here.pk, ctx=by(person))
    with pytest.raises(NotFound):
        approve_change(change_id=there.pk, ctx=by(person))
    approve_change(change_id=here.pk, ctx=by(one.second))
    assert state(contact) == before
    approve_change(change_id=there.pk, ctx=by(two.manager))
    assert state(contact) != before
    managers = {one.manager.email, one.second.email}
    assert {told.recipient for told in WarningMail.objects.all()} == {OLD, *managers}
    with Relay() as relay:
        while send_next_warning(relay=relay, at=timezone.now()):
            pass
    assert sorted(one.to for one in mail.outbox) == sorted([told] for told in (OLD, *managers))
    assert AuditEvent.objects.filter(verb="approve_change").count() == 2


def told() -> set[str]:
    """Who was written to since this was asked last."""
    found = set(WarningMail.objects.values_list("recipient", flat=True))
    WarningMail.objects.all().delete()
    return found


def test_a_second_mailbox_of_ones_own_is_let_in_under_the_eyes_of_all(both):
    """The attack as it went through: a contact without notices, invited, who acknowledges letters; nobody was told."""
    one, two, contact = both
    told()
    everybody = {OLD, one.second.email, two.manager.email}
    fields = {"name": "Eve", "email": "eve@pension.example", "takes_notices": False}
    eve = add_contact(investor_id=contact.investor_id, fields=fields, ctx=by(one.manager))
    assert told() == everybody
    token = invite_contact(contact_id=eve.pk, ctx=by(one.manager)).token
    assert told() == everybody
    accept_invitation(token=token, full_name="Eve", password="four-horses-running", at=timezone.now())
    assert told() == everybody | {one.manager.email}
    grant_access(contact_id=eve.pk, ctx=by(two.manager))
    assert told() == {OLD, one.manager.email, one.second.email}


def test_nobody_is_told_while_a_fund_is_set_up(db):
    story = Story()
    assert story.second
    ContactFactory(investor=story.partners[0].investor, email=OLD)
    fields = {"name": "Eve", "email": "eve@pension.example", "takes_notices": False}
    eve = add_contact(investor_id=story.partners[0].investor_id, fields=fields, ctx=by(story.manager))
    invite_contact(contact_id=eve.pk, ctx=by(story.manager))
    assert told() == {OLD}


def test_another_person_at_a_contact_takes_a_fresh_factor_and_is_told(both, settings):
    """In the administrators' site."""
    one, two, contact = both
    before = UserFactory(email="before@pension.example")
    type(contact).objects.filter(pk=contact.pk).update(user=before)
    told()
    settings.SECOND_FACTOR_REQUIRED = True
    administrator, mallory = AdminFactory(), UserFactory()
    browser, page = (
        signed_in_a_while_ago(administrator),
        f"/admin/funds/investorcontact/{contact.pk}/change/",
    )
    refused = browser.post(page, {"user": mallory.pk})
    assert refused["Location"].startswith(reverse("mfa_reauthenticate"))
    contact.refresh_from_db()
    assert (contact.user, told()) == (before, set())
    settings.SECOND_FACTOR_REQUIRED = False
    assert browser.post(page, {"user": mallory.pk}).status_code == 302
    contact.refresh_from_db()
    assert contact.user == mallory
    managers = {one.manager.email, one.second.email, two.manager.email}
    assert told() == {OLD, before.email, *managers}
    event = AuditEvent.objects.get(verb="set_portal_access")
    assert (event.actor, event.changes) == (administrator, {"user": [before.email, mallory.email]})


def test_one_fund_that_turns_it_down_ends_it_in_all(both):
    one, two, contact = both
    before = state(contact)
    STEERED["another mailbox"](contact, one.manager)
    reject_change(change_id=ControlChange.objects.get(fund=two.fund).pk, ctx=by(two.manager))
    assert not ControlChange.objects.pending().exists()
    assert state(contact) == before


def test_the_name_alone_and_who_takes_no_notices_change_at_once(both):
    one, _, contact = both
    change_contact(contact_id=contact.pk, fields={"name": "Investor relations"}, ctx=by(one.manager))
    fields = {"name": "Eve", "email": "eve@pension.example", "takes_notices": False}
    add_contact(investor_id=contact.investor_id, fields=fields, ctx=by(one.manager))
    assert not ControlChange.objects.pending().exists()


def test_withholding_takes_a_manager_of_every_fund(both):
    one, two, contact = both
    before = state(contact)
    change_investor(
        investor_id=contact.investor_id,
        fields={"withholding_rate": "0.9", "country": "US"},
        ctx=by(one.manager),
    )
    assert state(contact) == before
    change = ControlChange.objects.pending().get()
    assert change.fund == two.fund
    approve_change(change_id=change.pk, ctx=by(two.manager))
    assert state(contact) != before
    contact.investor.refresh_from_db()
    assert contact.investor.country == "US"


def test_the_name_of_a_partner_takes_a_manager_of_every_fund_and_two_under_four_eyes(both):
    """As whom it is written to is the same in all of its funds."""
    one, two, contact = both
    with written():
        Fund.objects.filter(pk=one.fund.pk).update(four_eyes=True)
    second, name = MembershipFactory(fund=one.fund).user, contact.investor.name
    fields = {"name": "เงินบำนาญ Eve, L.P.", "country": "TH"}
    change_investor(investor_id=contact.investor_id, fields=fields, ctx=by(one.manager))
    waiting = {change.fund: change for change in ControlChange.objects.pending()}
    assert {change.kind for change in waiting.values()} == {"partner"}
    assert waiting.keys() == {one.fund, two.fund}
    with pytest.raises(Forbidden):
        approve_change(change_id=waiting[one.fund].pk, ctx=by(one.manager))
    approve_change(change_id=waiting[one.fund].pk, ctx=by(second))
    contact.investor.refresh_from_db()
    assert (contact.investor.name, contact.investor.country) == (name, "TH")
    approve_change(change_id=waiting[two.fund].pk, ctx=by(two.manager))
    contact.investor.refresh_from_db()
    assert contact.investor.name == "เงินบำนาญ Eve, L.P."


def test_an_analyst_asks_the_manager_for_another_withholding_rate(db):
    story = Story()
    story.issued()
    analyst, investor = MembershipFactory(fund=story.fund, role="analyst").user, story.partners[0].investor
    answer = Api.of(analyst).patch(f"/investors/{investor.pk}", {"withholdingRate": "0.9"})
    assert (answer.status_code, answer.json()["pendingChanges"][0]["kind"]) == (202, "withholding")
    approve_change(change_id=ControlChange.objects.pending().get().pk, ctx=by(story.manager))
    investor.refresh_from_db()
    assert investor.withholding_rate > 0


def test_while_no_fund_is_in_use_who_prepares_for_them_all_enters_contacts(db):
    manager = UserFactory()
    one = CommitmentFactory(fund=FundFactory(manager=manager))
    fields = {"name": "IR", "email": OLD}
    add_contact(investor_id=one.investor_id, fields=fields, ctx=by(manager))
    CommitmentFactory(fund=FundFactory(manager=UserFactory()), investor=one.investor)
    add_contact(investor_id=one.investor_id, fields=fields | {"email": LOOK_ALIKE}, ctx=by(manager))
    assert ControlChange.objects.pending().count() == 1
    assert one.investor.contacts.count() == 1


# ---------------------------------------------------------------- seen from another fund, or after a role ended


def seen_by(person, client) -> dict[str, bool]:
    """Whether a person finds the investor called Calvin Marchetti, by every way there is."""
    client.force_login(person)
    api = Api.of(person)
    ways = {
        "api": api.get("/investors?limit=200").content,
        "list": client.get("/investors/?q=Marchetti").content,
        "search": client.get("/search/?q=Marchetti").content,
        "file": b"".join(client.get("/investors/export.csv").streaming_content),
    }
    return {way: b"Calvin Marchetti" in content for way, content in ways.items()}


def test_what_a_colleague_entered_for_another_fund_is_that_funds(db, client):
    """The analyst works for both funds; who manages one of them sees nothing of the other's partner."""
    one, two = Story(), Story()
    analyst = UserFactory()
    for story in (one, two):
        MembershipFactory(fund=story.fund, user=analyst, role="analyst")
    investor = InvestorFactory(name="Calvin Marchetti", created_by=analyst)
    assert set(seen_by(one.manager, client).values()) == {True}, "as long as no fund has it"
    CommitmentFactory(fund=two.fund, investor=investor)
    assert set(seen_by(one.manager, client).values()) == {False}
    assert set(seen_by(two.manager, client).values()) == {True}
    assert client.get(f"/investors/{investor.pk}/").status_code == 200
    client.force_login(one.manager)
    assert client.get(f"/investors/{investor.pk}/").status_code == 404
    assert Api.of(one.manager).get(f"/investors/{investor.pk}").status_code == 404


def test_who_works_for_no_fund_any_more_sees_nothing_that_it_entered(db, client):
    story = Story()
    analyst = UserFactory()
    role = MembershipFactory(fund=story.fund, user=analyst, role="analyst")
    loose = InvestorFactory(name="Calvin Marchetti", created_by=analyst)
    assert seen_by(analyst, client)["api"]
    remove_member(fund_id=story.fund.pk, user_id=role.user_id, ctx=by(story.manager))
    assert set(seen_by(analyst, client).values()) == {False}
    assert Api.of(analyst).get(f"/investors/{loose.pk}").status_code == 404
