"""Bank details of partners: who enters them, who decides them by which call, who is told, and what stays hidden."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, DomainError, Forbidden, InvalidInput
from funds.models import PayeeDetails, WarningMail
from funds.services.call_backs import CallMade, numbers_that_count, record_phone_number, withdraw_phone_number
from funds.services.contacts import change_contact
from funds.services.members import remove_member
from funds.services.payees import (
    note_payee_call,
    propose_payee_details,
    reject_payee_details,
    verify_payee_details,
)
from tests.factories import AdminFactory, ContactFactory, MembershipFactory
from tests.integration.capital.story import NOW, Story
from tests.support.called import called, number_on_file, typed
from tests.support.opened import written
from tests.support.race import together

pytestmark = pytest.mark.django_db
ACCOUNT = {"bank_name": "ธนาคารทดสอบ", "account_name": "บริษัท ทดสอบ จำกัด", "account_number": "000999888777"}


def ctx(person, at=NOW) -> WriteContext:
    return WriteContext(person, at)


def propose(story, partner=None, by=None, at=NOW, **fields) -> PayeeDetails:
    partner = partner or story.partners[0]
    return propose_payee_details(
        commitment_id=partner.pk, fields=ACCOUNT | fields, ctx=ctx(by or story.manager, at)
    )


def verify(details, by, at=NOW, call=None) -> PayeeDetails:
    made = call or called(details, at)
    return verify_payee_details(payee_details_id=details.pk, call=made, ctx=ctx(by, at))


def browser_of(person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def refused(code: str, kind: type[DomainError], attempt) -> None:
    with pytest.raises(kind) as error:
        attempt()
    assert error.value.code == code


def test_details_are_decided_by_a_call_to_a_number_that_was_there_before(settings):
    """A yen fund: entered, denied, entered again, verified by another; what replaces them rests, everybody is told."""
    settings.BANK_DETAILS_REST_HOURS = 72
    story = Story(currency="JPY")
    partner, second = story.partners[0], story.second
    old = ContactFactory(investor=partner.investor, email="old@lp.example")
    first = propose(story, routing_number="0001-234", holder_country="jp", holder_town="東京")
    assert (first.version, first.four_eyes, first.holder_country) == (1, True, "JP")

    refused("four_eyes", Forbidden, lambda: verify(first, story.manager))
    late = {"person_name": "Eve", "number": "+81 3 0000 0000"}
    came_with_it = record_phone_number(
        fund_id=story.fund.pk, commitment_id=partner.pk, fields=late, ctx=ctx(story.manager)
    )
    for number in (came_with_it.pk, None, number_on_file(propose(story, story.partners[1])).pk):
        call = CallMade(number_id=number, spoke_to="Ann", called_at=NOW)
        refused("call_back.number", InvalidInput, lambda call=call: verify(first, second, call=call))
    early = called(first, NOW - timedelta(hours=1))
    refused("call_back.moment", InvalidInput, lambda: verify(first, second, call=early))
    nobody = called(first, NOW, spoke_to="")
    refused("call_back.spoke_to", InvalidInput, lambda: verify(first, second, call=nobody))

    denied = {"payee_details_id": first.pk, "call": called(first, NOW), "ctx": ctx(second)}
    assert note_payee_call(**denied, outcome="denied").rejected_at
    refused("payee_details.decided", Conflict, lambda: verify(first, second))

    again = propose(story)
    refused("payee_details.pending", Conflict, lambda: propose(story))
    verify(again, second)
    changes = str([event.changes for event in audit.timeline(again)])
    assert "•••• 8777" in changes
    assert "000999888777" not in changes
    assert {event.verb for event in audit.timeline(again)} == {
        "propose_payee_details",
        "call_back",
        "verify_payee_details",
    }

    # The mailbox is exchanged before the account: the old one hears of it too.
    change_contact(contact_id=old.pk, fields={"name": "Old", "email": "new@lp.example"}, ctx=ctx(second))
    WarningMail.objects.all().delete()
    better = propose(story, at=NOW + timedelta(days=5))
    told = set(WarningMail.objects.values_list("recipient", flat=True))
    assert told == {"old@lp.example", "new@lp.example", second.email}
    assert all("000999888777" not in mail.body for mail in WarningMail.objects.all())
    for hours, early in ((71, True), (72, False)):
        at = better.created_at + timedelta(hours=hours)
        if early:
            refused("payee_details.cooling", Conflict, lambda at=at: verify(better, second, at))
        else:
            assert verify(better, second, at).verified_at
    versions = PayeeDetails.objects.verified().filter(commitment=partner).order_by("version")
    assert list(versions) == [again, better]
    # A number is on file for as long as details rest, or it does not count for them.
    young = {"person_name": "Eve", "number": "+81 3 1111 1111"}
    record_phone_number(fund_id=story.fund.pk, commitment_id=partner.pk, fields=young, ctx=ctx(second, at))
    counting = numbers_that_count(propose(story, at=at + timedelta(hours=71)))
    assert set(counting.values_list("person_name", "number")) == {
        ("Ann", "+1 212 555 0100"),
        ("Eve", "+81 3 0000 0000"),
    }


def test_who_decides_in_which_fund():
    """One manager alone decides its own; with a second, or once the fund is in use, another does."""
    story = Story()
    alone = propose(story)
    assert not alone.four_eyes
    verify(alone, story.manager)
    early = propose(story, story.partners[1])
    assert story.second
    refused("four_eyes", Forbidden, lambda: verify(early, story.manager))
    analyst = MembershipFactory(fund=story.fund, role="analyst").user
    refused("role.insufficient", Forbidden, lambda: verify(early, analyst))
    reject_payee_details(payee_details_id=early.pk, ctx=ctx(story.second))

    late = propose(story, story.partners[2], by=analyst)
    remove_member(fund_id=story.fund.pk, user_id=story.second.pk, ctx=ctx(story.manager))
    remove_member(fund_id=story.fund.pk, user_id=analyst.pk, ctx=ctx(story.manager))
    # Whoever asked has left: it is asked for again.
    refused("request.role_ended", Conflict, lambda: verify(late, story.manager))
    reject_payee_details(payee_details_id=late.pk, ctx=ctx(story.manager))
    verify(propose(story, story.partners[2]), story.manager)
    story.issued()
    last = propose(story)
    refused("four_eyes", Forbidden, lambda: verify(last, story.manager))
    verify(last, AdminFactory())


def test_a_number_is_withdrawn_once_and_counts_no_more():
    story = Story()
    details = propose(story)
    number = number_on_file(details)
    fields = {"person_name": "Ann", "number": number.number}
    at = {"fund_id": story.fund.pk, "commitment_id": details.commitment_id}
    refused(
        "phone_number.on_file",
        Conflict,
        lambda: record_phone_number(**at, fields=fields, ctx=ctx(story.manager)),
    )
    withdraw_phone_number(phone_number_id=number.pk, ctx=ctx(story.manager))
    assert not numbers_that_count(details).exists()
    refused(
        "phone_number.withdrawn",
        Conflict,
        lambda: withdraw_phone_number(phone_number_id=number.pk, ctx=ctx(story.manager)),
    )
    call = CallMade(number_id=number.pk, spoke_to="Ann", called_at=NOW)
    refused("call_back.number", InvalidInput, lambda: verify(details, story.second, call=call))


def test_the_pages_show_four_digits_until_a_manager_asks_for_all():
    """In Auckland, in a tab of its own: enter, look, call, decide."""
    story = Story()
    with written():
        story.fund.time_zone = "Pacific/Auckland"
        story.fund.save()
    partner, second = story.partners[0], story.second
    enter = reverse("funds:payee_details_new", args=[partner.pk])
    asks, decides = browser_of(story.manager), browser_of(second)
    assert "No telephone number of this partner is on file." in asks.get(enter).content.decode()
    assert asks.post(enter, ACCOUNT | {"account_number": ""}).status_code == 422
    assert asks.post(enter, ACCOUNT).status_code == 302
    details = PayeeDetails.objects.get()
    page, listed = (
        reverse("funds:payee_details", args=[details.pk]),
        reverse("funds:payee_details_list", args=[partner.pk]),
    )
    assert "No telephone number counts" in decides.get(page).content.decode()
    call = typed(details)
    for address in (page, listed, reverse("dashboard:approvals")):
        shown = decides.get(address).content.decode()
        assert "•••• 8777" in shown or address == listed
        assert "000999888777" not in shown
    assert decides.post(reverse("funds:payee_details_reveal", args=[details.pk])).status_code == 302
    assert "000999888777" in decides.get(page).content.decode()
    assert "000999888777" not in asks.get(page).content.decode()
    assert audit.timeline(details)[0].verb == "reveal_payee_details"

    # The time is the fund's: that of a clock in London lies half a day back, before the details were entered.
    assert decides.post(page, call).status_code == 422
    local = datetime.now(UTC).astimezone(ZoneInfo("Pacific/Auckland")).strftime("%Y-%m-%dT%H:%M")
    assert decides.post(page, call | {"outcome": "unreached", "called_at": local}).status_code == 302
    assert asks.post(page, call | {"called_at": local}).status_code == 403
    assert decides.post(page, call | {"called_at": local}).status_code == 302
    assert decides.post(page, call | {"called_at": local}).status_code == 409
    assert "Nobody answered" in asks.get(page).content.decode()
    assert "verified by Sam Second" in asks.get(listed).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_enter_one_version_and_decide_it_once():
    story = Story()
    people = [story.manager, story.second]
    entered = together([lambda person=person: propose(story, by=person) for person in people])
    made = [one for one in entered if isinstance(one, PayeeDetails)]
    assert (len(made), PayeeDetails.objects.count()) == (1, 1)
    third = [MembershipFactory(fund=story.fund).user for _ in range(2)]
    call = called(made[0], NOW)
    decided = together([lambda person=person: verify(made[0], person, call=call) for person in third])
    assert sum(isinstance(one, PayeeDetails) for one in decided) == 1
