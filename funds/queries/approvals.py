"""What every queue of approvals asks: which funds a person manages, and what it did not ask for itself."""

from django.db.models import Q

from blackgem.lib import approvals
from funds.access import Role
from funds.models import BankDetails, Fund


def managed_by(user):
    """The funds in which this person may approve."""
    return Fund.objects.run_by(user, Role.MANAGER)


def not_own(field: str, user) -> Q:
    """Where four eyes are demanded, what somebody else asked for."""
    return Q(four_eyes=False) | ~Q(**{field: user})


def bank_details_to_verify(user):
    """New bank details that await verification in funds that this person manages; oldest first."""
    return (
        BankDetails.objects.awaiting_verification()
        .filter(fund__in=managed_by(user))
        .select_related("fund", "created_by")
        .order_by("created_at")
    )


approvals.register(
    approvals.Queue(
        key="bank_details",
        place=50,
        noun="set of bank details to verify",
        plural="sets of bank details to verify",
        template="funds/approvals_bank_details.html",
        rows=lambda user: approvals.marked(bank_details_to_verify(user), "created_by_id", user),
        waiting=lambda user: (
            BankDetails.objects.awaiting_verification()
            .filter(fund__in=managed_by(user).values("pk"))
            .filter(not_own("created_by", user))
        ),
    )
)
