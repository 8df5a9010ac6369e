"""K. Questions in the portal: who reads them, who may ask and answer, and what reaches a mailbox."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, NotFound
from blackgem.models import AuditEvent
from funds.models import PartMessage, WarningMail
from funds.services.portal_access import withdraw_access
from funds.services.questions import answer_question
from portal.services.questions import ask_question
from tests.access.world import World
from tests.factories import ContactFactory, MembershipFactory, UserFactory, admit, set_by_two
from tests.integration.distributions.story import AT_EXIT
from tests.support.opened import written
from tests.support.pages import text_of
from tests.support.race import failures, together
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
SECRET = "Is <b>our</b> other fund https://evil.example in it?"


def by(person) -> WriteContext:
    """After what the world has asked already, and its hour."""
    return WriteContext(person, AT_EXIT + timedelta(days=1))


@staged
def world(two_investors):
    world = deepcopy(two_investors)
    with written():
        WarningMail.objects.all().delete()
    return world


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def ask(world, who="lp_b", text=SECRET):
    part = world.ids["call_item"]
    return ask_question(kind="capital_call", part=part, text=text, ctx=by(world.people[who]))


def test_a_question_is_read_by_those_who_see_the_commitment_and_by_nobody_else(world):
    adviser = ContactFactory(
        investor=world.story.partners[1].investor, user=UserFactory(), takes_notices=False, name="Ada Viser"
    )
    address = reverse("portal:call", args=[world.ids["call_item"]])
    browser(adviser.user).post(
        reverse("portal:ask_about_call", args=[world.ids["call_item"]]), {"text": SECRET}
    )
    question = PartMessage.objects.latest("pk")
    assert AuditEvent.objects.get(verb="ask_question").actor == adviser.user
    page = browser(world.people["lp_b"]).get(address).content.decode()
    assert "Is &lt;b&gt;our&lt;/b&gt; other fund https://evil.example in it?" in page
    assert 'href="https://evil.example' not in page
    assert "Ada Viser" in page
    letter = reverse("portal:document", args=[world.ids["notice"]])
    assert "evil.example" in browser(world.people["lp_b"]).get(letter).content.decode()
    assert "evil.example" not in browser(world.people["lp_a"]).get("/portal/").content.decode()
    assert browser(world.people["lp_a"]).get(address).status_code == 404
    for who in ("manager", "analyst", "auditor"):
        client = browser(world.people[who])
        assert "evil.example" in client.get(f"/questions/{question.pk}/").content.decode()
        assert "1 question" not in client.get(f"/questions/{question.pk}/").content.decode()
    assert browser(world.people["other"]).get(f"/questions/{question.pk}/").status_code == 404
    assert "Waits for an answer" in text_of(
        browser(world.people["manager"]).get(f"/calls/{world.ids['call_id']}/")
    )
    assert "to answer" in text_of(browser(world.people["manager"]).get("/"))


def test_the_fund_hears_of_it_without_what_it_says_and_the_asker_of_the_answer(world):
    admit("ir@fund.example")
    set_by_two(world.story.fund, contact_email="ir@fund.example")
    question = ask(world)
    [mail] = WarningMail.objects.all()
    assert mail.recipient == "ir@fund.example"
    assert f"/questions/{question.pk}/" in mail.body
    assert "evil.example" not in mail.subject + mail.body
    answer_question(question_id=question.pk, text="In two parts it is.", ctx=by(world.story.manager))
    mail = WarningMail.objects.latest("pk")
    assert mail.recipient == world.people["lp_b"].email
    assert "In two parts" not in mail.subject + mail.body
    assert f"/portal/documents/{world.ids['notice']}/" in mail.body
    page = text_of(browser(world.people["lp_b"]).get(reverse("portal:call", args=[world.ids["call_item"]])))
    assert "The fund answered" in page
    assert "In two parts it is." in page
    assert str(world.story.manager) not in page


def test_nobody_answers_for_the_fund_but_its_managers(world):
    question = ask(world)
    for who, error in (
        ("analyst", Forbidden),
        ("auditor", Forbidden),
        ("other", NotFound),
        ("lp_b", NotFound),
    ):
        with pytest.raises(error):
            answer_question(question_id=question.pk, text="Yes.", ctx=by(world.people[who]))
    assert (
        browser(world.people["analyst"]).post(f"/questions/{question.pk}/", {"text": "Yes."}).status_code
        == 403
    )
    assert not PartMessage.objects.filter(from_fund=True).exists()


def test_nobody_asks_about_what_is_anothers_or_after_its_sight_ended(world):
    with pytest.raises(NotFound):
        ask(world, who="lp_a")
    contact = world.people["lp_b"].investor_contacts.get()
    withdraw_access(contact_id=contact.pk, ctx=by(world.story.manager))
    with pytest.raises(NotFound):
        ask(world)


def test_whose_sight_ended_hears_of_no_answer(world):
    question = ask(world)
    contact = world.people["lp_b"].investor_contacts.get()
    withdraw_access(contact_id=contact.pk, ctx=by(world.story.manager))
    with written():
        WarningMail.objects.all().delete()
    answer_question(question_id=question.pk, text="Yes.", ctx=by(world.story.manager))
    assert not WarningMail.objects.exists()


def test_who_asks_too_often_is_told_to_wait(world):
    for _ in range(10):
        ask(world, text="Why?")
    with pytest.raises(Conflict) as refused:
        ask(world, text="Why?")
    assert refused.value.code == "message.too_many"
    address = reverse("portal:ask_about_call", args=[world.ids["call_item"]])
    answer = browser(world.people["lp_b"]).post(address, {"text": "Why?"})
    assert answer.status_code == 409
    assert "ten questions within an hour" in text_of(answer)


def test_a_manager_who_looks_as_the_investor_asks_nothing(world):
    client = browser(world.story.manager)
    client.post(reverse("portal:view_as", args=[world.story.partners[1].pk]))
    address = reverse("portal:ask_about_call", args=[world.ids["call_item"]])
    assert client.post(address, {"text": "Why?"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_several_at_once_are_not_too_many(transactional_db):
    world = World.make()
    assert world.ids
    asked = PartMessage.objects.filter(written_by=world.people["lp_b"])
    before = asked.count()
    answers = together([lambda: ask(world, text="Why?")] * 12)
    assert len(failures(answers)) == 2
    assert asked.count() == before + 10


def test_a_second_manager_may_answer_too(world):
    question = ask(world)
    second = MembershipFactory(fund=world.story.fund).user
    answer_question(question_id=question.pk, text="Yes.", ctx=by(second))
    assert AuditEvent.objects.get(verb="answer_question").happened_at > AT_EXIT
