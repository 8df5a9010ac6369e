"""What binds asks first, in the admin too; what ends an account's access ends it for good."""

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blackgem.http.tokens import create_token
from blackgem.lib.context import WriteContext
from blackgem.models import User
from capital.models import CapitalCall
from tests.factories import PASSWORD, AllocationFactory, UserFactory
from tests.integration.admin.acting import asked_of, draft, url
from tests.integration.identity.test_signing_in import is_signed_in
from tests.support.opened import written

pytestmark = pytest.mark.django_db


def test_an_action_that_binds_does_nothing_until_it_is_confirmed(browser, call, administrator):
    drafted = draft(call.fund, AllocationFactory(fund=call.fund), by=administrator)
    page, row = url(CapitalCall, "changelist"), CapitalCall.objects.filter(pk=drafted.pk)
    for action, after in (("issue", "sent"), ("cancel", "cancelled")):
        before = row.get().status
        asked = browser.post(page, asked_of([drafted], action)).content.decode()
        assert row.get().status == before
        assert f"Capital Call {drafted.number}" in asked or str(drafted) in asked
        confirmed = asked_of([drafted], action, confirmed="yes")
        if action == "cancel":
            assert "This field is required" in browser.post(page, confirmed).content.decode()
            assert row.get().status == before
            confirmed["reason"] = "Deal fell through"
        browser.post(page, confirmed)
        assert row.get().status == after


@pytest.fixture
def mary(db):
    return UserFactory(email="mary@demo.example")


@pytest.fixture
def signed_in(mary):
    """A browser and a program of hers."""
    browser = Client()
    browser.post(reverse("login"), {"login": mary.email, "password": PASSWORD})
    token = create_token(user=mary, scope="read", days=300, name="x", ctx=WriteContext(mary, timezone.now()))
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert is_signed_in(browser)
    assert program.get("/api/funds").status_code == 200
    return browser, program


def assert_out(signed_in):
    browser, program = signed_in
    assert not is_signed_in(browser)
    assert program.get("/api/funds").status_code == 401


def save(browser, user, **cleaned):
    fields = {"email": user.email, "full_name": user.full_name, **cleaned}
    assert browser.post(url(User, "change", user.pk), fields).status_code == 302


def told(mary) -> list[str]:
    return [one.subject for one in mail.outbox if one.to == ["mary@demo.example"]]


def test_who_is_disabled_is_out_for_good_and_told(browser, mary, signed_in):
    save(browser, mary)
    assert_out(signed_in)
    assert told(mary) == ["Your account is closed"]
    save(browser, mary, is_active="on", reason="Back from leave")
    assert not User.objects.get(pk=mary.pk).is_active
    assert_out(signed_in)


def test_who_is_disabled_by_plain_sql_is_out_for_good(mary, signed_in):
    for active in (False, True):
        with written(), connection.cursor() as cursor:
            cursor.execute("UPDATE users SET is_active = %s WHERE id = %s", [active, mary.pk])
        assert_out(signed_in)
