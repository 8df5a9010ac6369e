"""Signing in by password and by mailed code, forgotten passwords; and that no answer tells who has an account."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blackgem.http.tokens import create_token
from blackgem.lib.context import WriteContext
from blackgem.models import AuditEvent
from tests.factories import PASSWORD, UserFactory
from tests.support.opened import written
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
NEW = "quite-another-horse"


def is_signed_in(client):
    return client.get(reverse("account")).status_code == 200


def program_of(user):
    token = create_token(user=user, scope="read", days=30, name="x", ctx=WriteContext(user, timezone.now()))
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/funds").status_code == 200
    return program


# ---------------------------------------------------------------- by password


def test_an_address_is_known_in_any_case(client, mary, sign_in):
    assert sign_in("MARY@FUND.EXAMPLE").status_code == 302
    assert is_signed_in(client)
    assert AuditEvent.objects.get(verb="sign_in").actor == mary


def test_a_refused_form_is_422_and_says_the_same_to_everybody(client, mary, sign_in):
    UserFactory(email="gone@fund.example", is_active=False)
    said = set()
    for email in ("mary@fund.example", "nobody@fund.example", "gone@fund.example"):
        answer = sign_in(email, PASSWORD if email.startswith("gone") else "wrong")
        assert answer.status_code == 422
        said.add(text_of(answer).replace(email, ""))
    assert len(said) == 1


def test_signing_in_leads_on_and_never_elsewhere(client, mary):
    cleaned = {"login": "mary@fund.example", "password": PASSWORD, "next": "/account/tokens/"}
    assert client.post(reverse("login"), cleaned)["Location"] == "/account/tokens/"
    client.post(reverse("logout"))
    elsewhere = client.post(reverse("login"), {**cleaned, "next": "https://evil.example/"})
    assert elsewhere["Location"] == "/"


def test_the_session_is_another_one_after_signing_in(client, mary, sign_in):
    client.get(reverse("login"))
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in()
    assert client.session.session_key != before


# ---------------------------------------------------------------- by mailed code


def ask_for_code(client, email):
    return client.post(reverse("account_request_login_code"), {"email": email}, follow=True)


def test_a_mailed_code_signs_in_once_and_only_in_its_browser(client, mary):
    ask_for_code(client, "mary@fund.example")
    code = re.search(r"^[A-Z0-9]{3,}-?[A-Z0-9]+$", mail.outbox[0].body, re.M)[0]
    thief = Client()
    ask_for_code(thief, "nobody@fund.example")
    thief.post(reverse("account_confirm_login_code"), {"code": code})
    assert not is_signed_in(thief)
    answer = client.post(reverse("account_confirm_login_code"), {"code": "WRONG1"})
    assert answer.status_code == 422
    assert client.post(reverse("account_confirm_login_code"), {"code": code}).status_code == 302
    assert is_signed_in(client)


def test_asking_for_a_code_tells_nothing(mary):
    answers = [ask_for_code(Client(), email) for email in ("mary@fund.example", "mark@fund.example")]
    assert text_of(answers[0]).replace("mary", "mark") == text_of(answers[1])
    assert [one.to for one in mail.outbox] == [["mary@fund.example"], ["mark@fund.example"]]
    assert "There is no account with it" in mail.outbox[1].body


def test_three_wrong_codes_end_the_attempt(client, mary):
    ask_for_code(client, "mary@fund.example")
    for _ in range(3):
        answer = client.post(reverse("account_confirm_login_code"), {"code": "WRONG1"})
    assert answer.status_code == 302
    code = re.search(r"^[A-Z0-9]{3,}-?[A-Z0-9]+$", mail.outbox[0].body, re.M)[0]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert not is_signed_in(client)


# ---------------------------------------------------------------- a forgotten password


def mailed_link(client, email="mary@fund.example"):
    client.post(reverse("account_reset_password"), {"email": email})
    return re.search(r"http://testserver(/password/new/\S+)", mail.outbox[-1].body)[1]


def set_password(client, link, password=NEW):
    form = client.get(link, follow=True)
    path = form.request["PATH_INFO"]
    return client.post(path, {"password1": password, "password2": password})


def test_a_mailed_link_sets_a_password_once(client, mary, sign_in):
    elsewhere = Client()
    sign_in(browser=elsewhere)
    program = program_of(mary)
    link = mailed_link(client)
    assert set_password(client, link).status_code == 302
    assert not is_signed_in(client)  # having the mailbox alone does not get round a second factor
    assert not is_signed_in(elsewhere)
    assert program.get("/api/funds").status_code == 401
    assert sign_in(password=PASSWORD).status_code == 422
    assert sign_in(password=NEW).status_code == 302
    assert Client().get(link, follow=True).status_code == 404
    assert AuditEvent.objects.filter(verb="reset_password", actor=mary).exists()
    assert "set anew" in mail.outbox[-1].body


def test_a_changed_password_leaves_only_this_session(client, mary, sign_in):
    elsewhere, program = Client(), program_of(mary)
    sign_in()
    sign_in(browser=elsewhere)
    cleaned = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post(reverse("account_change_password"), cleaned).status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert program.get("/api/funds").status_code == 401
    assert "its API tokens are revoked" in mail.outbox[-1].body


def test_of_two_links_the_second_dies_with_the_first(client, mary):
    first, second = mailed_link(client), mailed_link(client)
    set_password(client, first)
    assert Client().get(second, follow=True).status_code == 404


def test_a_link_is_good_for_two_hours(client, mary, settings):
    link = mailed_link(client)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert client.get(link, follow=True).status_code == 404


def test_a_link_of_somebody_who_left_opens_nothing_even_after_a_return(client, mary):
    link = mailed_link(client)
    for is_active in (False, True):
        mary.is_active = is_active
        with written():
            mary.save()
        assert Client().get(link, follow=True).status_code == 404


def test_a_weak_password_is_refused(client, mary):
    answer = set_password(client, mailed_link(client), "password1234")
    assert answer.status_code == 422
    assert "too common" in text_of(answer)


def test_asking_for_a_link_tells_nothing(client, mary):
    answers = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in ("mary@fund.example", "nobody@fund.example")
    ]
    assert text_of(answers[0]) == text_of(answers[1])
    assert "There is no account with it" in mail.outbox[1].body


def test_links_lead_to_the_configured_site(client, mary, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://capital.example"
    client.post(
        reverse("account_reset_password"), {"email": "mary@fund.example"}, headers={"host": "evil.example"}
    )
    assert "https://capital.example/password/new/" in mail.outbox[0].body
    assert "evil" not in mail.outbox[0].body


def test_a_silent_mail_server_is_said(client, mary, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 9
    answer = client.post(reverse("account_reset_password"), {"email": "mary@fund.example"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


def test_nobody_signs_up(client):
    answer = client.get(reverse("account_signup"))
    assert "by invitation" in text_of(answer)
    assert client.post(reverse("account_signup"), {"email": "x@y.example"}).status_code == 405


# ---------------------------------------------------------------- one's own password


def test_a_changed_password_ends_every_other_session(client, mary, sign_in):
    other = Client()
    sign_in()
    sign_in(browser=other)
    cleaned = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post(reverse("account_change_password"), cleaned).status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_a_person_without_a_password_signs_in_by_code_and_sets_one(client, mary):
    mary.set_unusable_password()
    mary.save()
    client.force_login(mary)
    answer = client.post(reverse("account_set_password"), {"password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    mary.refresh_from_db()
    assert mary.check_password(NEW)
