"""What pages show of a partner's bank details: every version, the numbers on file, and the calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from blackgem.lib.checks import Offer, offer
from blackgem.lib.pages import found
from funds.models import CallBack, Commitment, Fund, PayeeDetails, PhoneNumber
from funds.queries.access import with_role
from funds.services.call_backs import on_file
from funds.services.payees import PAYEES, check_verify_payee


@dataclass(frozen=True, slots=True)
class PayeeShown:
    """`in_force` is where payouts go; `pending` waits to be verified; `past` is superseded or was rejected."""

    in_force: PayeeDetails | None
    pending: PayeeDetails | None
    past: list[PayeeDetails]


def payee_of(commitment: Commitment) -> PayeeShown:
    """Every version of a partner's bank details."""
    rows = commitment.payee_details.select_related("created_by", "verified_by", "rejected_by")
    versions = list(rows.order_by("-version"))
    for one in versions:
        one.commitment = commitment
    in_force = next((one for one in versions if one.verified_at), None)
    pending = next((one for one in versions if not one.verified_at and not one.rejected_at), None)
    return PayeeShown(in_force, pending, [one for one in versions if one not in (in_force, pending)])


def accounts_in_force(commitments: Iterable[int]) -> dict[int, int]:
    """By partner, the version of its bank details to which it is paid now."""
    newest = PayeeDetails.objects.verified().filter(commitment__in=list(commitments)).order_by("version")
    return dict(newest.values_list("commitment", "pk"))


def payee_details_to_decide(user, payee_details_id) -> PayeeDetails:
    """One version with commitment, investor and fund and the person's `role`; 404 where it is not to be seen."""
    rows = PayeeDetails.objects.filter(fund__in=Fund.objects.visible_to(user))
    related = ("fund", "commitment__investor", "created_by", "verified_by", "rejected_by")
    return found(with_role(rows.select_related(*related), user), pk=payee_details_id)


def decision_of(details: PayeeDetails, user, at: datetime) -> dict[str, Offer]:
    """Whether this person may `verify` or `reject` them, or note a `call` before they have rested."""
    return {
        "verify": offer(check_verify_payee, details, user, at),
        "call": offer(PAYEES.check_approve, details, user),
        "reject": offer(PAYEES.check_reject, details, user),
    }


def calls_about(**details) -> QuerySet[CallBack]:
    """The calls about one version, oldest first."""
    return CallBack.objects.filter(**details).select_related("number", "recorded_by").order_by("pk")


def numbers_of(fund: Fund, commitment: Commitment | None = None) -> Sequence[PhoneNumber]:
    """The numbers on file of a partner, or of the fund's own account, oldest first."""
    return list(on_file(fund, commitment).select_related("recorded_by").order_by("recorded_at", "pk"))


def number_of(user, phone_number_id) -> PhoneNumber:
    """A number of a fund that this person sees; else 404."""
    rows = PhoneNumber.objects.filter(fund__in=Fund.objects.visible_to(user))
    return found(rows, pk=phone_number_id)
