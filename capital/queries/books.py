"""What calls say to whoever values a fund: which had been issued by a day, and who was excused from which deal."""

from datetime import date

from django.db.models import F
from django.db.models.functions import Least

from blackgem.lib.days import LocalDay
from blackgem.lib.knowledge import Knowledge
from capital.models import CapitalCall, CapitalCallItem, CapitalCallItemLine, Excuse
from capital.queries.room import room_of
from funds.queries.call_books import CallBooks, register_call_books


def _issued(fund_id: int, day: date, known: Knowledge):
    """Issued calls that count by a day: from their date, or from the day of issue where that came first."""
    calls = known.issued(CapitalCall.objects.filter(fund=fund_id), "approved_at")
    return calls.annotate(on=Least(F("call_date"), LocalDay("approved_at", "fund__time_zone"))).filter(
        on__lte=day
    )


def was_called(commitment_id: int) -> bool:
    """Whether a call of a commitment was ever issued, cancelled since or not."""
    return CapitalCallItem.objects.filter(commitment=commitment_id, call__approved_at__isnull=False).exists()


def called_by(fund_id: int, day: date, known: Knowledge) -> set[int]:
    """The ids of the calls that bound their partners by a day."""
    return set(_issued(fund_id, day, known).values_list("pk", flat=True))


def excused_by(fund_id: int, day: date, known: Knowledge) -> set[tuple[int, int]]:
    """(commitment, deal) for every partner that was excused from money for a deal by a day, before or after a call
    was issued, from all of its part or from some of it."""
    calls = _issued(fund_id, day, known).values("pk")
    lines = CapitalCallItemLine.objects.filter(
        call__in=calls, basis=CapitalCallItemLine.Basis.EXCUSED, line__allocation__isnull=False
    )
    since = known.decided(Excuse.objects.filter(call__in=calls, effective_on__lte=day), "approved_at")
    excused = since.filter(line__allocation__isnull=False)
    return {
        *lines.values_list("commitment_id", "line__allocation__deal_id"),
        *excused.values_list("commitment_id", "line__allocation__deal_id"),
    }


register_call_books(CallBooks(was_called, called_by, excused_by, room_of))
