"""K. Advisers of an investor: asked for by who manages its contacts, let in by the fund, ended at once."""

from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from blackgem.models import AuditEvent
from funds.models import Adviser, ControlChange, InvestorContact, PortalGrant, WarningMail
from funds.queries.advisers import advisers_of_commitments
from funds.services.advisers import ask_for_adviser, decline_adviser, withdraw_adviser
from funds.services.controls import approve_change, reject_change
from funds.services.invitations import accept_invitation
from portal.reader import own_reader
from tests.factories import (
    AdminFactory,
    CommitmentFactory,
    ContactFactory,
    FundFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.capital.story import Story
from tests.support.opened import written
from tests.support.pages import text_of
from tests.support.race import failures, together

pytestmark = pytest.mark.django_db
ADA = "ada@accountants.example"


def by(person) -> WriteContext:
    return WriteContext(person, timezone.now())


def managing(partner, **fields) -> InvestorContact:
    """A contact of the partner who manages its contacts, as its fund agreed."""
    with written():
        person = UserFactory(full_name="Lea Lee")
        contact = ContactFactory(investor=partner.investor, user=person, sees=[], **fields)
        becomes = {"contact_id": contact.pk, "email": contact.signs_in_as, "manages_contacts": True}
        people = {"recorded_by": UserFactory(), "approved_by": UserFactory()}
        now = timezone.now()
        ControlChange.objects.create(
            fund=partner.fund,
            kind="portal",
            subject_id=partner.investor_id,
            was={},
            becomes=becomes,
            recorded_at=now,
            approved_at=now,
            **people,
        )
        grant = {"granted_by": AdminFactory(), "granted_at": now, "manages_contacts": True}
        PortalGrant.objects.create(commitment=partner, contact=contact, **grant)
    return contact


@pytest.fixture
def story():
    story = Story(four_eyes=True)
    story.approve(story.issued())
    return story


@pytest.fixture
def lea(story):
    return managing(story.partners[0]).user


def ask(person, *partners, email=ADA, role="accountant", acknowledges=False):
    ids = [one.public_id for one in partners]
    fields = {"name": "Ada Count", "email": email, "role": role, "acknowledges": acknowledges}
    return ask_for_adviser(commitments=ids, **fields, ctx=by(person))


def let_in(adviser, manager):
    """Approve, and take up the invitation that is mailed with it, unless the person has an account."""
    mail.outbox.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        approve_change(change_id=adviser.change_id, ctx=by(manager))
    token = mail.outbox[-1].body.partition("/invitations/")[2].partition("/")[0]
    known = UserFactory._meta.model.objects.filter(email=adviser.email).first()
    new = {} if known else {"full_name": "Ada Count", "password": "four-horses-running"}
    return accept_invitation(token=token, user=known, at=timezone.now(), **new)


def state(adviser) -> str:
    [shown] = [
        one
        for one in advisers_of_commitments([adviser.commitment_id], at=timezone.now())
        if one.pk == adviser.pk
    ]
    return shown.state


def test_an_adviser_comes_by_the_fund_and_sees_what_was_asked_for_alone(story, lea):
    partner = story.partners[0]
    other = CommitmentFactory(fund=FundFactory(manager=UserFactory()), investor=partner.investor, seen=False)
    [adviser] = ask(lea, partner)
    assert state(adviser) == "asked"
    assert not mail.outbox
    assert not adviser.contact.takes_notices
    user = let_in(adviser, story.manager)
    assert state(adviser) == "accepted"
    reader = own_reader(user)
    assert set(reader.commitments) == {partner.pk}
    assert other.pk not in reader.commitments
    assert reader.acknowledges | reader.manages_contacts == set()
    assert AuditEvent.objects.get(verb="ask_for_adviser").actor == lea
    assert (
        AuditEvent.objects.get(verb="grant_access", object_label=str(adviser.contact)).actor == story.manager
    )


def test_nobody_asks_for_what_it_does_not_manage(story, lea):
    mine, neighbour = story.partners[:2]
    reads = ContactFactory(investor=mine.investor, user=UserFactory(), takes_notices=False, sees=[mine])
    for person, partners, error in (
        (reads.user, [mine], Forbidden),
        (story.manager, [mine], Forbidden),
        (lea, [neighbour], NotFound),
        (lea, [mine, neighbour], NotFound),
        (lea, [], InvalidInput),
    ):
        with pytest.raises(error):
            ask(person, *partners)
    ids = [uuid4()]
    with pytest.raises(NotFound):
        ask_for_adviser(commitments=ids, name="A", email=ADA, role="adviser", acknowledges=False, ctx=by(lea))
    with pytest.raises(InvalidInput):
        ask(lea, mine, role="manager")
    assert not Adviser.objects.exists()


def test_who_asks_agrees_to_nothing_itself(story, lea):
    """Also where the contact manages the fund."""
    MembershipFactory(fund=story.fund, user=lea)
    [adviser] = ask(lea, story.partners[0])
    with pytest.raises(Forbidden) as refused:
        approve_change(change_id=adviser.change_id, ctx=by(lea))
    assert refused.value.code == "four_eyes"


def test_a_form_asks_for_no_more_than_it_has(story, lea):
    browser = Client()
    browser.force_login(lea)
    fields = {"name": "Ada", "email": ADA, "role": "adviser", "commitments": [story.partners[0].public_id]}
    browser.post(reverse("portal:adviser_ask"), fields | {"manages_contacts": "on", "acknowledges": "on"})
    change = ControlChange.objects.pending().get(kind="portal")
    assert (change.becomes["acknowledges"], change.becomes["manages_contacts"]) == (True, False)
    neighbour = fields | {"email": "b@b.example", "commitments": [story.partners[1].public_id]}
    assert browser.post(reverse("portal:adviser_ask"), neighbour).status_code == 422


def test_what_the_investor_ends_ends_at_once(story, lea):
    [adviser] = ask(lea, story.partners[0])
    user = let_in(adviser, story.manager)
    browser = Client()
    browser.force_login(user)
    assert "Nothing here yet" not in text_of(browser.get("/portal/"))
    withdraw_adviser(adviser_id=adviser.public_id, ctx=by(lea))
    assert state(adviser) == "withdrawn"
    assert not own_reader(user).commitments
    assert "Nothing here yet" in text_of(browser.get("/portal/"))
    with pytest.raises(Conflict):
        withdraw_adviser(adviser_id=adviser.public_id, ctx=by(lea))


def test_what_was_taken_back_lets_nobody_in(story, lea):
    [adviser] = ask(lea, story.partners[0])
    withdraw_adviser(adviser_id=adviser.public_id, ctx=by(lea))
    with pytest.raises(Conflict):
        approve_change(change_id=adviser.change_id, ctx=by(story.manager))
    assert not adviser.contact.portal_grants.exists()
    assert state(ask(lea, story.partners[0])[0]) == "asked"


def test_whose_right_ended_ends_and_asks_for_nobody(story, lea):
    [adviser] = ask(lea, story.partners[0])
    with written():
        PortalGrant.objects.filter(contact__user=lea).update(manages_contacts=False)
    with pytest.raises(NotFound):
        withdraw_adviser(adviser_id=adviser.public_id, ctx=by(lea))
    with pytest.raises(Forbidden):
        ask(lea, story.partners[0], email="b@b.example")


def test_a_manager_declines_with_a_reason_that_the_investor_reads(story, lea):
    [adviser] = ask(lea, story.partners[0])
    analyst = MembershipFactory(fund=story.fund, role="analyst").user
    for person, error in ((analyst, Forbidden), (UserFactory(), NotFound), (lea, NotFound)):
        with pytest.raises(error):
            decline_adviser(adviser_id=adviser.pk, reason="No.", ctx=by(person))
    browser = Client()
    browser.force_login(story.manager)
    assert "Decline" in text_of(browser.get(f"/investors/{story.partners[0].investor_id}/"))
    why = reverse("funds:adviser_decline", args=[adviser.pk])
    assert browser.post(reverse("funds:control_change_reject", args=[adviser.change_id])).url == why
    with pytest.raises(InvalidInput):
        reject_change(change_id=adviser.change_id, ctx=by(story.manager))
    assert state(adviser) == "asked"
    browser.post(why, {"reason": "We do not know them."})
    assert state(adviser) == "declined"
    assert WarningMail.objects.filter(recipient=lea.email, subject="An adviser was not let in").exists()
    browser.force_login(lea)
    page = text_of(browser.get(reverse("portal:adviser_list")))
    assert "We do not know them." in page


def test_an_adviser_of_two_sees_both_and_each_only_its_own(story, lea):
    one, two = story.partners[:2]
    max_ = managing(two).user
    user = let_in(ask(lea, one)[0], story.manager)
    [second] = ask(max_, two)
    assert let_in(second, story.manager) == user
    assert set(own_reader(user).commitments) == {one.pk, two.pk}
    for person, own, neighbour in ((lea, one, two), (max_, two, one)):
        browser = Client()
        browser.force_login(person)
        page = text_of(browser.get(reverse("portal:adviser_list")))
        assert own.investor.name in page
        assert neighbour.investor.name not in page
        foreign = Adviser.objects.get(commitment=neighbour)
        address = reverse("portal:adviser_withdraw", args=[foreign.public_id])
        assert browser.post(address).status_code == 404
    withdraw_adviser(adviser_id=second.public_id, ctx=by(max_))
    assert set(own_reader(user).commitments) == {one.pk}


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_ask_once(transactional_db):
    story = Story(four_eyes=True)
    story.approve(story.issued())
    lea = managing(story.partners[0]).user
    answers = together([lambda: ask(lea, story.partners[0])] * 2)
    [failed] = failures(answers)
    assert isinstance(failed, Conflict)
    assert Adviser.objects.count() == 1
    assert ControlChange.objects.pending().filter(kind="portal").count() == 1
