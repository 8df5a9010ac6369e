"""Bytes that the application's database role puts in place of a letter: never mailed, shown or exported."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from blackgem.lib.context import WriteContext
from blackgem.lib.mail import Relay
from blackgem.lib.opened import opened
from blackgem.models import AuditEvent
from funds.models import Notice, NoticeDocument, WarningMail
from funds.queries.seals import seal_holds, seal_of_letter
from funds.services import warnings
from funds.services.notices import queue_deliveries
from tests.factories import ContactFactory, UserFactory
from tests.integration.capital.story import NOW
from tests.integration.notices.letters import (
    deliver_all,
    deliveries,
    notices,
    render_all,
    send,
    states,
    story,
    text_of,
)
from tests.support.api import Api, problem, token_of
from tests.support.quick_letters import small_pdf

pytestmark = pytest.mark.django_db

NO_SEAL = "0" * 64


def forge(notice: Notice, seal=NO_SEAL) -> None:
    """A PDF with the ids of the letter and its own hash, put where none was made yet."""
    pdf = small_pdf(notice)
    given = {"content": pdf.content, "sha256": pdf.sha256, "page_count": 1}
    NoticeDocument.objects.create(notice=notice, seal=seal, **given)
    notice.rendering.delete()


def held_back() -> int:
    return AuditEvent.objects.filter(verb="hold_back_letter").count()


@pytest.fixture
def forged():
    """One of two letters of a call has a forged PDF; the other was made."""
    told = story(("600000.00", "400000.00"))
    call = told.issued()
    first, _ = notices(call)
    forge(first)
    render_all()
    return told, call, first


def test_is_not_mailed_and_made_anew_when_it_is_sent_again(forged):
    told, call, first = forged
    queue_as_it_is(told, first)
    deliver_all()
    assert states(call) == ["failed"]
    assert "not the one that was made" in deliveries(call)[0].failure
    assert not mail.outbox
    assert held_back() == 1
    assert send(told, call) == 2
    render_all()
    deliver_all()
    anew = Notice.objects.get(item_id=first.item_id, version=2)
    assert anew.facts == first.facts
    assert "Granite Search Fund I" in text_of(bytes(anew.document.content))
    assert sorted(states(call)) == ["failed", "sent", "sent"]
    attached = [name for one in mail.outbox for name, *_ in one.attachments]
    assert sorted(attached) == sorted(name_of(one) for one in (anew, notices(call)[-1]))
    assert AuditEvent.objects.filter(verb="make_letter_anew").count() == 1


def queue_as_it_is(told, notice) -> None:
    """As a request that was under way before the bytes were put there."""
    ctx = WriteContext(told.manager, NOW)
    with opened(ctx):
        queue_deliveries(notices=[notice], ctx=ctx)


def name_of(notice: Notice) -> str:
    return f"{notice.number}-v{notice.version}.pdf"


def test_is_shown_to_nobody(quick, forged):
    told, call, first = forged
    queue_as_it_is(told, first)
    manager, reader = Client(raise_request_exception=False), Client(raise_request_exception=False)
    manager.force_login(told.manager)
    contact = ContactFactory(investor=first.commitment.investor, user=UserFactory())
    reader.force_login(contact.user)
    for browser, address in (
        (manager, f"/calls/{call.pk}/items/{first.item_id}/notice.pdf"),
        (manager, f"/calls/{call.pk}/notices.pdf"),
        (reader, f"/portal/documents/{first.public_id}.pdf"),
    ):
        before = held_back()
        answer = browser.get(address)
        assert (answer.status_code, held_back()) == (500, before + 1), address
        assert b"%PDF" not in answer.content
    api = Api(token_of(told.manager))
    problem(api.get(f"/capital-calls/{call.pk}/notice-pdf"), 500, "internal")


@pytest.mark.parametrize(
    "change",
    [
        lambda notice: setattr(notice.document, "content", bytes(notice.document.content) + b"\n"),
        lambda notice: notice.facts.update(amount="1.00"),
        lambda notice: setattr(notice, "version", 7),
        lambda notice: setattr(notice, "commitment_id", notice.commitment_id + 1),
    ],
    ids=["bytes", "facts", "version", "partner"],
)
def test_the_seal_is_of_these_bytes_and_of_what_this_letter_says(change, quick):
    told = story(("100000.00",))
    [notice] = notices(told.issued())
    render_all()
    notice = Notice.objects.select_related("document").get(pk=notice.pk)
    assert seal_holds(notice)
    change(notice)
    assert not seal_holds(notice)


def test_every_seal_is_checked_by_a_command(quick, forged):
    with pytest.raises(CommandError, match="1 seals do not hold"):
        call_command("check_seals")


def test_seals_outlive_a_change_of_the_sites_key(settings, quick):
    told = story(("100000.00",))
    [notice] = notices(told.issued())
    render_all()
    first = NoticeDocument.objects.get(pk=notice.pk).seal
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    call_command("check_seals")
    content = bytes(NoticeDocument.objects.get(pk=notice.pk).content)
    assert seal_of_letter(Notice.objects.get(pk=notice.pk), content) != first
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(CommandError):
        call_command("check_seals")


def test_a_warning_that_the_site_did_not_write_is_not_sent():
    words = {"subject": "Your bank details changed", "body": "Pay here.", "recipient": "lp1@example.com"}
    WarningMail.objects.create(**words, due_at=NOW, seal=NO_SEAL)
    written = warnings.warn("lp2@example.com", "A contact changed", "Was it you?", at=NOW)
    WarningMail.objects.filter(pk=written.pk).update(body="Pay here.")
    warnings.warn("lp3@example.com", "A contact changed", "Was it you?", at=NOW)
    with Relay() as relay:
        while warnings.send_next_warning(relay=relay, at=NOW):
            pass
    assert [one.to for one in mail.outbox] == [["lp3@example.com"]]
    assert WarningMail.objects.filter(failure=warnings.FORGED, sent_at=None).count() == 2
