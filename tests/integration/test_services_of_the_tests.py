"""The tests' own services: a worker that can be killed, a mail server with moods, a browser, rows of a module."""

import smtplib

import pytest
from django.core.mail import EmailMessage

from blackgem.celery import worker_is_alive
from tests.factories import UserFactory
from tests.support.database import superuser_connection
from tests.support.services import wait_for
from tests.support.staging import committed_rows


def test_a_worker_lives_dies_and_lives_again(celery_worker_process, settings):
    celery_worker_process.start()
    assert worker_is_alive(settings.REDIS_URL)
    celery_worker_process.kill()
    assert not celery_worker_process.is_running()
    assert not worker_is_alive(settings.REDIS_URL)
    celery_worker_process.start()
    assert worker_is_alive(settings.REDIS_URL)


def test_the_site_is_healthy_with_its_worker(live_stack, client):
    assert client.get("/healthz/").json() == {
        "web": True,
        "database": True,
        "worker": True,
        "letters": True,
        "seals": True,
        "reconcile": True,
    }


def test_without_a_worker_it_says_so(client, db, valkey):
    answer = client.get("/healthz/")
    assert answer.status_code == 503
    well = {"web": True, "database": True, "letters": True, "seals": True, "reconcile": True}
    assert answer.json() == well | {"worker": False}


def send(subject="Hello"):
    EmailMessage(subject, "Body", "capital@demo.example", ["lp@demo.example"]).send()


def test_mail_is_recorded(mail_server):
    send()
    assert [message["Subject"] for message in mail_server.to("lp@demo.example")] == ["Hello"]
    assert mail_server.has(mail_server.messages[0]["Message-ID"])


def test_mail_can_be_refused(mail_server):
    mail_server.refuse_next(1, "550 no such mailbox")
    with pytest.raises(smtplib.SMTPDataError):
        send("refused")
    send("accepted")
    assert [message["Subject"] for message in mail_server.messages] == ["accepted"]


def test_a_browser_opens_a_page(page, valkey):
    page.goto("/healthz/")
    assert '"database": true' in page.inner_text("body")
    assert "503" in page.problems[0]
    page.problems.clear()


def test_waiting_fails_when_nothing_happens():
    with pytest.raises(pytest.fail.Exception):
        wait_for(lambda: False, seconds=0.1)


def users() -> int:
    with superuser_connection() as connection:
        return connection.execute("SELECT count(*) FROM users").fetchone()[0]


def test_rows_of_a_module_are_emptied_though_writing_them_failed(django_db_setup, django_db_blocker):
    def fail():
        with committed_rows(django_db_blocker):
            UserFactory()
            assert users() == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert users() == 0
