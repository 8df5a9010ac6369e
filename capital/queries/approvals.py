"""What waits for a second look: calls, reversals of payments, new bank details."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, Value

from capital.models import CapitalCall, PaymentReversal
from capital.states import CallStatus
from funds.access import Role
from funds.models import BankDetails, Fund


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of each wait for this person."""

    calls: int
    reversals: int
    bank_details: int

    @property
    def total(self) -> int:
        return self.calls + self.reversals + self.bank_details


def _managed(user):
    return Fund.objects.run_by(user, Role.MANAGER)


def _not_own(field, user):
    """Where four eyes are demanded, what somebody else asked for."""
    return Q(four_eyes=False) | ~Q(**{field: user})


def calls_to_approve(user):
    """Calls that await approval in funds that this person manages, own ones included; oldest first."""
    return (
        CapitalCall.objects.filter(status=CallStatus.PENDING_APPROVAL, fund__in=_managed(user))
        .select_related("fund", "submitted_by")
        .annotate(investor_count=Count("items"))
        .order_by("submitted_at")
    )


def reversals_to_approve(user):
    """Reversals that await a decision in funds that this person manages; oldest first."""
    return (
        PaymentReversal.objects.pending()
        .filter(payment__fund__in=_managed(user))
        .select_related("payment__call__fund", "payment__commitment__investor", "requested_by")
        .order_by("requested_at")
    )


def bank_details_to_verify(user):
    """New bank details that await verification in funds that this person manages; oldest first."""
    return (
        BankDetails.objects.awaiting_verification()
        .filter(fund__in=_managed(user))
        .select_related("fund", "created_by")
        .order_by("created_at")
    )


def waiting(user) -> Waiting:
    """How much waits for this person, without what only somebody else may approve. One statement."""
    funds = _managed(user).values("pk")
    calls = (
        CapitalCall.objects.filter(status=CallStatus.PENDING_APPROVAL, fund__in=funds)
        .filter(_not_own("submitted_by", user))
        .values_list("pk")
    )
    reversals = (
        PaymentReversal.objects.pending()
        .filter(payment__fund__in=funds)
        .filter(_not_own("requested_by", user))
        .values_list("pk")
    )
    bank_details = (
        BankDetails.objects.awaiting_verification()
        .filter(fund__in=funds)
        .filter(_not_own("created_by", user))
        .values_list("pk")
    )
    return _count(calls=calls, reversals=reversals, bank_details=bank_details)


def _count(**rows) -> Waiting:
    """The lengths of several querysets in one statement."""
    tagged = [
        queryset.annotate(kind=Value(name)).values_list("kind", F("pk")) for name, queryset in rows.items()
    ]
    found = [kind for kind, _ in tagged[0].union(*tagged[1:], all=True)]
    return Waiting(**{name: found.count(name) for name in rows})
