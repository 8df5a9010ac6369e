"""What an investor gets back after later closings, and what was paid out of it. Of who came in nothing is read."""

from uuid import UUID

from django.db.models import F, Max, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.pages import found
from closings.models import Refund, RefundCapital, RefundPayout
from portal.reader import Reader
from portal.row_security import outside

#: How many of them home lists at most.
MOST_OPEN = 10
_CLOSING = ("public_id", "number", "held_on", "pay_on", "status")
_FUND = ("public_id", "name", "currency", "contact_name", "contact_email", "contact_phone", "time_zone")
_SHOWN = (
    "public_id",
    "capital",
    "interest",
    "amount",
    "commitment__public_id",
    "commitment__reference",
    "commitment__investor__public_id",
    "commitment__investor__name",
    *(f"closing__{name}" for name in _CLOSING),
    *(f"closing__fund__{name}" for name in _FUND),
)


def refunds_of(reader: Reader):
    """Its refund of every closing that was settled, newest first, with its `currency`, and what of it was `paid_out`
    and on which day last (`paid_on`, null while nothing was)."""
    payouts = RefundPayout.objects.filter(refund=OuterRef("pk")).order_by().values("refund")
    stand = payouts.filter(amount__gt=0, reversed_by_payout__isnull=True)
    return (
        Refund.objects.filter(commitment__in=reader.commitments, closing__isnull=False)
        .select_related("closing__fund", "commitment__investor")
        .only(*_SHOWN)
        .annotate(
            currency=F("closing__fund__currency"),
            paid_out=Coalesce(
                Subquery(payouts.annotate(total=Sum("amount")).values("total")), F("amount") * 0
            ),
            paid_on=Subquery(stand.annotate(last=Max("value_date")).values("last")),
        )
        .order_by("-closing__held_on", "-pk")
    )


def open_refunds_of(reader: Reader):
    """Those of which something is still to come."""
    return refunds_of(reader).filter(closing__status="settled", paid_out__lt=F("amount"))[:MOST_OPEN]


def refund_of(reader: Reader, public_id: UUID) -> Refund:
    """One of them; 404 for that of anybody else."""
    return found(refunds_of(reader), public_id=public_id)


def payouts_of(refund: Refund) -> list[RefundPayout]:
    """What went out of it, and what came back, oldest first."""
    return list(refund.payouts.select_related("reverses").order_by("value_date", "pk"))


def account_of(refund: Refund) -> RefundCapital:
    """What of it is released by now: its share of what came from others, which is read outside row-level security."""
    with outside():
        return RefundCapital.objects.get(refund=refund.pk)


def state_of(refund: Refund) -> str:
    """How far a refund of `refunds_of` is: cancelled, paid, partial or open."""
    if refund.closing.status != "settled":
        return "cancelled"
    if refund.paid_out >= refund.amount:
        return "paid"
    return "partial" if refund.paid_out else "open"
