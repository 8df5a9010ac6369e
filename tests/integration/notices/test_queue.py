"""Who is queued for a mail, who is not, and what is taken out again."""

from datetime import date

import pytest

from blackgem.lib.context import WriteContext
from capital.services import calls
from funds.models import InvestorContact, NoticeRendering
from funds.services import notices as notice_services
from tests.factories import ContactFactory, steer_by_two
from tests.integration.capital.story import NOW

from .letters import deliver_all, deliveries, render_all, send, states, story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick")]


def test_sending_queues_one_delivery_per_partner_and_asking_again_none():
    told = story()
    call = told.issued()
    assert (send(told, call), states(call)) == (3, ["queued"] * 3)
    assert (send(told, call), len(deliveries(call))) == (0, 3)
    assert (send(told, call, resend=True), len(deliveries(call))) == (0, 3)


def test_all_contacts_who_take_notices_are_on_one_mail_and_no_others():
    told = story()
    investor = told.partners[0].investor
    ContactFactory(investor=investor, email="counsel@example.com")
    ContactFactory(investor=investor, email="assistant@example.com", takes_notices=False)
    call = told.issued()
    send(told, call)
    assert deliveries(call)[0].recipients == ["lp1@example.com", "counsel@example.com"]


def test_an_investor_without_such_a_contact_is_shown_as_failed_never_dropped():
    told = story()
    steer_by_two(InvestorContact.objects.get(investor=told.partners[1].investor), takes_notices=False)
    call = told.issued()
    assert send(told, call) == 2
    assert states(call) == ["queued", "failed", "queued"]
    assert (
        deliveries(call)[1].failure
        == "No contact of this investor takes notices. Add one on its page, then send this again."
    )
    ContactFactory(investor=told.partners[1].investor, email="new@example.com")
    assert send(told, call) == 1
    assert (deliveries(call)[2].state, deliveries(call)[2].round) == ("queued", 2)


def test_each_round_has_a_message_id_of_its_own(mail_server):
    told = story(("100000.00",))
    call = told.issued()
    send(told, call)
    render_all()
    deliver_all()
    assert send(told, call, resend=True) == 1
    first, second = deliveries(call)
    assert first.message_id != second.message_id
    assert second.message_id.startswith(f"<{first.notice.public_id.hex}.2.")
    assert second.message_id.endswith("@demo.example>")


def test_a_cancelled_call_sends_nothing_that_has_not_left():
    told = story()
    call = told.issued()
    send(told, call)
    told.cancel(call)
    assert states(call) == ["failed"] * 3
    assert deliveries(call)[0].failure == "The call was cancelled."


def test_a_version_that_was_replaced_before_it_left_is_not_mailed(mail_server):
    told = story(("100000.00",))
    call = told.issued()
    send(told, call)
    calls.reword_call(
        call_id=call.pk,
        purpose="Acquisition",
        purpose_detail="",
        due_date=date(2026, 4, 1),
        ctx=WriteContext(told.manager, NOW),
    )
    render_all()
    deliver_all()
    assert states(call) == ["failed", "sent"]
    assert deliveries(call)[0].failure == "A later version took its place."
    assert send(told, call) == 0
    [mail] = mail_server.messages
    assert "version 2" in mail["Subject"]


def test_asking_for_a_mail_asks_for_a_given_up_document_too():
    told = story(("100000.00",))
    call = told.issued()
    NoticeRendering.objects.update(attempts=notice_services.MOST_RENDERINGS, failure="MemoryError: ")
    assert render_all() == 0
    send(told, call)
    assert render_all() == 1


def test_without_a_broker_nothing_breaks(settings, caplog, monkeypatch):
    from kombu.exceptions import OperationalError

    def away(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(notice_services.current_app, "send_task", away)
    notice_services.wake_workers()
    assert "broker is away" in caplog.text
