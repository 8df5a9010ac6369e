"""Whose unapplied cash it is: what of the receipts that are a partner's was neither applied nor returned."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import DateField, Expression, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from banking.models import ReceiptHolder
from blackgem.lib.fields import MoneyField
from blackgem.lib.knowledge import NOW, Knowledge
from capital.models import Payment, ReceiptReturn


def unapplied_held_by(
    commitments: Iterable[int], *, as_of: date | Expression, known: Knowledge = NOW
) -> QuerySet[ReceiptHolder, tuple[int, Decimal]]:
    """Pairs of a partner and what its fund held for it at the end of a day (or of one that depends on the `fund` of the
    row), by value dates, in the fund's currency; partners for whom nothing was held are left out. The newest holder of
    a receipt that is known counts, from the receipt's day on."""
    holders = known.recorded(ReceiptHolder.objects.all())
    newest = holders.filter(receipt=OuterRef("receipt")).order_by("-version").values("version")
    day = Value(as_of, output_field=DateField()) if isinstance(as_of, date) else as_of
    held = holders.annotate(day=day).filter(
        commitment__in=commitments, version=Subquery(newest[:1]), receipt__value_date__lte=F("day")
    )
    gone = (_by_then(model.objects.all(), known) for model in (Payment, ReceiptReturn))
    applied, returned = (Coalesce(Subquery(sums, MoneyField()), Decimal(0)) for sums in gone)
    left = known.recorded(held, "receipt__recorded_at").annotate(
        left=F("receipt__amount") - applied - returned
    )
    sums = left.order_by().values("commitment").annotate(held=Sum("left"))
    return sums.exclude(held=0).values_list("commitment", "held")


def holder_of(receipt_id: int) -> int | None:
    """The commitment whose cash a receipt is by now; None while nobody said."""
    rows = ReceiptHolder.objects.filter(receipt=receipt_id).order_by("-version")
    return rows.values_list("commitment", flat=True).first()


def _by_then(rows: QuerySet, known: Knowledge) -> QuerySet:
    """The sum of what left the receipt of the query around it by its day."""
    counted = known.recorded(rows.filter(receipt=OuterRef("receipt"), value_date__lte=OuterRef("day")))
    return counted.order_by().values("receipt").annotate(sum=Sum("amount")).values("sum")


def receipts_once_held_by(commitment_id: int, *, by: date) -> QuerySet:
    """The receipts of a value date up to a day that were a partner's at any time, as ids."""
    rows = ReceiptHolder.objects.filter(commitment=commitment_id, receipt__value_date__lte=by)
    return rows.order_by().values("receipt")
