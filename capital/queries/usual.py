"""What a call is held against: what the fund called before, and what its terms let be called as fees."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import ExtractYear

from blackgem.lib.fields import MoneyField
from blackgem.lib.money import round_to_unit
from capital.models import CapitalCall, CapitalCallItem, CapitalCallItemLine, CapitalCallLine, Excuse
from capital.states import CALL_ISSUED
from funds.models import FundTerms
from funds.queries.checks import run_by

_Kind = CapitalCallLine.Kind
_EXCUSED = CapitalCallItemLine.Basis.EXCUSED


def with_what_is_usual(items: QuerySet[CapitalCallItem], call: CapitalCall) -> QuerySet[CapitalCallItem]:
    """The items of a call, each with the sum `of_lines` and whether its partner was `excused_before` from a deal that
    it is asked for now, at another call or since; and what is the same for all: `largest_before`, `fees_called` for the
    year in which it is due, the `fee_rate` of the terms by then, whether everything `is_by_commitment`, and the
    addresses of who runs the fund.
    """
    others = CapitalCall.objects.filter(fund=call.fund_id).issued().exclude(pk=call.pk)
    lines = CapitalCallItemLine.objects.filter(item=OuterRef("pk")).order_by()
    excused = CapitalCallItemLine.objects.filter(
        item__commitment=OuterRef(OuterRef("commitment")),
        line__allocation__deal=OuterRef("line__allocation__deal"),
        call__status__in=CALL_ISSUED,
        basis=_EXCUSED,
    )
    since = Excuse.objects.filter(
        commitment=OuterRef(OuterRef("commitment")),
        line__allocation__deal=OuterRef("line__allocation__deal"),
        approved_at__isnull=False,
    )
    excused_from_it = Exists(excused.exclude(call=call.pk)) | Exists(since.exclude(call=call.pk))
    asked = lines.filter(amount__gt=0, line__allocation__isnull=False)
    terms = FundTerms.objects.filter(fund=call.fund_id, effective_on__lte=call.due_date)
    return items.annotate(
        of_lines=of_lines(),
        excused_before=Exists(asked.filter(excused_from_it)),
        largest_before=Subquery(others.order_by("-total_amount").values("total_amount")[:1]),
        fees_called=Subquery(_fees(call), MoneyField()),
        fee_rate=Subquery(terms.order_by("-effective_on", "-version").values("management_fee_rate")[:1]),
        is_by_commitment=~Exists(
            CapitalCallLine.objects.filter(call=call.pk).exclude(
                split_by=CapitalCallLine.SplitBy.COMMITMENT, equalises__isnull=True
            )
        ),
        run_by=run_by(call.fund_id),
    )


def of_lines() -> Subquery:
    """The sum of an item's lines, as a part of another query."""
    lines = CapitalCallItemLine.objects.filter(item=OuterRef("pk")).order_by()
    return Subquery(lines.values("item").annotate(sum=Sum("amount")).values("sum"), MoneyField())


def _fees(call: CapitalCall) -> QuerySet:
    """What issued calls that are due in its year, and it, ask for as management fee; none where it asks for none."""
    this = CapitalCallLine.objects.filter(call=call.pk, kind=_Kind.MANAGEMENT_FEE)
    year = CapitalCallLine.objects.annotate(year=ExtractYear("call__due_date")).filter(
        Exists(this), fund=call.fund_id, kind=_Kind.MANAGEMENT_FEE, year=call.due_date.year
    )
    counted = year.filter(call__status__in=CALL_ISSUED) | year.filter(call=call.pk)
    return counted.order_by().values("fund").annotate(sum=Sum("amount")).values("sum")


def fees_of(items: list[CapitalCallItem], unit: Decimal) -> tuple[Decimal, Decimal] | None:
    """What is called as fees for the year, and what the terms let be: their rate of all that is promised, in whole
    units of the currency."""
    if not items or items[0].fees_called is None or items[0].fee_rate is None:
        return None
    promised = sum((item.commitment.amount for item in items), Decimal(0))
    return items[0].fees_called, round_to_unit(items[0].fee_rate * promised, unit)
