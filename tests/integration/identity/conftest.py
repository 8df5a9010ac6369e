"""People with their second factors, and what they would type."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.urls import reverse

from tests.factories import PASSWORD, UserFactory
from tests.support.opened import written


class App:
    """An authenticator app in somebody's hand."""

    def __init__(self, user=None):
        self.secret = generate_totp_secret()
        if user:
            with written():
                TOTP.activate(user, self.secret)
                RecoveryCodes.activate(user)

    def code(self, *, seconds_ago=0):
        counter = int(time.time() - seconds_ago) // 30
        return format_hotp_value(hotp_value(self.secret, counter))


@pytest.fixture
def mary():
    return UserFactory(email="Mary@fund.example", full_name="Mary Jones")


@pytest.fixture
def app(mary):
    return App(mary)


@pytest.fixture
def sign_in(client):
    """Types address and password."""

    def type_in(email="mary@fund.example", password=PASSWORD, *, browser=client, **headers):
        return browser.post(reverse("login"), {"login": email, "password": password}, **headers)

    return type_in


def recovery_codes_of(user):
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
