"""D. Concurrency, retry, crash: what is not tried elsewhere. docs/attacks.md names the other tests."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from blackgem.models import AuditEvent
from devtools.embedded import placement, runtime
from devtools.embedded.postgres import APPLICATION, OWNER, Cluster
from funds.models import Notice, NoticeDocument, NoticeRendering
from funds.services import rendering
from tests.integration.notices.letters import after, deliver_all, deliveries, render_all, send
from tests.integration.notices.letters import story as letter_story
from tests.support.database import superuser_connection
from tests.support.opened import written
from tests.support.race import together
from tests.support.services import wait_for
from tests.support.web import WebProcess

MANAGE = [sys.executable, str(runtime.CHECKOUT / "manage.py")]


# ---------------------------------------------------------------- D14: the database is killed under load


@pytest.fixture
def cluster(monkeypatch):
    """A PostgreSQL with the demo's durable settings, which this test may kill."""
    folder = Path(tempfile.mkdtemp(prefix="blackgem-killed-"))
    folder.chmod(0o755)
    monkeypatch.setattr(placement, "ELSEWHERE", folder / "elsewhere")
    (folder / "var").mkdir(mode=0o755)
    made = Cluster(folder / "var")
    made.acquire()
    yield made
    made.release()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def environment(cluster):
    """Of a site on that database, with the search fund in it."""
    own = {
        "DATABASE_URL": cluster.url(APPLICATION),
        "DATABASE_OWNER_URL": cluster.url(OWNER),
        "BLACKGEM_VAR": str(cluster.var),
    }
    manage(own, "migrate", "--verbosity=0")
    manage(own, "load_demo", "--only=search", "--no-documents")
    return own


def manage(environment, *arguments) -> str:
    done = subprocess.run(
        [*MANAGE, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def site(environment, tmp_path):
    web = WebProcess(tmp_path / "web.log", environment=environment).start()
    yield web
    web.stop()


@pytest.mark.deep
def test_what_was_acknowledged_is_there_after_the_database_was_killed(cluster, environment, site):
    """Eight clients pay, PostgreSQL gets SIGKILL among them, and starts again from what is on the disk."""
    token = manage(environment, "api_token", "manager@demo.example").split()[-1]
    path, item = issue_a_large_call(site, token)
    acknowledged, stop = {}, threading.Event()

    def pay(number):
        body = {"itemId": item, "amount": 1, "txRef": f"FED-{number}"}
        answer = site.ask("POST", path, body, token=token, Idempotency_Key=f"pay-{number}")
        if answer and answer.status == 201:
            acknowledged[f"FED-{number}"] = answer.json["payments"][0]["id"]
        return answer

    def keep_paying(client):
        for number in range(client, 4000, 8):
            if stop.is_set():
                return
            pay(number)

    with ThreadPoolExecutor(8) as clients:
        running = [clients.submit(keep_paying, client) for client in range(8)]
        wait_for(lambda: len(acknowledged) >= 40, 60)
        os.kill(runtime.read(cluster.var)["postgres"]["pid"], signal.SIGKILL)
        stop.set()
        [one.result() for one in running]
    before = dict(acknowledged)
    wait_for(lambda: cluster.kept is None or not cluster.kept.is_running(), 30)
    with Cluster(cluster.var).in_use():
        assert before.items() <= kept_payments(cluster).items()
        for number in range(len(before) + 8):
            assert wait_for(lambda n=number: pay(n), 30).status == 201
        assert before.items() <= acknowledged.items(), "who asks again is told the same"
        assert kept_payments(cluster) == acknowledged
        assert "holds" in manage(environment, "reconcile")


def issue_a_large_call(site, token) -> tuple[str, int]:
    """The path of its payments, and an item of which much is owed."""
    [fund] = site.ask("GET", "/api/funds", token=token).json["funds"]
    body = {
        "fundId": fund["id"],
        "totalAmount": 500_000,
        "purpose": "x",
        "callDate": str(timezone.localdate()),
        "dueDate": "2199-12-31",
    }
    call = site.ask("POST", "/api/capital-calls", body, token=token).json
    path = f"/api/capital-calls/{call['id']}"
    assert site.ask("POST", f"{path}/send-notices", {"confirmed": True}, token=token).status == 200
    largest = max(call["items"], key=lambda one: one["calledAmount"])
    return f"{path}/payments", largest["id"]


def kept_payments(cluster) -> dict[str, int]:
    with psycopg.connect(cluster.url(OWNER)) as connection:
        query = (
            "SELECT r.tx_ref, p.id FROM payments p JOIN receipts r ON r.id = p.receipt_id"
            " WHERE r.tx_ref LIKE 'FED-%' AND p.amount = 1"
        )
        return dict(connection.execute(query).fetchall())


# ---------------------------------------------------------------- D16: waiting too long


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
def test_a_page_that_waits_too_long_says_when_to_come_again(world, trail, limit):
    call = trail.call()
    browser = Client()
    browser.force_login(world.people["manager"])
    with superuser_connection() as other, other.transaction(), connection.cursor() as cursor:
        other.execute("LOCK TABLE capital_calls IN ACCESS EXCLUSIVE MODE")
        cursor.execute(f"SET {limit} = '200ms'")
        answers = [browser.get(f"/calls/{call['id']}/"), trail.api.get(f"/capital-calls/{call['id']}")]
        cursor.execute(f"RESET {limit}")
    assert [(one.status_code, one["Retry-After"]) for one in answers] == [(503, "3")] * 2
    assert browser.get(f"/calls/{call['id']}/").status_code == 200


# ---------------------------------------------------------------- D17: two approve at once


@pytest.mark.django_db(transaction=True)
def test_two_managers_approve_the_same_call_at_once(world, trail):
    world.fund.four_eyes = True
    with written():
        world.fund.save()
    third = world.people["analyst"]
    with written():
        world.fund.memberships.filter(user=third).update(role="manager")
    path = f"/capital-calls/{trail.draft()['id']}"
    trail.api.made(f"{path}/submit", status=200)
    second, third = world.api("second"), world.api("analyst")
    answers = together([lambda: second.post(f"{path}/approve"), lambda: third.post(f"{path}/approve")])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert AuditEvent.objects.filter(verb__contains="approve").count() == 1
    assert Notice.objects.count() == 3


# ---------------------------------------------------------------- D18: the clock of the application is wrong


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [timedelta(hours=2), timedelta(hours=-2)], ids=["fast", "slow"])
def test_the_database_stamps_and_orders_what_was_recorded(trail, monkeypatch, wrong):
    began, call = clock_of_the_database(), trail.call()
    pay = f"/capital-calls/{call['id']}/payments"
    body = {"itemId": call["items"][0]["id"], "amount": 1, "valueDate": "2026-02-20"}
    first = trail.api.made(pay, body)["payments"][0]["id"]
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + wrong)
    second = trail.api.made(pay, body)["payments"][0]["id"]
    monkeypatch.undo()
    events = AuditEvent.objects.filter(verb="record_payment").order_by("id")
    assert all(began <= event.recorded_at <= clock_of_the_database() for event in events)
    assert [event.subjects[0] for event in events] == [
        f"capital.payment:{first}",
        f"capital.payment:{second}",
    ]
    listed = [row["id"] for row in trail.api.read(pay)["payments"]]
    assert listed == [first, second]


def clock_of_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("lost", "status"),
    [
        (psycopg.errors.AdminShutdown("terminating connection"), 503),
        (psycopg.OperationalError("server closed the connection unexpectedly"), 503),
        (psycopg.errors.DiskFull("no space left"), 500),
    ],
    ids=["shut down", "connection lost", "no room"],
)
def test_a_database_that_goes_away_says_when_to_come_again(world, trail, lost, status):
    """API and page, in the middle of a view and while the session is read; a full disk stays a fault of ours."""
    browser = Client(raise_request_exception=False)
    browser.force_login(world.people["manager"])

    def away(*_):
        raise OperationalError(str(lost)) from lost

    with connection.execute_wrapper(away):
        answered = [trail.api.get("/funds"), browser.get("/funds/")]
    assert [one.status_code for one in answered] == [status, status]
    for one in answered:
        assert one.headers.get("Retry-After") == ("3" if status == 503 else None)


# ---------------------------------------------------------------- D20: the disk is full


@pytest.mark.django_db
@pytest.mark.parametrize(
    "failing",
    [
        ("make_pdf", OSError(errno.ENOSPC, "No space left on device")),
        ("_store", OperationalError("could not extend file: No space left on device")),
    ],
    ids=["the worker's", "the database's"],
)
def test_a_letter_that_finds_no_room_waits_and_is_not_mailed(monkeypatch, mail_server, failing):
    told = letter_story()
    call = told.issued()
    send(told, call)
    name, error = failing

    def full(*args, **kwargs):
        raise error

    with monkeypatch.context() as disk:
        disk.setattr(rendering, name, full)
        for _ in range(3):
            try:
                rendering.render_next(at=after())
            except OperationalError:
                continue  # the task ends with it, and the next sweep tries again
        deliver_all()
    assert not NoticeDocument.objects.exists()
    assert mail_server.messages == []
    assert NoticeRendering.objects.count() == 3
    assert {delivery.state for delivery in deliveries(call)} == {"queued"}
    later = after(hours=1)
    assert render_all(later) == 3
    deliver_all(later)
    assert len(mail_server.messages) == 3
    assert {bytes(one.content)[-6:].strip() for one in NoticeDocument.objects.all()} == {b"%%EOF"}
