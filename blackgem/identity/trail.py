"""What happens to a person's account goes into the audit trail; a session knows when it began."""

import time

from allauth.account import signals as account
from allauth.mfa import signals as second_factor
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.utils import timezone

from blackgem.identity.internals import get_authentication_records
from blackgem.identity.middleware import BEGAN_AT, SEEN_AT
from blackgem.lib import audit
from blackgem.lib.context import WriteContext


@receiver(user_logged_in)
def seen(request, **kwargs):
    request.session[BEGAN_AT] = request.session[SEEN_AT] = time.time()


@receiver(account.user_logged_in)
def signed_in(request, user, **kwargs):
    """With what it was that the person showed: a password, a code, a passkey."""
    shown = [one.get("type") or one["method"] for one in get_authentication_records(request, user)]
    _record("sign_in", user, **({"with": ", ".join(shown)} if shown else {}))


@receiver(user_logged_out)
def signed_out(request, user, **kwargs):
    """By oneself, or because the session rested or lasted too long."""
    if user is not None:
        _record("outlast_session" if getattr(request, "outlasted", False) else "sign_out", user)


@receiver([account.password_changed, account.password_set])
def password_changed(request, user, **kwargs):
    _record("change_password", user)


@receiver(account.password_reset)
def password_reset(request, user, **kwargs):
    _record("reset_password", user)


@receiver(second_factor.authenticator_added)
def second_factor_added(request, user, authenticator, **kwargs):
    _record("add_second_factor", user, kind=authenticator.type)


@receiver(second_factor.authenticator_removed)
def second_factor_removed(request, user, authenticator, **kwargs):
    _record("remove_second_factor", user, kind=authenticator.type)


@receiver(second_factor.authenticator_reset)
def recovery_codes_renewed(request, user, authenticator, **kwargs):
    _record("renew_recovery_codes", user)


def record_ended(user, *, which: str = "one") -> None:
    """Somebody ended sessions of its own."""
    _record("end_session", user, sessions=which)


def _record(verb, user, **facts):
    changes = {name: [None, value] for name, value in facts.items()}
    audit.record(verb=verb, ctx=WriteContext(user, timezone.now()), subject=user, changes=changes)
