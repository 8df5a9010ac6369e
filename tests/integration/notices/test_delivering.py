"""What the mail relay answers, and what becomes of each notice: mailed once, or its fate is said."""

import socket
import threading
import time
from datetime import timedelta

import pytest

from blackgem.lib import mail as relay_module
from funds.models import InvestorContact, NoticeDelivery, NoticeDocument
from funds.queries.seals import seal_of_letter
from funds.services import delivering
from tests.factories import ContactFactory, steer_by_two
from tests.support.quick_letters import small_pdf

from .letters import (
    after,
    deliver_all,
    deliveries,
    notices,
    render_all,
    send,
    states,
    story,
)

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- the last look


def test_a_recipient_who_is_no_contact_any_more_holds_the_mail_back(sent_call, mail_server):
    steer_by_two(InvestorContact.objects.get(email="lp1@example.com"), email="new@example.com")
    deliver_all()
    assert states(sent_call) == ["failed", "sent", "sent"]
    assert "lp1@example.com is no longer a contact" in deliveries(sent_call)[0].failure
    assert not mail_server.to("lp1@example.com")


def test_a_pdf_of_another_partner_holds_the_mail_back(mail_server):
    told = story()
    call = told.issued()
    send(told, call)
    first, second, _ = notices(call)
    pdf = small_pdf(second)
    given = {"content": pdf.content, "sha256": pdf.sha256, "page_count": 2}
    NoticeDocument.objects.create(notice=first, seal=seal_of_letter(first, pdf.content), **given)
    deliver_all()
    assert states(call)[0] == "failed"
    assert deliveries(call)[0].failure == "The PDF was made for another notice, commitment or item."
    assert not mail_server.messages


def test_a_pdf_that_is_not_the_one_that_was_made_holds_the_mail_back(mail_server):
    told = story(("100000.00",))
    call = told.issued()
    send(told, call)
    [notice] = notices(call)
    given = {"content": b"%PDF-1.7 other", "sha256": "0" * 64, "page_count": 2}
    NoticeDocument.objects.create(notice=notice, seal=seal_of_letter(notice, given["content"]), **given)
    deliver_all()
    assert "its hash differs" in deliveries(call)[0].failure


# ---------------------------------------------------------------- what the relay says


def test_nothing_is_mailed_before_its_document_exists(mail_server):
    told = story()
    call = told.issued()
    send(told, call)
    assert deliver_all() == 0
    assert states(call) == ["queued"] * 3


def test_a_temporary_refusal_is_tried_again_later(sent_call, mail_server):
    mail_server.refuse_next(1, "451 try again later")
    deliver_all()
    assert states(sent_call) == ["queued", "sent", "sent"]
    first = deliveries(sent_call)[0]
    assert first.failure == "The mail relay refused it: 451 try again later"
    assert (first.attempts, first.due_at) == (1, after(seconds=30))
    assert deliver_all(at=after(seconds=29)) == 0
    assert deliver_all(at=after(seconds=31)) == 1
    assert states(sent_call) == ["sent"] * 3
    assert deliveries(sent_call)[0].failure == ""
    assert len(mail_server.messages) == 3


def test_a_permanent_refusal_fails_with_its_reason(sent_call, mail_server):
    mail_server.refuse_next(1, "550 5.1.1 no such mailbox")
    deliver_all()
    assert states(sent_call) == ["failed", "sent", "sent"]
    assert deliveries(sent_call)[0].failure == "The mail relay refused it: 550 5.1.1 no such mailbox"
    assert deliver_all(at=after(days=1)) == 0


def test_refused_again_and_again_it_fails_in_the_end(sent_call, mail_server):
    mail_server.answer = lambda message: "451 greylisted" if "lp1@" in message["X-Envelope-To"] else None
    for hour in range(24):
        deliver_all(at=after(hours=hour))
    first = deliveries(sent_call)[0]
    assert (first.state, first.attempts) == ("failed", delivering.MOST_ATTEMPTS)


def test_pauses_grow_to_an_hour():
    seconds = [delivering.pause(attempts).total_seconds() for attempts in range(1, 11)]
    assert seconds == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_a_relay_that_is_away_postpones_everything_by_one_try(settings, sent_call):
    settings.EMAIL_PORT = 1
    assert deliver_all() == 0
    assert states(sent_call) == ["queued"] * 3
    assert {(one.attempts, one.due_at) for one in deliveries(sent_call)} == {(1, after(seconds=30))}
    assert "cannot be reached" in deliveries(sent_call)[0].failure
    for hour in range(1, 24):
        deliver_all(at=after(hours=hour))
    assert states(sent_call) == ["failed"] * 3


class ScriptedRelay(threading.Thread):
    """Speaks just enough SMTP; `at_data`, `at_rcpt`, `at_end` do something unfriendly with the connection."""

    def __init__(self, **script):
        super().__init__(daemon=True)
        self.script = script
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 scripted\r\n")
                self.converse(connection, lines)

    def converse(self, connection, lines):
        for line in lines:
            verb = line[:4].upper().decode().strip()
            step = self.script.get(verb)
            if step and step(connection) == "stop":
                return
            if step:
                continue
            if verb == "DATA":
                connection.sendall(b"354 go ahead\r\n")
                for content in lines:
                    if content == b".\r\n":
                        break
                if self.script["END"](connection) == "stop":
                    return
            elif verb == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 ok\r\n")

    def stop(self):
        self.listener.close()


@pytest.fixture
def scripted(settings):
    started = []

    def start(**script):
        script.setdefault("END", say(b"250 taken"))
        relay = ScriptedRelay(**script)
        relay.start()
        started.append(relay)
        settings.EMAIL_PORT = relay.port
        settings.EMAIL_TIMEOUT = 5

    yield start
    for relay in started:
        relay.stop()


def say(answer):
    return lambda connection: connection.sendall(answer + b"\r\n")


def hang_up(connection):
    return "stop"


def keep_silent(connection):
    time.sleep(1.5)
    return "stop"


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    return "stop"


@pytest.mark.parametrize("ending", [hang_up, reset, keep_silent])
def test_no_answer_after_the_message_is_unknown_and_never_sent_again(
    sent_call, scripted, monkeypatch, ending
):
    monkeypatch.setattr(relay_module, "FINAL_ANSWER_SECONDS", 0.5)
    scripted(END=ending)
    deliver_all()
    assert states(sent_call) == ["unknown"] * 3
    assert "did not answer" in deliveries(sent_call)[0].failure
    delivering.sweep(at=after(days=1))
    assert deliver_all(at=after(days=1)) == 0


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_message_is_tried_again(sent_call, scripted, verb):
    scripted(**{verb: hang_up})
    deliver_all()
    assert states(sent_call) == ["queued"] * 3


def test_a_refusal_of_the_message_itself_after_it_was_heard_is_an_answer(sent_call, scripted):
    scripted(END=say(b"552 too large"))
    deliver_all()
    assert states(sent_call) == ["failed"] * 3


@pytest.mark.parametrize(("answer", "state"), [(b"451 busy", "queued"), (b"550 no", "failed")])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_refusal_before_the_message(sent_call, scripted, verb, answer, state):
    scripted(**{verb: say(answer)})
    deliver_all()
    assert states(sent_call) == [state] * 3


def test_a_slow_yes_is_one_mail(sent_call, mail_server):
    mail_server.delay = 0.4
    deliver_all()
    assert states(sent_call) == ["sent"] * 3
    assert len(mail_server.messages) == 3


def test_one_contact_refused_is_said_and_the_other_gets_it(mail_server, scripted, quick):
    told = story(("100000.00",))
    ContactFactory(investor=told.partners[0].investor, email="gone@example.com")
    call = told.issued()
    send(told, call)
    render_all()
    answers = [b"250 ok", b"550 no such mailbox"]
    scripted(RCPT=lambda connection: say(answers.pop(0))(connection))
    deliver_all()
    [delivery] = deliveries(call)
    assert (delivery.state, delivery.failure) == ("sent", "Refused for gone@example.com: 550 no such mailbox")


# ---------------------------------------------------------------- what a dead worker leaves


def claim_and_die(at=None):
    """A worker that is killed with a claim in its hand."""
    delivery, _ = delivering._claim(at or after())
    return delivery


def test_a_claim_without_an_answer_is_unknown_when_its_lease_is_over(sent_call, settings):
    delivery = claim_and_die()
    delivering.sweep(at=after(seconds=settings.NOTICE_LEASE_SECONDS - 1))
    assert states(sent_call) == ["sending", "queued", "queued"]
    delivering.sweep(at=after(seconds=settings.NOTICE_LEASE_SECONDS + 1))
    assert states(sent_call) == ["unknown", "queued", "queued"]
    deliver_all(at=after(days=1))
    assert states(sent_call) == ["unknown", "sent", "sent"]
    delivery.refresh_from_db()
    assert "may have been delivered" in delivery.failure


def test_a_person_sends_an_unknown_one_again_as_a_round_of_its_own(sent_call, mail_server):
    claim_and_die()
    delivering.sweep(at=after(days=1))
    assert send(sent_call.told, sent_call) == 0
    assert send(sent_call.told, sent_call, resend=True) == 1
    deliver_all(at=after(days=1))
    assert states(sent_call) == ["unknown", "sent", "sent", "sent"]


ANSWERS: dict[str, bool | None] = {}


def lookup(message_id):
    """What the relay's log would tell."""
    answer = ANSWERS[message_id]
    if answer == "raise":
        raise OSError("the log is away")
    return answer


@pytest.mark.parametrize(
    ("answer", "state"), [(True, "sent"), (False, "queued"), (None, "unknown"), ("raise", "unknown")]
)
def test_a_relay_that_can_be_asked_settles_what_is_unknown(sent_call, settings, answer, state):
    settings.MAIL_RELAY_LOOKUP = f"{__name__}.lookup"
    delivery = claim_and_die()
    ANSWERS[delivery.message_id] = answer
    delivering.sweep(at=after(days=1))
    delivery.refresh_from_db()
    assert delivery.state == state
    assert delivery.sent_at == (after(days=1) if answer is True else None)


def test_the_relay_is_not_asked_before_the_lease_is_over(sent_call, settings):
    settings.MAIL_RELAY_LOOKUP = f"{__name__}.lookup"
    delivery = claim_and_die()
    NoticeDelivery.objects.filter(pk=delivery.pk).update(state="unknown")
    ANSWERS.clear()
    delivering.sweep(at=after(seconds=1))
    assert states(sent_call)[0] == "unknown"


def test_an_unknown_one_that_was_sent_again_is_not_queued_a_second_time(sent_call, settings):
    settings.MAIL_RELAY_LOOKUP = f"{__name__}.lookup"
    delivery = claim_and_die()
    delivering._end_leases(after(days=1))
    assert send(sent_call.told, sent_call, resend=True) == 1
    ANSWERS[delivery.message_id] = False
    delivering.sweep(at=after(days=2))
    delivery.refresh_from_db()
    assert delivery.state == "unknown"


def test_an_answer_that_comes_after_the_lease_still_counts(sent_call):
    delivery = claim_and_die()
    delivering._end_leases(after(days=1))
    delivering._write_down(delivery, relay_module.Taken(), after(days=1))
    assert states(sent_call)[0] == "sent"


def test_the_lease_is_longer_than_a_whole_conversation(settings):
    longest = 4 * settings.EMAIL_TIMEOUT + relay_module.FINAL_ANSWER_SECONDS
    assert timedelta(seconds=settings.NOTICE_LEASE_SECONDS) > timedelta(seconds=longest)
