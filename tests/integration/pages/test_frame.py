"""Around every page: signing in and out, the theme, the name of a request, and what errors look like."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from blackgem.lib.errors import Busy, Conflict, Forbidden, InvalidInput, NotFound
from blackgem.lib.money import MoneyError, Unshowable
from blackgem.models import AuditEvent
from dashboard.views import approvals
from tests.factories import PASSWORD, UserFactory
from tests.support.pages import text_of

from ..capital.story import Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    user = UserFactory(email="mary@fund.example")
    client.force_login(user)
    return user


# ---------------------------------------------------------------- signing in


def test_a_person_signs_in_by_mail_address_and_out_again(client):
    UserFactory(email="mary@fund.example")
    page = client.get(reverse("login"))
    assert 'autocomplete="current-password"' in page.content.decode()
    answer = client.post(reverse("login"), {"login": "mary@fund.example", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get(reverse("dashboard:overview")).status_code == 200
    assert client.get(reverse("logout")).status_code == 405
    client.post(reverse("logout"))
    assert client.get(reverse("dashboard:overview")).status_code == 302


def test_a_wrong_password_and_an_unknown_person_read_the_same(client):
    UserFactory(email="mary@fund.example")
    answers = [
        client.post(reverse("login"), {"login": name, "password": "wrong"})
        for name in ("mary@fund.example", "nobody@fund.example")
    ]
    said = [re.search(r'id="sign-in-error".*?</div></div>', one.content.decode(), re.S)[0] for one in answers]
    assert said[0] == said[1]
    assert 'value="nobody@fund.example"' in answers[1].content.decode()
    assert "wrong" not in text_of(answers[0])


# ---------------------------------------------------------------- the theme


def test_the_theme_is_a_cookie_that_the_server_reads(client, user):
    assert 'data-theme="dark"' in client.get("/").content.decode()
    answer = client.post(reverse("theme"), {"theme": "light", "next": "/calls/?page=1"})
    assert answer["Location"] == "/calls/?page=1"
    assert 'data-theme="light"' in client.get("/").content.decode()


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "javascript:alert(1)", ""])
def test_choosing_a_theme_leads_nowhere_else(client, back):
    assert client.post(reverse("theme"), {"theme": "light", "next": back})["Location"] == "/"


def test_no_other_theme_is_kept(client):
    answer = client.post(reverse("theme"), {"theme": '"><script>', "next": "/"})
    assert "theme" not in answer.cookies
    assert client.get(reverse("theme")).status_code == 405


# ---------------------------------------------------------------- the name of a request


def test_every_answer_names_its_request(client):
    given = client.get(reverse("login"), headers={"X-Request-ID": "proxy-1234567"})
    assert given["X-Request-ID"] == "proxy-1234567"
    drawn = client.get(reverse("login"), headers={"X-Request-ID": 'a b"c<script>'})
    assert re.fullmatch(r"[0-9a-f]{32}", drawn["X-Request-ID"])


def test_the_audit_trail_keeps_the_name_of_the_request(client):
    story = Story()
    draft = story.draft()
    client.force_login(story.manager)
    answer = client.post(reverse("capital:call_submit", args=[draft.pk]))
    assert AuditEvent.objects.get(verb="submit_call").request_id == answer["X-Request-ID"]


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotFound("not_found", "There is no such call."), 404, "There is nothing here"),
        (Forbidden("role", "Only a manager may do this."), 403, "Only a manager may do this."),
        (Conflict("moved", "The figures have moved."), 409, "The figures have moved."),
        (InvalidInput("bad", "That is no number."), 400, "could not be read"),
        (Busy("busy", "Try again."), 503, "Busy for a moment"),
    ],
)
def test_what_the_domain_refuses_has_a_page_of_its_own(client, user, monkeypatch, error, status, words):
    def refuse():
        raise error

    monkeypatch.setattr(approvals, "queues", refuse)
    answer = client.get(reverse("dashboard:approvals"))
    assert answer.status_code == status
    assert words in text_of(answer)
    assert answer["X-Request-ID"] in text_of(answer)
    assert (answer.get("Retry-After") == "3") == (status == 503)


@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError("secret detail of the inside"),
        MoneyError("amount.max_decimal_places", "secret: what was read is no money"),
        Unshowable("amount.max_decimal_places", "secret: what was worked out is no money"),
    ],
)
def test_a_fault_of_ours_shows_nothing_of_the_inside(client, user, monkeypatch, fault):
    def break_down():
        raise fault

    monkeypatch.setattr(approvals, "queues", break_down)
    client.raise_request_exception = False
    answer = client.get(reverse("dashboard:approvals"))
    assert answer.status_code == 500
    page = text_of(answer)
    assert "We could not finish that" in page
    assert answer["X-Request-ID"] in page
    assert "secret" not in page
    assert "Traceback" not in page


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/calls/0/", "/calls/9223372036854775808/", "/calls/1e5/", "/calls/%00/"]
)
def test_an_address_that_leads_nowhere_says_so(client, user, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer["X-Request-ID"] in text_of(answer)


def test_a_form_without_its_token_is_refused_kindly():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    answer = client.post(reverse("logout"))
    assert answer.status_code == 403
    assert "This form has expired" in text_of(answer)
