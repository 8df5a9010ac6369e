"""What of calls a fee run stands behind, and by what rate a fund's schedule lets fees be called."""

from datetime import date, timedelta

from django.db.models import Exists, Max, OuterRef, Q, Subquery

from capital.models import CapitalCall
from capital.queries.origins import Origin, register
from capital.queries.usual import register_fee_rate, register_worked_out
from fees.models import FeeBill, FeeSchedule

#: No period is longer; a fee in arrears is called in the year after it.
_PERIOD = timedelta(366)


def register_fee_calls() -> None:
    """Have the page of a call lead to the run that it bills."""
    register(
        Origin(
            "bills_fee",
            "A management fee, partner by partner",
            "fee_run_of_call",
            lambda: Exists(FeeBill.objects.filter(call=OuterRef("pk"))),
        )
    )
    register_worked_out(Q(fee_bill__isnull=False))
    register_fee_rate(_highest_rate)


def _highest_rate(call: CapitalCall) -> Subquery:
    """The highest rate of the versions of the schedule that hold in the year in which a call is due, or in a period of
    before that is called in it: what it steps down to later is no reason to doubt what was owed until then."""
    first, last = date(call.due_date.year, 1, 1), date(call.due_date.year, 12, 31)
    same = {
        "fund": OuterRef("fund"),
        "effective_on": OuterRef("effective_on"),
        "version__gt": OuterRef("version"),
    }
    versions = FeeSchedule.objects.approved().filter(
        ~Exists(FeeSchedule.objects.approved().filter(**same)), fund=call.fund_id, effective_on__lte=last
    )
    before = versions.filter(effective_on__lte=first - _PERIOD).order_by("-effective_on", "-version")
    holding = versions.filter(Q(effective_on__gt=first - _PERIOD) | Q(pk__in=before.values("pk")[:1]))
    return Subquery(holding.order_by().values("fund").annotate(most=Max("rate")).values("most"))
