"""What calls say to whoever values a fund: which had been issued by a day, and who was excused from which deal."""

from collections.abc import Iterable

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Least

from blackgem.lib.days import LocalDay
from blackgem.lib.knowledge import Knowledge
from capital.models import CapitalCall, CapitalCallItem, CapitalCallItemLine, Excuse
from capital.queries.room import room_of
from funds.models import Fund
from funds.queries.call_books import CallBooks, register_call_books


def was_called(commitment_id: int) -> bool:
    """Whether a call of a commitment was ever issued, cancelled since or not."""
    return CapitalCallItem.objects.filter(commitment=commitment_id, call__approved_at__isnull=False).exists()


def issued(funds: Iterable[Fund], known: Knowledge) -> QuerySet:
    """(fund, call, day) of the calls that bind their partners: from their date, or from the day of issue where that
    came first."""
    calls = known.issued(CapitalCall.objects.filter(fund__in=funds), "approved_at")
    return calls.annotate(on=_counts_on()).values_list("fund_id", "pk", "on")


def excused(funds: Iterable[Fund], known: Knowledge) -> tuple[QuerySet, QuerySet]:
    """(fund, commitment, deal, day) of partners that were excused from money for a deal, before a call was issued or
    since, from all of their part or from some of it."""
    calls = known.issued(CapitalCall.objects.filter(fund__in=funds), "approved_at").values("pk")
    lines = CapitalCallItemLine.objects.filter(
        call__in=calls, basis=CapitalCallItemLine.Basis.EXCUSED, line__allocation__isnull=False
    )
    since = Excuse.objects.filter(call__in=calls, line__allocation__isnull=False)
    since = known.decided(since, "approved_at").annotate(on=Greatest("effective_on", _counts_on("call__")))
    said = ("commitment__fund_id", "commitment_id", "line__allocation__deal_id", "on")
    return lines.annotate(on=_counts_on("call__")).values_list(*said), since.values_list(*said)


def _counts_on(of: str = "") -> Least:
    return Least(F(f"{of}call_date"), LocalDay(f"{of}approved_at", f"{of}fund__time_zone"))


register_call_books(CallBooks(was_called, issued, excused, room_of))
