"""A web process killed with SIGKILL around the COMMIT of a payment: who asks again has paid once and is told so."""

import os
import random
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from blackgem.models import AuditEvent, IdempotentAnswer
from capital.models import Payment, Receipt
from tests.integration.api.conftest import api, trail, world
from tests.support.database import superuser_connection
from tests.support.invariants import violations
from tests.support.services import wait_for
from tests.support.web import WebProcess

__all__ = ["api", "trail", "world"]

pytestmark = pytest.mark.django_db(transaction=True)

WRITTEN = {"before commit": 0, "after commit": 1, "before answer": 1}


@pytest.fixture(scope="module")
def web(tmp_path_factory, django_db_setup):
    started = WebProcess(tmp_path_factory.mktemp("web") / "web.log", "mortal_web").start()
    yield started
    started.stop()


@pytest.fixture
def payment(trail):
    """Where and what a partner pays of a call of 60,000."""
    call = trail.call()
    body = {"itemId": call["items"][0]["id"], "amount": 100, "txRef": "FED-1", "valueDate": "2026-02-20"}
    return f"/api/capital-calls/{call['id']}/payments", body


def ask_until_answered(web, path, body, **headers):
    """As a client that does not give up: the same request again until there is an answer."""
    return wait_for(lambda: web.ask("POST", path, body, **headers), 60)


def recorded() -> tuple[int, ...]:
    """Payments, receipts, kept answers, events."""
    events = AuditEvent.objects.filter(verb="record_payment")
    return (*(kind.objects.count() for kind in (Payment, Receipt, IdempotentAnswer)), events.count())


@pytest.mark.parametrize("moment", WRITTEN)
@pytest.mark.parametrize("key", ["retry-1", None], ids=["key", "txRef"])
def test_killed_around_the_commit(web, trail, payment, moment, key):
    path, body = payment
    headers = {"token": trail.api.token, **({"Idempotency_Key": key} if key else {})}
    assert web.ask("POST", path, body, X_Die=moment, **headers) is None, "it lived to answer"
    assert Payment.objects.count() == Receipt.objects.count() == WRITTEN[moment]
    answered = ask_until_answered(web, path, body, **headers)
    again = web.ask("POST", path, body, **headers)
    assert (answered.status, again.status) == (201, 201)
    assert answered.content == again.content
    assert [row["amount"] for row in answered.json["payments"]] == [100]
    if key:
        assert (answered.headers.get("Idempotent-Replayed") == "true") is bool(WRITTEN[moment])
    assert recorded() == (1, 1, 1 if key else 0, 1)
    assert violations() == []


def test_what_hung_up_is_done_once_or_not_at_all(web, trail, payment):
    """The client does not learn which; by the same key it gets the one answer."""
    path, body = payment
    headers = {"token": trail.api.token, "Idempotency_Key": "hung-up"}
    web.ask_and_hang_up("POST", path, body, **headers)
    answers = [ask_until_answered(web, path, body, **headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert recorded() == (1, 1, 1, 1)


def test_who_waits_too_long_is_told_to_come_again_and_wrote_nothing(web, trail, payment):
    path, body = payment
    headers = {"token": trail.api.token, "Idempotency_Key": "waits"}
    with superuser_connection() as other, other.transaction():
        other.execute("SELECT FROM capital_call_items WHERE id = %s FOR UPDATE", [body["itemId"]])
        answer = web.ask("POST", path, body, **headers)
    assert (answer.status, answer.json["code"], answer.headers["Retry-After"]) == (503, "busy", "3")
    assert recorded() == (0, 0, 0, 0)
    assert web.ask("POST", path, body, **headers).status == 201


@pytest.mark.deep
def test_killed_again_and_again_every_payment_is_there_once(web, trail, payment):
    """Four clients, each of which asks again under its key until it is answered, and a worker killed at random."""
    path, body = payment
    done = threading.Event()
    kills = []

    def kill_now_and_then():
        moments = random.Random(11)
        while not done.wait(moments.uniform(0.1, 0.6)):
            for worker in children_of(web.kept.pid):
                os.kill(worker, signal.SIGKILL)
                kills.append(worker)
            wait_for(lambda: web.answers() or done.is_set(), 60)

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    try:
        with ThreadPoolExecutor(4) as clients:
            answers = list(clients.map(lambda n: pay_one(web, trail, path, body, n), range(40)))
    finally:
        done.set()
        killer.join()
        connection.close()
    assert {answer.status for answer in answers} == {201}
    assert len(kills) >= 2
    assert recorded() == (40, 40, 40, 40)
    assert {row.amount for row in Payment.objects.all()} == {100}
    assert violations() == []


def pay_one(web, trail, path, body, number):
    time.sleep(0.05)
    one = {**body, "txRef": f"FED-{number}"}
    return ask_until_answered(web, path, one, token=trail.api.token, Idempotency_Key=f"pay-{number}")


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_what_the_server_cannot_read_is_in_no_log(web):
    secret = b"a-token-of-somebody"
    for line in (b"GET /invitations/%s/ HTTP/9.9" % secret, b"%s /" % secret, b"GET /%s\x00" % secret):
        with socket.create_connection(("127.0.0.1", web.port), timeout=60) as connection:
            connection.sendall(line + b"\r\n\r\n")
            assert b" 400 " in connection.recv(1000)
    lines = web.log.read_text()
    assert lines.count("Invalid request from ip=127.0.0.1") == 3
    assert secret.decode() not in lines
