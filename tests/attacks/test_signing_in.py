"""F. Login, session, second factor. Where another test tries a row already, it is named here and not tried twice.

F1   tests/integration/identity/test_guessing.py: by person, by place and over many people; test_signing_in.py: the same
     words for everybody; here: the same work
F2   test_guessing.py: what a client says of its address is not believed, and nobody is locked out by somebody else
F3   test_second_factor.py: wrong codes, a code twice, an old code, the portal before the second step. A code that is
     refused is a refused form: 422
F5   here, and test_signing_in.py: another session after signing in
F6   here, test_own_account.py (session), test_signing_in.py (link to a new password),
     test_workflow_over_the_api.py (token). There are no signed addresses
F7   test_signing_in.py: a link twice, two links; here: another host
F8, F9   test_sessions.py
F10  here, for pages; test_every_answer.py for the API
"""

import pytest
from django.conf import settings as site
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, UserFactory
from tests.integration.attacks.unchanged import nothing_written
from tests.integration.identity.conftest import app, mary, sign_in
from tests.integration.identity.test_signing_in import is_signed_in, mailed_link
from tests.support.api import problem, token_of
from tests.support.passkey import Passkey

__all__ = ["app", "mary", "sign_in"]
pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- guessing


def test_the_same_work_for_everybody(mary, sign_in, monkeypatch):
    """In place of a clock: how often a password is hashed, which is what takes time."""
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(args[1]) or encode(*args))
    UserFactory(email="gone@fund.example", is_active=False)
    counts = set()
    for email in ("mary@fund.example", "nobody@fund.example", "gone@fund.example"):
        hashed.clear()
        assert sign_in(email, "wrong").status_code == 422
        counts.add(hashed.count("wrong"))
    assert counts == {1}


# ---------------------------------------------------------------- passkeys


@pytest.fixture
def secure(settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False


def challenge(client) -> str:
    asked = client.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    return asked.json()["request_options"]["publicKey"]["challenge"]


def show(client, answer):
    return client.post(reverse("mfa_login_webauthn"), {"credential": answer})


def test_a_passkey_opens(client, mary, secure):
    passkey = Passkey(mary)
    for browser in (client, Client()):
        show(browser, passkey.answer(challenge(browser)))
        assert is_signed_in(browser)


FORGED = {
    "origin": {"origin": "https://evil.example"},
    "subdomain": {"origin": "https://testserver.evil.example"},
    "site": {"site": "evil.example"},
    "count back": {"count": 6},
    "count again": {"count": 7},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_what_opens_nothing(client, mary, secure, forged):
    passkey = Passkey(mary, count=7)
    show(client, passkey.answer(challenge(client), **forged))
    assert not is_signed_in(client)


def test_an_answer_of_a_passkey_opens_once(client, mary, secure):
    passkey = Passkey(mary)
    answer = passkey.answer(challenge(client))
    show(client, answer)
    client.post(reverse("logout"))
    show(client, answer)
    challenge(client)
    show(client, answer)
    assert not is_signed_in(client)


def test_a_passkey_of_somebody_else_opens_nothing(client, mary, secure):
    thief = Passkey(UserFactory())
    Passkey(mary)
    show(client, thief.answer(challenge(client), of=mary))
    assert not is_signed_in(client)


@pytest.mark.parametrize("junk", ["", "{}", "[]", "null", "1", '{"id": 1}', '{"response": {}}', "\x00"])
def test_what_is_no_answer_of_a_passkey_opens_nothing(client, mary, secure, junk):
    challenge(client)
    assert show(client, junk).status_code in (302, 422)
    assert not is_signed_in(client)


def test_passkeys_that_count_nothing_are_good(client, mary, secure):
    passkey = Passkey(mary, count=0)
    for browser in (client, Client()):
        show(browser, passkey.answer(challenge(browser), count=0))
        assert is_signed_in(browser)


# ---------------------------------------------------------------- sessions


def test_a_new_password_ends_all_other_sessions(client, mary, sign_in):
    elsewhere = Client()
    for browser in (client, elsewhere):
        sign_in(browser=browser)
    before = client.session.session_key
    cleaned = {
        "oldpassword": PASSWORD,
        "password1": "four-horses-running",
        "password2": "four-horses-running",
    }
    assert client.post(reverse("account_change_password"), cleaned).status_code == 302
    assert is_signed_in(client)
    assert client.session.session_key != before
    assert not is_signed_in(elsewhere)


def test_a_role_ends_at_the_next_request(client, world):
    client.force_login(world.people["analyst"])
    assert client.get(reverse("dashboard:fund", args=[world.fund.pk])).status_code == 200
    world.fund.memberships.filter(user=world.people["analyst"]).delete()
    assert client.get(reverse("dashboard:fund", args=[world.fund.pk])).status_code == 404


def test_who_left_is_out_everywhere(client, world):
    person = world.people["manager"]
    token, link = token_of(person), mailed_link(Client(), person.email)
    client.force_login(person)
    person.is_active = False
    person.save()
    assert client.get("/funds/")["Location"].startswith("/sign-in/")
    problem(client.get("/api/funds"), 401)
    problem(Client().get("/api/funds", headers={"Authorization": f"Bearer {token}"}), 401)
    assert Client().get(link, follow=True).status_code == 404


def test_no_mail_links_to_another_host(client, mary):
    for headers in ({"Host": "evil.test"}, {"X-Forwarded-Host": "evil.test"}):
        answer = client.post(reverse("account_reset_password"), {"email": mary.email}, headers=headers)
        assert answer.status_code == (400 if "Host" in headers else 302)
    (sent,) = mail.outbox
    assert "evil.test" not in sent.body
    assert f"{site.SITE_URL}/password/new/" in sent.body


# ---------------------------------------------------------------- forms of others


def page_token(client, path="/funds/") -> str:
    client.get(path)
    return client.cookies["csrftoken"].value


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "https://evil.testserver"},
        {"Origin": "http://testserver.evil.test"},
    ],
    ids=["no token", "evil", "null", "subdomain", "longer"],
)
def test_a_form_of_another_site(world, headers):
    client, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    client.force_login(world.people["manager"])
    other.force_login(world.people["stranger"])
    path = reverse("funds:deal_new")
    own, theirs = page_token(client, path), page_token(other, path)
    with nothing_written():
        token = own if headers else ""
        refused = client.post(path, {"name_field": "x", "csrfmiddlewaretoken": token}, headers=headers)
        assert refused.status_code == 403
        assert client.post(path, {"name_field": "x", "csrfmiddlewaretoken": theirs}).status_code == 403
    assert client.post(path, {"name_field": "x", "csrfmiddlewaretoken": own}).status_code == 302
