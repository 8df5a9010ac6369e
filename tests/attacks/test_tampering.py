"""J. Audit and tampering: who did it is written down with it, and no secret is. docs/attacks.md names the rest."""

import io
import logging

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from blackgem.models import AuditEvent
from funds.models import BankDetails
from tests.factories import PASSWORD
from tests.support.api import Api, token_of

pytestmark = pytest.mark.django_db


def test_a_change_says_what_was_there_before(world, ids, api):
    for path, body, field, pair in (
        ("/deals/{deal}", {"name": "Mine"}, "name", [world.deal.name, "Mine"]),
        ("/investors/{investor}", {"attention": "The Board"}, "attention", ["", "The Board"]),
    ):
        assert api.patch(path.format(**ids), body).status_code == 200
        assert AuditEvent.objects.latest("id").changes[field] == pair


# ---------------------------------------------------------------- J5: secrets

IBAN, ACCOUNT = "DE89370400440532013000", "000123456789"
WRONG = "a-password-that-is-wrong"


@pytest.fixture
def log():
    """Everything that is logged, formatted as it would be."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    [line] = [one for one in logging.getLogger().handlers if hasattr(one.formatter, "foreign_pre_chain")][:1]
    handler.setFormatter(line.formatter)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_secret_is_logged_or_audited(world, log):
    manager, browser = world.people["manager"], Client()
    manager.set_password(PASSWORD)
    manager.save()
    for password in (WRONG, PASSWORD):
        browser.post(reverse("login"), {"login": manager.email, "password": password})
    made = browser.post(
        reverse("tokens"), {"name_field": "Batch", "scope": "write", "days": "30"}, follow=True
    )
    shown = made.content.decode().partition('id="new-token">')[2].partition("<")[0]
    token, wrong = token_of(manager), "bg_a-token-that-is-wrong"
    for one in (token, wrong):
        Api(one).post("/deals", {"name": 5})
        Client().get(f"/api/funds?token={one}")
        Client().get("/api/nothing", headers={"Authorization": f"Bearer {one}"})
    details = {"bank_name": "B", "account_name": "A", "account_number": ACCOUNT, "iban": IBAN}
    browser.post(f"/funds/{world.fund.pk}/bank-details/new/", details)
    assert BankDetails.objects.get().iban == IBAN
    secrets = {
        "password": PASSWORD,
        "wrong password": WRONG,
        "token": token,
        "wrong token": wrong,
        "new token": shown,
        "IBAN": IBAN,
        "account": ACCOUNT,
        "session": Session.objects.latest("expire_date").session_key,
    }
    assert all(len(secret) >= 10 for secret in secrets.values()), secrets
    written = log.getvalue() + all_that_is_audited()
    assert "request='GET /api/'" in written, "there is a line, without the address"
    assert {name for name, secret in secrets.items() if secret in written} == set()


def all_that_is_audited() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(e::text, ' '), '') FROM audit_events e")
        return cursor.fetchone()[0]
