"""Where the accounts library asks us how things are done here."""

import base64
import logging
import time
from hashlib import sha256

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.http import MAX_URL_LENGTH

from blackgem.identity import guessing
from blackgem.identity.internals import (
    generate_totp_secret,
    get_authentication_records,
    ratelimit,
    unstash_login,
)
from blackgem.lib.errors import Busy
from blackgem.lib.mail_texts import text_mail
from blackgem.refusals import attempted, record_refusal

logger = logging.getLogger("blackgem.identity")


def person_at(email: str):
    """The person who may sign in with this address, in any case; None where there is none."""
    return get_user_model().objects.filter(email__iexact=email, is_active=True).first()


class _CodesRecorded:
    """A code or a passkey that was not right leaves an event, whichever form it was given to."""

    def validation_error(self, code, *args):
        if code == "incorrect_code" and self.request:
            signed_in = self.request.user if self.request.user.is_authenticated else None
            login = None if signed_in else unstash_login(self.request, peek=True)
            whose = signed_in or (login and login.user)
            record_refusal(self.request, "fail_second_factor", by=signed_in, whose=whose)
        return super().validation_error(code, *args)


class AccountAdapter(_CodesRecorded, DefaultAccountAdapter):
    """Nobody signs up; attempts are counted as `guessing` says; mails link to the configured site."""

    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        """A path of this site, and nothing that names a host: Python would put that into Unicode's normal form, whose
        marks are sorted one by one."""
        is_path = bool(url) and url[0] == "/" and url[1:2] not in ("/", "\\")
        return is_path and len(url) <= MAX_URL_LENGTH and super().is_safe_url(url)

    # ------------------------------------------------------------ guessing

    def _get_login_attempts_cache_key(self, request, **credentials):
        return guessing.attempts_key(request, credentials.get("email", ""))

    def pre_authenticate(self, request, **credentials):
        """Count the attempt before the password is looked at; answer 429 where there were too many."""
        key = self._get_login_attempts_cache_key(request, **credentials)
        here = ratelimit.consume(request, app="allauth.account", action="login_failed", key=key)
        everywhere = here and guessing.count_everywhere(request, credentials.get("email", ""))
        if not everywhere:
            raise ImmediateHttpResponse(ratelimit.respond_429(request))
        self._login_failed_rl_usage = ratelimit.RateLimitUsage(usage=[*here.usage, *everywhere.usage])

    def authentication_failed(self, request, **credentials):
        """A password that was not right, to sign in with or to say again who one is."""
        signed_in = request.user if request.user.is_authenticated else None
        email = credentials.get("email") or ""
        whose = signed_in or person_at(email)
        known_by = {} if whose else attempted(email)
        record_refusal(request, "fail_sign_in", by=signed_in, whose=whose, **known_by)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        guessing.remember(response, user.email)
        return response

    # ------------------------------------------------------------ saying again who one is

    def reauthenticate(self, user, password):
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app, **kwargs):
        """Not within five minutes of having signed in, or of having said it again."""
        records = get_authentication_records(self.request, self.request.user)
        return not any(time.time() - record["at"] < REAUTHENTICATION_TIMEOUT for record in records)

    def get_reauthentication_methods(self, user):
        """Where second factors are demanded, whoever has one shows that one, and not the password."""
        methods = super().get_reauthentication_methods(user)
        if not settings.SECOND_FACTOR_REQUIRED:
            return methods
        return [one for one in methods if one["id"].startswith("mfa")] or methods

    # ------------------------------------------------------------ mail

    def get_reset_password_from_key_url(self, key):
        """On the site that is configured, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def send_mail(self, template_prefix, email, context):
        """Raises Busy where the mail server takes nothing now."""
        known = {"site_url": settings.SITE_URL, "site_name": settings.SITE_NAME}
        try:
            # Not the library's own: it asks the request for the site, and after the commit there may be no request.
            mail = self.render_mail(template_prefix, email, {"email": email, **context, **known})
            text_mail(mail.subject, mail.body, to=mail.to, from_email=mail.from_email).send()
        except OSError as error:  # smtplib's own errors are among them
            logger.exception("A mail could not be handed over: %s", template_prefix)
            message = "The mail could not be sent. Please try again in a minute."
            raise Busy("mail.unavailable", message, retry_after=60) from error

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """News about one's own account. What happened stands, whether or not the mail goes out."""
        try:
            super().send_notification_mail(template_prefix, user, context, email or user.email)
        except Busy:
            logger.warning("No notification went to user %s", user.pk)


class SecondFactorAdapter(_CodesRecorded, DefaultMFAAdapter):
    """Secrets of authenticator apps are kept encrypted under SECRET_KEY (older ones: SECRET_KEY_FALLBACKS)."""

    def encrypt(self, text):
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """What was encrypted under a key that is no longer known gives a secret that no code fits."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("A second factor was encrypted under a key that is not known any more.")
            return generate_totp_secret()

    def _get_site_name(self):
        return settings.SITE_NAME


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(sha256(b"blackgem.second_factor:" + key.encode()).digest())
