"""Who signs in: by e-mail address in any case, and known on every request for what kind of person it is."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.backends import ModelBackend
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from blackgem.lib.registry import declare
from blackgem.lib.written_once import written_once
from blackgem.models import User

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_FACTS: dict[str, ExpressionWrapper] = {}


def register_facts(**conditions: Q | Exists) -> None:
    """Add what is known of every person by these names, each as a condition over users; an app does so when it is
    ready."""
    declare(_FACTS, {name: ExpressionWrapper(one, BooleanField()) for name, one in conditions.items()})


class Backend(ModelBackend):
    """Loads the person with what pages have to know of it before they look at any row: what apps registered, and
    `has_second_factor`, which is an authenticator app or a passkey."""

    def get_user(self, user_id):
        user = next(iter(User.objects.raw(*_with_facts(int(user_id)))), None)
        return user if user and self.user_can_authenticate(user) else None


@written_once
def _with_facts(user_id: int) -> QuerySet[User]:
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
    return User.objects.annotate(has_second_factor=Exists(factors), **_FACTS).filter(pk=user_id)
