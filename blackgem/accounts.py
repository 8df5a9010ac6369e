"""Who signs in: by e-mail address in any case, and known on every request for what kind of person it is."""

from functools import cache

from allauth.mfa.models import Authenticator
from django.contrib.auth.backends import ModelBackend
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from blackgem.lib.registry import declare
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
        sql, given = _of_one_person()
        user = next(iter(User.objects.raw(sql, [*given, int(user_id)])), None)
        return user if user and self.user_can_authenticate(user) else None


@cache
def _of_one_person() -> tuple[str, tuple]:
    """SQL that ends with the id of a person, and what it is given before. Put together once per process, for each
    request asks it: Django takes longer to write it than PostgreSQL to answer."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
    people = User.objects.annotate(has_second_factor=Exists(factors), **_FACTS)
    sql, params = people.filter(pk=0).query.sql_with_params()
    return sql, params[:-1]
