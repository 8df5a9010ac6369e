"""What a call is held against: what the fund called before, and what its terms let be called as fees.

Apps above say by what rate fees are agreed where the terms alone do not, and which calls ask for what they worked out
partner by partner: of those the parts are nobody's hand, and the fees what they have to be.
"""

from collections.abc import Callable
from decimal import Decimal

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, ExtractYear

from blackgem.lib.fields import MoneyField
from blackgem.lib.money import round_to_unit
from capital.models import CapitalCall, CapitalCallItem, CapitalCallItemLine, CapitalCallLine, Excuse
from capital.queries.excused import still_excused
from capital.states import CALL_ISSUED
from funds.models import FundTerms
from funds.queries.checks import run_by

#: The highest yearly rate of a fee that is agreed for a year, of a call, by apps above: NULL where they say nothing.
_RATES: list[Callable[[CapitalCall], Subquery]] = []
#: Whether a call asks for what an app above worked out: a condition on calls.
_WORKED_OUT: list[Q] = []
_Kind = CapitalCallLine.Kind
_EXCUSED = CapitalCallItemLine.Basis.EXCUSED


def register_fee_rate(rate: Callable[[CapitalCall], Subquery]) -> None:
    _RATES.append(rate)


def register_worked_out(calls: Q) -> None:
    _WORKED_OUT.append(calls)


def with_what_is_usual(items: QuerySet[CapitalCallItem], call: CapitalCall) -> QuerySet[CapitalCallItem]:
    """The items of a call, each with the sum `of_lines`, whether its partner was `excused_before` from a deal that
    it is asked for now, at another call or since, and is `still_excused`, so that the call has to say why; and what is
    the same for all: `largest_before`, `fees_called` for the year in which it is due, the `fee_rate` that is agreed by
    then, whether everything `is_by_commitment`, whether it `is_worked_out` elsewhere (then no fees are held against a
    rate), and the addresses of who runs the fund.
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
    by_terms = Subquery(terms.order_by("-effective_on", "-version").values("management_fee_rate")[:1])
    return items.annotate(
        is_worked_out=_is_worked_out(call),
        of_lines=of_lines(),
        excused_before=Exists(asked.filter(excused_from_it)),
        still_excused=still_excused(call),
        largest_before=Subquery(others.order_by("-total_amount").values("total_amount")[:1]),
        fees_called=Case(When(is_worked_out=False, then=Subquery(_fees(call), MoneyField()))),
        fee_rate=Coalesce(*(rate(call) for rate in _RATES), by_terms) if _RATES else by_terms,
        is_by_commitment=~Exists(
            CapitalCallLine.objects.filter(call=call.pk).exclude(
                split_by=CapitalCallLine.SplitBy.COMMITMENT, equalises__isnull=True
            )
        ),
        run_by=run_by(call.fund_id),
    )


def _is_worked_out(call: CapitalCall):
    which = Q(pk__in=())
    for one in _WORKED_OUT:
        which |= one
    return Exists(CapitalCall.objects.filter(which, pk=call.pk))


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
    """What is called as fees for the year, and what is agreed: the rate of all that is promised, in whole units of the
    currency."""
    if not items or items[0].fees_called is None or items[0].fee_rate is None:
        return None
    promised = sum((item.commitment.amount for item in items), Decimal(0))
    return items[0].fees_called, round_to_unit(items[0].fee_rate * promised, unit)
