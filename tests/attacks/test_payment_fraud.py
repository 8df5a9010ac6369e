"""G. Payment fraud: bank details that somebody slips in. docs/attacks.md says which rows are about no feature."""

import hashlib
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from blackgem.lib.mail import Relay, RelayUnavailable
from funds.models import NoticeDocument
from funds.services.warnings import send_next_warning
from tests.access.routes import routes
from tests.factories import BankDetailsFactory, admit
from tests.integration.attacks.unchanged import nothing_written
from tests.integration.notices.letters import render_all, text_of
from tests.support.api import problem
from tests.support.called import typed
from tests.support.opened import written

pytestmark = pytest.mark.django_db

NEW = {
    "bank_name": "Second Bank",
    "account_name": "Granite",
    "account_number": "000999888777",
    "routing_number": "021000021",
}


@pytest.fixture
def browser(world):
    return browser_of(world, "manager")


def browser_of(world, who):
    browser = Client()
    browser.force_login(world.people[who])
    return browser


@pytest.fixture
def in_use(world):
    admit("old.contact@fund.example")
    world.fund.contact_email = "old.contact@fund.example"
    with written():
        world.fund.save()
    return BankDetailsFactory(fund=world.fund, account_number="000111222333")


def enter(browser, fund, **changes):
    """New details, and the address where they are verified."""
    answer = browser.post(f"/funds/{fund.pk}/bank-details/new/", NEW | changes)
    assert answer.status_code == 302, answer.content
    details = fund.bank_details.latest("version")
    return details, f"/bank-details/{details.pk}/verify/"


def printed() -> set[str]:
    """Which accounts the letters name."""
    render_all(timezone.now())
    texts = [text_of(bytes(one.content)) for one in NoticeDocument.objects.all()]
    return {number for number in ("000111222333", "000999888777") if any(number in text for text in texts)}


def test_what_was_only_entered_is_printed_nowhere(world, trail, browser, in_use):
    enter(browser, world.fund)
    trail.call()
    assert printed() == {"000111222333"}


def test_without_verified_details_a_letter_names_none(world, trail, browser):
    enter(browser, world.fund)
    trail.call()
    assert printed() == set()


def test_nobody_verifies_its_own_where_two_are_needed(world, browser):
    world.fund.four_eyes = True
    with written():
        world.fund.save()
    details, verify = enter(browser, world.fund)
    call = typed(details)
    with nothing_written():
        assert browser.post(verify, call).status_code == 403
    assert browser_of(world, "second").post(verify, typed(details)).status_code == 302


@pytest.mark.parametrize("who", ["analyst", "auditor", "stranger", "lp"])
def test_nobody_who_binds_nothing_verifies_bank_details(world, browser, who):
    details, verify = enter(browser, world.fund)
    other, call = browser_of(world, who), typed(details)
    with nothing_written():
        assert other.post(verify, call).status_code in (403, 404)


def test_what_replaces_details_in_use_rests_first(world, browser, in_use, settings, monkeypatch):
    settings.BANK_DETAILS_REST_HOURS = 72
    details, verify = enter(browser, world.fund)
    second, call = browser_of(world, "second"), typed(details)
    with nothing_written():
        answer = second.post(verify, call)
    assert answer.status_code == 409
    assert b"rest before they take the place of others" in answer.content
    for hours, status in ((71, 409), (73, 302)):
        later = details.created_at + timedelta(hours=hours)
        monkeypatch.setattr("blackgem.lib.context.timezone", SimpleNamespace(now=lambda later=later: later))
        assert second.post(verify, call).status_code == status


def test_the_first_details_need_not_rest(world, browser, settings):
    settings.BANK_DETAILS_REST_HOURS = 72
    details, verify = enter(browser, world.fund)
    assert browser_of(world, "second").post(verify, typed(details)).status_code == 302


def test_those_who_know_the_fund_are_told_by_mail_though_it_was_away(world, browser, in_use):
    """The mails are rows of what was entered: they leave when the mail server is there again."""
    enter(browser, world.fund)
    at = timezone.now()
    with Relay() as away:
        away.open = lambda: raising(RelayUnavailable("Connection refused"))
        while send_next_warning(relay=away, at=at):
            pass
    assert mail.outbox == []
    later = at + timedelta(hours=1)
    with Relay() as relay:
        while send_next_warning(relay=relay, at=later):
            pass
    told = {address for message in mail.outbox for address in message.to}
    assert told == {"old.contact@fund.example", "manager@example.com", "second@example.com"}
    for message in mail.outbox:
        assert "New bank details were entered" in message.subject
        for number in (NEW["account_number"], in_use.account_number):
            assert number not in message.body


def raising(error):
    raise error


def test_there_is_no_other_way_in(world, trail, browser, in_use):
    """One page enters them and one decides. No route of the API names them, the admin adds and changes none."""
    assert get_resolver()
    named = {
        str(route) for route in routes() if "bankdetails" in str(route).replace("-", "").replace("_", "")
    }
    others = ("GET /admin/", "POST /admin/", "GET /portal/", "POST /portal/")
    pages = {one for one in named if not one.startswith(others)}
    assert pages == {
        f"{verb} /{path}"
        for verb in ("GET", "POST")
        for path in (
            "funds/<fund_id>/bank-details/new/",
            "bank-details/<bank_details_id>/verify/",
            "bank-details/<bank_details_id>/reject/",
            "bank-details/<bank_details_id>/reveal/",
        )
    }
    admin = browser_of(world, "manager")
    world.people["manager"].is_staff = world.people["manager"].is_superuser = True
    world.people["manager"].save()
    with nothing_written():
        for path in ("add/", f"{in_use.pk}/change/", f"{in_use.pk}/delete/"):
            answer = admin.post(f"/admin/funds/bankdetails/{path}", NEW)
            assert answer.status_code in (403, 404, 405), path
        for body in ({"bankName": "x"}, {"accountNumber": "000999888777"}, {"bankDetails": NEW}):
            problem(trail.api.patch(f"/funds/{world.fund.pk}", body), 422, "field.unknown")


def test_a_letter_that_was_made_stays_and_a_call_keeps_its_account(world, trail, browser, in_use):
    """What was issued is paid to the account that it named; the next call names the new one."""
    call = trail.call()
    assert printed() == {"000111222333"}
    before = {one.notice_id: bytes(one.content) for one in NoticeDocument.objects.all()}
    details, verify = enter(browser, world.fund)
    assert browser_of(world, "second").post(verify, typed(details)).status_code == 302
    reworded = {"purpose": "Acquisition of ABC", "purpose_detail": "", "due_date": "2199-12-30"}
    assert browser.post(f"/calls/{call['id']}/reword/", reworded).status_code == 302
    assert printed() == {"000111222333"}
    for notice, content in before.items():
        document = NoticeDocument.objects.get(notice_id=notice)
        assert bytes(document.content) == content
        assert document.sha256 == hashlib.sha256(content).hexdigest()
    versions = NoticeDocument.objects.exclude(notice_id__in=before).values_list("notice__version", flat=True)
    assert set(versions) == {2}
    trail.call()
    assert printed() == {"000111222333", "000999888777"}


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("eve@examp1e.com", True),
        ("eve@exampel.com", True),
        ("eve@example.com", False),
        ("eve@other.org", False),
    ],
)
def test_a_mailbox_at_a_look_alike_domain_is_pointed_out(world, browser, address, warned):
    """The investor's contact writes from example.com."""
    new = f"/investors/{world.partners[0].investor_id}/contacts/new/"
    page = browser.post(new, {"name_field": "Eve", "email": address, "takes_notices": "on"}, follow=True)
    assert page.status_code == 200
    assert ("looks like example.com" in page.content.decode()) is warned
