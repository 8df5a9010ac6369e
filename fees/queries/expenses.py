"""The fees that funds pay from cash on hand, each partner's part by itself, for the net asset value."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Case, F, QuerySet, When

from blackgem.lib.fields import MoneyField
from blackgem.lib.knowledge import Knowledge
from distributions.queries.expenses import register_expenses
from distributions.services.fund_rows import day_of
from fees.models import FeePayment
from funds.models import Fund


def _fees_paid(days: Mapping[Fund, date], known: Knowledge) -> QuerySet:
    """What left by the day of each fund; what takes a payment back counts on its day, below zero."""
    owed = F("run__lines__net") + F("run__lines__tax")
    rows = FeePayment.objects.filter(fund__in=days, value_date__lte=day_of(days))
    signed = Case(When(amount__gt=0, then=owed), default=-owed, output_field=MoneyField())
    found = known.recorded(rows).annotate(part=signed).exclude(part=0)
    columns = ("fund_id", "value_date", "run__lines__commitment_id", "part", "run__approved_at")
    return found.order_by("pk", "run__lines").values_list(*columns)


register_expenses(_fees_paid)
