"""What every request knows of the person who makes it.

`only_invests`: stands for an investor and works for no fund. `drafts`, `manages`, `audits`: does so in some fund, so
that a button or page that asks for the fund next is worth showing.
"""

from django.db.models import Exists, OuterRef, Q

from blackgem.accounts import register_facts
from funds.access import AUDIT, DRAFT, MANAGE, ROLES
from funds.models import FundMembership, InvestorContact

_EVERYTHING = Q(is_superuser=True)
_OWN = FundMembership.objects.filter(user=OuterRef("pk"))


def _in_some_fund(deed) -> Q:
    return _EVERYTHING | Exists(_OWN.filter(role__in=ROLES[deed]))


register_facts(
    only_invests=~_EVERYTHING & Exists(InvestorContact.objects.filter(user=OuterRef("pk"))) & ~Exists(_OWN),
    drafts=_in_some_fund(DRAFT),
    manages=_in_some_fund(MANAGE),
    audits=_in_some_fund(AUDIT),
)

#: Who is told of a change of an account that no second administrator can decide, and may refuse it.
WATCHES = Exists(_OWN.filter(role__in=("manager", "auditor"), user__is_active=True))
