"""Sessions that a person sees and ends; API tokens that a person makes, limits and revokes."""

import time
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blackgem.identity.middleware import SEEN_AT
from blackgem.models import ApiToken, AuditEvent
from tests.factories import PASSWORD, UserFactory
from tests.support.pages import text_of

from .test_signing_in import is_signed_in

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- sessions


@pytest.fixture
def telephone(mary, sign_in):
    browser = Client(headers={"user-agent": "Telephone"})
    sign_in(browser=browser)
    return browser


def test_a_person_sees_its_sessions_and_ends_one(client, mary, telephone, sign_in):
    sign_in()
    assert "Telephone" in text_of(client.get(reverse("usersessions_list")))
    other = UserSession.objects.get(user_agent="Telephone")
    client.post(reverse("session_end", args=[other.pk]))
    assert not is_signed_in(telephone)
    assert is_signed_in(client)


def test_a_person_ends_all_others(client, mary, telephone, sign_in):
    sign_in()
    client.post(reverse("sessions_end_others"))
    assert not is_signed_in(telephone)
    assert is_signed_in(client)


def test_ending_the_present_one_signs_out(client, mary, sign_in):
    sign_in()
    client.post(reverse("session_end", args=[UserSession.objects.get().pk]))
    assert not is_signed_in(client)


def test_nobody_ends_a_session_of_somebody_else(client, telephone):
    client.force_login(UserFactory())
    session = UserSession.objects.get(user_agent="Telephone")
    assert client.post(reverse("session_end", args=[session.pk])).status_code == 404
    assert is_signed_in(telephone)


def rest(client, minutes):
    session = client.session
    session[SEEN_AT] = time.time() - minutes * 60
    session.save()


def test_a_session_that_rests_too_long_ends(client, mary, sign_in, settings):
    settings.SESSION_IDLE_MINUTES = 15
    sign_in()
    rest(client, 14)
    assert is_signed_in(client)
    rest(client, 16)
    assert not is_signed_in(client)
    assert client.get("/api/funds").status_code == 401


def test_who_left_is_out_at_the_next_request(client, mary, sign_in):
    sign_in()
    mary.is_active = False
    mary.save()
    assert not is_signed_in(client)


# ---------------------------------------------------------------- tokens


def make(client, **cleaned):
    return client.post(reverse("tokens"), {"name_field": "Export", "scope": "read", "days": "30", **cleaned})


def shown(client):
    return client.get(reverse("tokens")).context["new_token"]


def test_a_token_is_shown_once_and_works_within_its_limits(client, mary, sign_in):
    sign_in()
    assert make(client).status_code == 302
    token = shown(client)
    assert token.startswith("bg_")
    assert shown(client) == ""
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/funds").status_code == 200
    assert program.post("/api/funds", {}, content_type="application/json").status_code == 403
    kept = ApiToken.objects.get()
    assert (kept.name, kept.scope, kept.user) == ("Export", "read", mary)
    assert timedelta(days=29) < kept.expires_at - timezone.now() <= timedelta(days=30)
    assert token not in str(ApiToken.objects.values())


def test_a_revoked_token_opens_nothing(client, mary, sign_in):
    sign_in()
    make(client)
    token = shown(client)
    row = ApiToken.objects.get()
    assert client.post(reverse("token_revoke", args=[row.pk])).status_code == 302
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/funds").status_code == 401
    assert client.post(reverse("token_revoke", args=[row.pk])).status_code == 409
    assert set(AuditEvent.objects.values_list("verb", flat=True)) >= {"create_token", "revoke_token"}


def test_a_token_of_somebody_else_is_not_there(client, mary, sign_in):
    sign_in()
    make(client)
    other = Client()
    other.force_login(UserFactory())
    assert other.post(reverse("token_revoke", args=[ApiToken.objects.get().pk])).status_code == 404
    assert "Export" not in text_of(other.get(reverse("tokens")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name_field": ""},
        {"name_field": "a\x00b"},
        {"scope": "admin"},
        {"days": "0"},
        {"days": "367"},
        {"days": "x"},
    ],
)
def test_what_can_be_no_token_is_refused(client, mary, sign_in, wrong):
    sign_in()
    assert make(client, **wrong).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_session_that_is_not_fresh_says_again_who_it_is_and_goes_on(client, mary):
    client.force_login(mary)
    answer = make(client)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not ApiToken.objects.exists()
    assert client.post(answer["Location"], {"password": "wrong"}).status_code == 422
    client.post(answer["Location"], {"password": PASSWORD, "next": reverse("tokens")})
    assert shown(client).startswith("bg_")


def test_the_list_marks_what_is_over(client, mary, sign_in):
    sign_in()
    make(client)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(days=1))
    page = text_of(client.get(reverse("tokens")))
    assert "Over since" in page
