"""Who signs in: by e-mail address in any case, and known on every request for what kind of person it is."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from blackgem.models import User
from funds.access import DRAFT, MANAGE, ROLES
from funds.models import FundMembership, InvestorContact


class Backend(ModelBackend):
    """Loads the person with what pages have to know before they look at any fund.

    `only_invests`: stands for an investor and works for no fund. `drafts`, `manages`: does so in some fund, so that a
    button that asks for the fund next is worth showing.
    """

    def get_user(self, user_id):
        user = _people().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


def _people():
    mine = FundMembership.objects.filter(user=OuterRef("pk"))
    contacts = InvestorContact.objects.filter(user=OuterRef("pk"))
    everything = Q(is_superuser=True)
    return User.objects.annotate(
        only_invests=_whether(~everything & Exists(contacts) & ~Exists(mine)),
        drafts=_whether(everything | Exists(mine.filter(role__in=ROLES[DRAFT]))),
        manages=_whether(everything | Exists(mine.filter(role__in=ROLES[MANAGE]))),
    )


def _whether(condition):
    return ExpressionWrapper(condition, output_field=BooleanField())
