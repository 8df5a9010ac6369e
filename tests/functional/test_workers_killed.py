"""A real worker, killed with SIGKILL again and again while it renders and mails: nobody twice, nobody lost."""

import contextlib
import os
import random
import signal
import time
from collections import Counter

import pytest
from django.utils import timezone

from blackgem.lib.context import WriteContext
from capital.services import calls
from funds.models import NoticeDelivery, NoticeDocument
from funds.services.notices import wake_workers
from tests.integration.notices.letters import story
from tests.support.services import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

PARTNERS = 14
SETTLED = ("sent", "failed", "unknown")


@pytest.fixture
def sent_call():
    """A call to 14 partners, issued and queued for mailing this very moment."""
    told = story(("100000.00",) * PARTNERS)
    call = told.issued("14000.00")
    calls.send_notices(call_id=call.pk, ctx=WriteContext(told.manager, timezone.now()))
    return call


@pytest.fixture
def worker(celery_worker_process):
    celery_worker_process.environment["NOTICE_LEASE_SECONDS"] = "2"
    return celery_worker_process


def states() -> Counter:
    return Counter(NoticeDelivery.objects.values_list("state", flat=True))


def is_settled() -> bool:
    return sum(states()[state] for state in SETTLED) == PARTNERS


def received(mail_server) -> Counter:
    return Counter(message["X-Envelope-To"] for message in mail_server.messages)


def kill_again_and_again(worker, mail_server, *, after_messages, times, note=lambda message: None) -> int:
    """Kill the worker the moment each of `after_messages` was taken, and otherwise at random; answer how often.

    A message that was just taken is the worst moment: the relay has it, and the worker cannot write that down.
    """
    moments, kills, worst = random.Random(7), 0, set(after_messages)

    def at_the_worst_moment(message):
        note(message)
        if len(mail_server.messages) in worst:
            os.killpg(worker.pid, signal.SIGKILL)

    mail_server.after_accepting = at_the_worst_moment
    while not is_settled():
        worker.start(beat=True)
        life = moments.uniform(0.3, 1.5) if kills < times else 60
        wait_for_end(worker, life)
        if is_settled():
            break
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        worker.stop()
        kills += 1
    return kills


def wait_for_end(worker, seconds):
    until = time.monotonic() + seconds
    while worker.is_running() and time.monotonic() < until and not is_settled():
        time.sleep(0.02)


@pytest.mark.deep
def test_killed_again_and_again_nobody_gets_two_mails_and_nobody_is_lost(sent_call, worker, mail_server):
    kills = kill_again_and_again(worker, mail_server, after_messages={3, 9}, times=3)
    mails = received(mail_server)
    assert kills >= 3
    assert not [address for address, count in mails.items() if count > 1]
    assert NoticeDocument.objects.count() == PARTNERS
    assert set(states()) == {"sent", "unknown"}
    for delivery in NoticeDelivery.objects.filter(state="sent"):
        assert mails[delivery.recipients[0]] == 1
    unknown = NoticeDelivery.objects.filter(state="unknown")
    assert unknown.count() >= 2
    assert all("may have been delivered" in delivery.failure for delivery in unknown)


@pytest.mark.deep
def test_where_the_relay_can_be_asked_everybody_gets_exactly_one(sent_call, worker, mail_server, tmp_path):
    log = tmp_path / "relay.log"
    log.touch()
    worker.environment |= {
        "MAIL_RELAY_LOOKUP": "tests.support.relay_log.was_accepted",
        "RELAY_LOG": str(log),
    }

    def note(message):
        with log.open("a") as file:
            file.write(f"{message['Message-ID']}\n")

    kill_again_and_again(worker, mail_server, after_messages={4}, times=2, note=note)
    wait_for(lambda: states() == {"sent": PARTNERS}, 40, "Not everything that was unknown was settled")
    assert received(mail_server) == {f"lp{number}@example.com": 1 for number in range(1, PARTNERS + 1)}


def test_a_worker_that_is_told_to_stop_ends_with_the_notice_it_is_at(sent_call, worker, mail_server):
    worker.start()
    wake_workers()
    wait_for(lambda: len(mail_server.messages) >= 2, 30)
    os.kill(worker.pid, signal.SIGTERM)
    wait_for(lambda: not worker.is_running(), 15, "The worker did not stop between two notices")
    worker.stop()
    assert 2 <= len(mail_server.messages) < PARTNERS
    assert states() == {"sent": len(mail_server.messages), "queued": PARTNERS - len(mail_server.messages)}
    worker.start(beat=True)
    wait_for(is_settled, 30)
    assert received(mail_server) == {f"lp{number}@example.com": 1 for number in range(1, PARTNERS + 1)}
