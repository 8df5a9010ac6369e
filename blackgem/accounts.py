"""Who signs in: by e-mail address in any case, and known on every request for what kind of person it is."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.backends import ModelBackend
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from blackgem.models import User
from funds.access import AUDIT, DRAFT, MANAGE, ROLES
from funds.models import FundMembership, InvestorContact

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class Backend(ModelBackend):
    """Loads the person with what pages have to know before they look at any fund.

    `only_invests`: stands for an investor and works for no fund. `drafts`, `manages`, `audits`: does so in some fund,
    so that a button or page that asks for the fund next is worth showing. `has_second_factor`: an authenticator app or
    a passkey.
    """

    def get_user(self, user_id):
        user = _people().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


def _people():
    mine = FundMembership.objects.filter(user=OuterRef("pk"))
    contacts = InvestorContact.objects.filter(user=OuterRef("pk"))
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
    everything = Q(is_superuser=True)
    return User.objects.annotate(
        only_invests=_whether(~everything & Exists(contacts) & ~Exists(mine)),
        drafts=_whether(everything | Exists(mine.filter(role__in=ROLES[DRAFT]))),
        manages=_whether(everything | Exists(mine.filter(role__in=ROLES[MANAGE]))),
        audits=_whether(everything | Exists(mine.filter(role__in=ROLES[AUDIT]))),
        has_second_factor=Exists(factors),
    )


def _whether(condition):
    return ExpressionWrapper(condition, output_field=BooleanField())
