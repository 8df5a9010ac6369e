"""Whose unapplied cash it is: what of the receipts that are a partner's was neither applied nor returned."""

from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum

from banking.models import ReceiptHolder


def unapplied_held_by(commitment_id: int) -> Decimal:
    """What the fund holds for a partner now, in the fund's currency. The newest holder of each receipt counts."""
    newest = ReceiptHolder.objects.filter(receipt=OuterRef("receipt")).order_by("-version").values("version")
    rows = ReceiptHolder.objects.filter(commitment=commitment_id, version=Subquery(newest[:1]))
    return rows.aggregate(held=Sum("receipt__capital__unapplied"))["held"] or Decimal(0)
