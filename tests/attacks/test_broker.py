"""Somebody who can write to the broker: workers may be woken, and nothing else comes of it."""

import base64
import json
from datetime import timedelta

import pytest
import redis
from django.utils import timezone

from blackgem import health
from blackgem.broker import DROPPED_KEY
from blackgem.celery import app
from blackgem.http import limits
from blackgem.lib.context import WriteContext
from capital.services import calls
from funds.models import NoticeDelivery
from tests.integration.notices.letters import story
from tests.support.opened import written
from tests.support.services import wait_for


def message(
    content=b"[[], {}, {}]", task="funds.tasks.work_on_notices", content_type="application/json", **parts
):
    """A message as Celery writes them, with `parts` in place of its own."""
    properties = {
        "correlation_id": "1",
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": "celery"},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": "1",
    }
    headers = {"lang": "py", "task": task, "id": "1", "argsrepr": "()", "kwargsrepr": "{}"}
    whole = {
        "body": base64.b64encode(content).decode(),
        "content-encoding": "utf-8",
        "content-type": content_type,
        "headers": headers,
        "properties": properties,
    }
    return json.dumps(whole | parts).encode()


#: No message at all: the transport cannot read it.
UNREADABLE = [
    b"no message",
    b"\xff\xfe",
    b"[]",
    b"{}",
    b"17",
    b'"word"',
    b"null",
    b'{"body": 1}',
    b"[" * 100_000,
]
#: A message of which Celery can make nothing.
USELESS = [
    message(b"no arguments"),
    message(b"{}"),
    message(b"17"),
    message(task="os.system"),
    message(task=None),
    message(b"cos\nsystem\n(S'true'\ntR.", content_type="application/x-python-serialize"),
    message(body="no base64"),
    message(body=17),
    message(headers={}),
    message(headers={"task": "funds.tasks.sweep_notices", "id": "2", "eta": "never"}),
    message(headers={"task": "funds.tasks.sweep_notices", "id": "2", "expires": [1]}),
    message(b'[["too", "many"], {}, {}]'),
]


@pytest.mark.django_db(transaction=True)
def test_what_is_no_message_ends_no_worker(celery_worker_process, valkey, mail_server):
    worker = celery_worker_process.start(beat=True)
    with redis.Redis.from_url(valkey) as broker:
        for bad in UNREADABLE + USELESS:
            broker.lpush("celery", bad)
        broker.hset("unacked", "forged", b"no message")
        broker.zadd("unacked_index", {"forged": 1})
        broker.sadd("_kombu.binding.celery", b"no binding", b"a\x06\x16b\x06\x16c\x06\x16d")
        wait_for(lambda: not broker.llen("celery"), seconds=30)
        app.control.broadcast("cancel_consumer", arguments={"queue": "celery"})
        assert app.control.inspect(timeout=1).conf() is None
        told = story(("100000.00",) * 2)
        call = told.issued("1000.00")
        calls.send_notices(call_id=call.pk, ctx=WriteContext(told.manager, timezone.now()))
        wait_for(lambda: len(mail_server.messages) == 2, seconds=60)
        assert int(broker.get(DROPPED_KEY)) >= len(UNREADABLE) - 1
    assert worker.is_running()
    assert "no message" not in worker.log.read_text()


@pytest.mark.django_db
def test_letters_that_wait_too_long_are_not_well(client, monkeypatch):
    monkeypatch.setattr(health, "worker_is_alive", lambda url: True)
    told = story(("100000.00",) * 2)
    call = told.issued("1000.00")
    assert client.get("/healthz/").json()["letters"]
    calls.send_notices(call_id=call.pk, ctx=WriteContext(told.manager, timezone.now()))
    assert client.get("/healthz/").status_code == 200
    waiting = NoticeDelivery.objects.all()
    with written():
        waiting.update(
            requested_at=timezone.now() - timedelta(hours=1), due_at=timezone.now() + timedelta(hours=1)
        )
    for state, status in (("queued", 503), ("sending", 503), ("unknown", 200), ("failed", 200)):
        waiting.update(state=state)
        answer = client.get("/healthz/")
        assert (answer.status_code, answer.json()["letters"]) == (status, status == 200)


@pytest.mark.parametrize("forged", [b"9" * 18, b"inf", b"nan", b"-1", b"word", ["a", "list"]])
def test_a_forged_count_locks_nobody_out(valkey, forged, monkeypatch):
    monkeypatch.setattr(limits, "_away_until", 0.0)
    limits._script.cache_clear()
    with redis.Redis.from_url(valkey) as broker:
        name = f"{limits.PREFIX}user:1"
        broker.set(name, forged) if isinstance(forged, bytes) else broker.rpush(name, *forged)
        assert [limits._spend("user:1", 3) for _ in range(3)] == [0, 0, 0]
        assert 0 < limits._spend("user:1", 3) <= 20_000_000
    limits._script(valkey).registered_client.close()
    limits._script.cache_clear()
