"""Whoever could not sign in and whatever was refused is in the audit trail: with the person where it is known, the
address, the route, and nothing that was typed."""

from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from blackgem.lib import audit
from blackgem.lib.timeline import entries_of
from blackgem.models import AuditEvent
from tests.factories import PASSWORD, MembershipFactory
from tests.integration.capital.story import Story
from tests.integration.identity.conftest import app, mary, sign_in
from tests.support.api import token_of

__all__ = ["app", "mary", "sign_in"]
pytestmark = pytest.mark.django_db


def refused(verb: str) -> AuditEvent:
    """The one event that came of it."""
    [event] = AuditEvent.objects.filter(verb=verb)
    assert PASSWORD not in str(event.__dict__)
    return event


def test_a_wrong_password_is_on_the_timeline_of_whose_account_it_was(mary, sign_in):
    sign_in(password="hunter2-hunter2", REMOTE_ADDR="198.51.100.7")
    event = refused("fail_sign_in")
    assert (event.actor, event.subjects) == (None, [f"blackgem.user:{mary.pk}"])
    assert event.address == "198.51.100.7"
    assert "hunter2" not in str(event.__dict__)
    [told] = entries_of([event], "USD")
    assert (told.who, told.what) == ("Somebody", "gave a wrong password")


def test_an_address_that_nobody_has_is_not_repeated(sign_in):
    sign_in(email="my-password-in-the-wrong-field@fund.example")
    event = refused("fail_sign_in")
    assert (event.actor, event.subjects, event.object_label) == (None, [], "an unknown person")
    assert "wrong-field" not in str(event.__dict__)


def test_a_wrong_code_at_the_second_step(client, mary, app, sign_in):
    sign_in()
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert refused("fail_second_factor").subjects == [f"blackgem.user:{mary.pk}"]


def test_what_a_role_does_not_reach_is_refused_and_recorded():
    story = Story()
    analyst = MembershipFactory(fund=story.fund, role="analyst").user
    draft = story.draft("1000.00")
    browser = Client()
    browser.force_login(analyst)
    assert browser.post(reverse("capital:call_issue", args=[draft.pk])).status_code == 403
    event = refused("be_refused")
    assert event.actor == analyst
    asked = {name: new for name, (_, new) in event.changes.items()}
    assert asked == {
        "request": "POST /calls/<int:call_id>/issue/",
        "rows": {"call_id": draft.pk},
        "status": 403,
    }


@pytest.mark.parametrize("header", ["Bearer bg_nobody-has-this", "Basic bWU6cGFzc3dvcmQ="])
def test_a_bad_token_is_recorded_without_its_bytes(client, header):
    assert client.get("/api/funds", headers={"Authorization": header}).status_code == 401
    event = refused("be_refused")
    assert (event.actor, event.subjects) == (None, [])
    assert header.split()[1] not in str(event.__dict__)


def test_a_token_that_may_only_read_is_its_persons(client):
    story = Story()
    token = token_of(story.manager, scope="read")
    answer = client.post("/api/funds", {}, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, refused("be_refused").actor) == (403, story.manager)


def test_a_form_from_another_site(client):
    story = Story()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(story.manager)
    assert browser.post(reverse("funds:fund_new")).status_code == 403
    assert refused("be_refused").actor == story.manager


def test_where_it_cannot_be_written_the_answer_stands(client, monkeypatch, caplog):
    monkeypatch.setattr(audit, "record", Mock(side_effect=OperationalError("the disk is full")))
    assert client.get("/api/funds").status_code == 401
    assert "A refusal could not be recorded." in caplog.text
