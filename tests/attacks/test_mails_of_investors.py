"""K. What is mailed to whom: the investor's own word, and somebody gets each kind of letter whatever two do at once."""

import pytest
from django.test import Client
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from blackgem.models import AuditEvent
from funds.models import NoticeDelivery, WarningMail
from funds.services.mails import KINDS, seen_of, switch_mails, takers_of
from tests.attacks.test_advisers import managing
from tests.factories import CommitmentFactory, ContactFactory, FundFactory
from tests.integration.capital.story import NOW
from tests.integration.notices.letters import send
from tests.integration.notices.letters import story as letters_story
from tests.support.pages import text_of
from tests.support.race import failures, together

pytestmark = pytest.mark.django_db
ALL, CALLS = frozenset(KINDS), frozenset({"gets_calls"})
REST = ALL - CALLS


def by(person) -> WriteContext:
    return WriteContext(person, NOW)


def with_two_mailboxes():
    """The first partner takes notices at lp1@ and cfo@; Lea manages its contacts and takes none."""
    told = letters_story()
    partner = told.partners[0]
    ContactFactory(investor=partner.investor, email="cfo@example.com", name="C F O")
    lea = managing(partner, takes_notices=False).user
    return told, partner, lea


@pytest.fixture
def world():
    return with_two_mailboxes()


def switch(partner, person, *gets, seen=None):
    investor = partner.investor
    seen = seen or seen_of(takers_of(investor))
    return switch_mails(investor=investor.public_id, gets=gets, seen=seen, ctx=by(person))


def test_letters_go_to_whom_the_investor_says(world):
    told, partner, lea = world
    WarningMail.objects.all()
    switch(partner, lea, ALL, REST)
    call = told.issued("100000.00")
    send(told, call)
    delivery = NoticeDelivery.objects.get(notice__commitment=partner)
    assert delivery.recipients == ["lp1@example.com"]
    assert AuditEvent.objects.get(verb="switch_mails").actor == lea
    told_of_it = WarningMail.objects.filter(subject="A contact for your notices changed")
    assert {"lp1@example.com", "cfo@example.com"} <= set(told_of_it.values_list("recipient", flat=True))


def test_somebody_gets_each_kind(world):
    _, partner, lea = world
    for gets in ((CALLS, CALLS), (frozenset(), frozenset()), (REST, frozenset())):
        with pytest.raises(InvalidInput):
            switch(partner, lea, *gets)
    switch(partner, lea, CALLS, REST)
    switch(partner, lea, REST, CALLS)


def test_nobody_else_says_it(world):
    told, partner, lea = world
    reads = ContactFactory(investor=partner.investor, user=None, takes_notices=False)
    assert not reads.user
    with pytest.raises(NotFound):
        switch(partner, told.manager, ALL, ALL)
    with pytest.raises(NotFound):
        switch(told.partners[1], lea, ALL)
    CommitmentFactory(fund=FundFactory(), investor=partner.investor)
    with pytest.raises(Forbidden):
        switch(partner, lea, ALL, REST)


def test_an_old_form_switches_nothing(world):
    _, partner, lea = world
    before = seen_of(takers_of(partner.investor))
    switch(partner, lea, ALL, REST)
    with pytest.raises(Conflict):
        switch(partner, lea, ALL, ALL, seen=before)
    browser = Client()
    browser.force_login(lea)
    address = reverse("portal:mails", args=[partner.investor.public_id])
    form = {"seen": before, "gets_calls_0": "on", "gets_distributions_1": "on"}
    assert browser.post(address, form).status_code == 409
    page = browser.get(address)
    form["seen"] = page.context["form"]["seen"].value()
    assert browser.post(address, form).status_code == 302
    assert [(one.gets_calls, one.gets_distributions) for one in takers_of(partner.investor)] == [
        (True, False),
        (False, True),
    ]
    assert "Distributions" in text_of(browser.get("/portal/profile/"))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_somebody_for_each_kind(transactional_db):
    """Each leaves the other's mailbox: the second is told to look again."""
    _, partner, lea = with_two_mailboxes()
    seen = seen_of(takers_of(partner.investor))
    answers = together(
        [
            lambda: switch(partner, lea, ALL, REST, seen=seen),
            lambda: switch(partner, lea, REST, ALL, seen=seen),
        ]
    )
    [failed] = failures(answers)
    assert isinstance(failed, Conflict)
    assert any(one.gets_calls for one in takers_of(partner.investor))
