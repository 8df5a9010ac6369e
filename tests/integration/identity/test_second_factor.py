"""A second factor at sign-in, where it is demanded, and what takes it away."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blackgem.http.tokens import create_token
from blackgem.identity import changes
from blackgem.lib.context import WriteContext
from blackgem.models import AccountChange, AuditEvent
from funds.access import Role
from tests.factories import AdminFactory, ContactFactory, MembershipFactory, UserFactory
from tests.integration.identity.conftest import App, recovery_codes_of
from tests.support.pages import text_of

from .test_signing_in import is_signed_in

pytestmark = pytest.mark.django_db


def second_step(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


# ---------------------------------------------------------------- at sign-in


def test_the_password_alone_opens_nothing(client, mary, app, sign_in):
    assert sign_in()["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert client.get("/portal/")["Location"].startswith("/sign-in/")
    assert second_step(client, app.code()).status_code == 302
    assert is_signed_in(client)


def test_a_code_is_good_once(client, mary, app, sign_in):
    code = app.code()
    sign_in()
    second_step(client, code)
    again = Client()
    sign_in(browser=again)
    assert second_step(again, code).status_code == 422
    assert not is_signed_in(again)


def test_an_old_code_is_refused(client, mary, app, sign_in):
    sign_in()
    assert second_step(client, app.code(seconds_ago=120)).status_code == 422


def test_after_five_wrong_codes_there_is_a_pause(client, mary, app, sign_in):
    sign_in()
    statuses = [second_step(client, "000000").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert second_step(client, app.code()).status_code == 429


def test_a_recovery_code_is_good_once(client, mary, app, sign_in):
    code = recovery_codes_of(mary)[0]
    sign_in()
    assert second_step(client, code).status_code == 302
    again = Client()
    sign_in(browser=again)
    assert second_step(again, code).status_code == 422


def test_a_mailed_code_does_not_replace_it(client, mary, app):
    client.post(reverse("account_request_login_code"), {"email": "mary@fund.example"})
    code = next(line for line in mail.outbox[0].body.splitlines() if line.isupper() and " " not in line)
    answer = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert answer["Location"] == reverse("mfa_authenticate")


def test_the_secret_is_not_readable_in_the_database(mary, app):
    kept = Authenticator.objects.get(user=mary, type="totp").data["secret"]
    assert app.secret not in kept


def test_under_a_lost_key_no_code_fits(client, mary, app, sign_in, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    sign_in()
    assert second_step(client, app.code()).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    again = Client()
    sign_in(browser=again)
    assert second_step(again, app.code(seconds_ago=30)).status_code == 422


# ---------------------------------------------------------------- setting up


def test_setting_up_an_app_shows_recovery_codes(client, mary, sign_in, django_capture_on_commit_callbacks):
    sign_in()
    page = client.get(reverse("mfa_activate_totp"))
    app = App()
    app.secret = page.context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": app.code()}, follow=True)
    assert "10 of 10 are left" in text_of(answer)
    assert AuditEvent.objects.filter(verb="add_second_factor", actor=mary).exists()
    assert mail.outbox[-1].subject == "An authenticator app was set up"


def test_a_session_that_is_not_fresh_is_asked_again(client, mary):
    client.force_login(mary)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert "Is it you?" in text_of(client.get(answer["Location"]))


# ---------------------------------------------------------------- where it is demanded


@pytest.fixture
def demanded(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def manager():
    return MembershipFactory(role=Role.MANAGER).user


@pytest.mark.parametrize("who", [manager, AdminFactory])
@pytest.mark.parametrize("path", ["/", "/funds/", "/calls/", "/portal/", "/admin/", "/account/tokens/"])
def test_who_runs_things_sets_one_up_first(client, demanded, who, path):
    client.force_login(who())
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, reverse("account"))
    assert "Set up a second factor first" in text_of(client.get(answer["Location"]))


def test_the_api_says_so_too(client, demanded):
    client.force_login(manager())
    answer = client.get("/api/funds")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_a_token_that_was_made_before_still_speaks_for_itself(client, demanded):
    user = manager()
    token = create_token(user=user, scope="read", days=1, name="x", ctx=WriteContext(user, timezone.now()))
    client.force_login(user)
    assert client.get("/api/funds", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_with_one_the_house_is_open(client, demanded):
    user = manager()
    App(user)
    client.force_login(user)
    assert client.get("/funds/").status_code == 200


def test_recovery_codes_alone_are_none(client, demanded):
    user = manager()
    App(user)
    Authenticator.objects.filter(user=user, type="totp").delete()
    client.force_login(user)
    assert client.get("/funds/").status_code == 302


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_others_of_the_house_may_do_without(client, demanded, role):
    client.force_login(MembershipFactory(role=role).user)
    assert client.get("/funds/").status_code == 200


def test_investors_may_do_without_a_second_factor(client, demanded):
    user = UserFactory()
    ContactFactory(user=user)
    client.force_login(user)
    assert client.get("/portal/").status_code == 200


def test_signing_out_and_the_theme_stay_open(client, demanded):
    client.force_login(manager())
    assert client.post(reverse("theme"), {"theme": "light", "next": "/account/"}).status_code == 302
    assert client.post(reverse("logout"))["Location"] == "/sign-in/"


# ---------------------------------------------------------------- who has lost it


def test_what_is_lost_is_taken_away_by_two(client, mary, app, capsys):
    """Asked for by one administrator in the admin; or on the command line, where there is a single one."""
    boss, other = AdminFactory(), AdminFactory()
    client.force_login(boss)
    cleaned = {
        "action": "remove_second_factors",
        "_selected_action": [mary.pk],
        "confirmed": "yes",
        "reason": "Lost",
    }
    client.post(reverse("admin:blackgem_user_changelist"), cleaned)
    asked = AccountChange.objects.get()
    assert Authenticator.objects.filter(user=mary).count() == 2
    changes.approve(account_change_id=asked.pk, ctx=WriteContext(other, timezone.now()))
    assert not Authenticator.objects.filter(user=mary).exists()
    assert "Authenticator" not in str(asked.becomes)
    with pytest.raises(CommandError, match="no second factor"):
        call_command("remove_second_factors", "mary@fund.example")
    with pytest.raises(CommandError, match="no user"):
        call_command("remove_second_factors", "nobody@fund.example")
