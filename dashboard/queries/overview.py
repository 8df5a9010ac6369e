"""Everything a manager should know this morning."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum, Window
from django.db.models.functions import Coalesce, RowNumber, TruncQuarter

from blackgem.lib.charts import CashFlowChart, Quarter, by_quarter, cash_flow_chart
from blackgem.lib.days import LocalDay
from blackgem.lib.timeline import sentence
from blackgem.models import AuditEvent
from capital.models import CapitalCall, CapitalCallItem
from funds.models import CapitalTransaction, Fund
from funds.queries.ledger import CONTRIBUTED, DISTRIBUTED
from funds.queries.lists import IN_ALL, Shortened
from funds.queries.stories import newest

ZERO = Decimal("0.00")
DUE_WITHIN = timedelta(days=30)
OVERDUE_SHOWN = 12
EVENTS_SHOWN = 8
_CALL = "capital.capitalcall:"


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """The funds of one currency together."""

    currency: str
    committed: Decimal
    called: Decimal
    paid: Decimal
    outstanding: Decimal
    unfunded: Decimal


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Paid in and out by quarter, drawn and in figures."""

    currency: str
    chart: CashFlowChart
    quarters: list[Quarter]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that was done lately. `call_id` is the call it was about, if it was about one."""

    who: str
    what: str
    about: str
    when: datetime
    call_id: int | None


def funds_at_a_glance(user) -> list[Fund]:
    """Every fund a person sees, with its partners' roll-up (`partners`) and its deals' (`capital`)."""
    return list(Fund.objects.visible_to(user).select_related("partners", "capital").order_by("name"))


def totals(funds) -> list[CurrencyTotals]:
    """The funds' roll-ups added per currency; amounts of two currencies are never added."""
    by_currency = defaultdict(list)
    for fund in funds:
        by_currency[fund.currency].append(fund.partners)
    names = ("committed", "called", "paid", "outstanding", "unfunded")
    return [
        CurrencyTotals(currency, *(sum((getattr(one, name) for one in rows), ZERO) for name in names))
        for currency, rows in by_currency.items()
    ]


def due_soon(user, *, at: datetime):
    """Open calls that fall due within thirty days of their fund's today, soonest first, with how many still owe."""
    today = LocalDay(at, "fund__time_zone")
    return _with_owing(
        CapitalCall.objects.visible_to(user)
        .open()
        .filter(due_date__range=(today, today + DUE_WITHIN))
        .order_by("due_date", "fund__name", "number")
    )


def _with_owing(calls):
    return calls.select_related("fund", "capital").annotate(
        owing=Count("items", filter=Q(items__capital__outstanding__gt=0))
    )


def overdue(user, *, at: datetime, whole: bool = False) -> Shortened:
    """Items that are owed after their due date, the latest first, each with its `days_late`: of each currency the
    first, or the `whole` list."""
    calls = CapitalCall.objects.visible_to(user).overdue(at=at)
    items = (
        CapitalCallItem.objects.filter(
            call__in=calls,
            capital__outstanding__gt=0,
            capital__due_on__lt=LocalDay(at, "call__fund__time_zone"),
        )
        .select_related("call__fund", "commitment__investor", "capital")
        .annotate(in_all=IN_ALL)
        .order_by("capital__due_on", "-capital__outstanding", "pk")
    )
    if not whole:
        place = Window(RowNumber(), partition_by="call__fund__currency", order_by=items.query.order_by)
        items = items.annotate(place=place).filter(place__lte=OVERDUE_SHOWN)
    shown = list(items)
    for item in shown:
        item.days_late = (item.call.fund.day_of(at) - item.capital.due_on).days
    return Shortened(shown, shown[0].in_all if shown else 0)


def lately(user) -> Shortened:
    """What was done last in the funds that a person sees."""
    funds = Fund.objects.visible_to(user).values("pk")
    done = AuditEvent.objects.filter(fund_id__in=funds).select_related("actor").order_by("-id")
    events = newest(done, EVENTS_SHOWN)
    call_ids = {event.pk: _call_id(event) for event in events}
    calls = (
        CapitalCall.objects.visible_to(user)
        .select_related("fund")
        .in_bulk([pk for pk in call_ids.values() if pk])
    )
    happened = [_happening(event, calls.get(call_ids[event.pk])) for event in events]
    return Shortened(happened, events.total)


def _call_id(event) -> int | None:
    return next((int(name.removeprefix(_CALL)) for name in event.subjects if name.startswith(_CALL)), None)


def _happening(event, call) -> Happening:
    return Happening(
        who=str(event.actor) if event.actor else "BlackGem",
        what=sentence(event.verb),
        about=f"{call}, {call.fund}" if call else "",
        when=event.happened_at,
        call_id=call.pk if call else None,
    )


def cash_flow(funds, currency: str) -> CashFlow | None:
    """What partners of the funds in `currency` paid in and were paid out, by quarter; None while nothing moved."""
    moved = (
        CapitalTransaction.objects.filter(fund__in=[fund.pk for fund in funds if fund.currency == currency])
        .values_list(TruncQuarter("value_date"))
        .annotate(
            paid_in=Coalesce(Sum("amount", filter=CONTRIBUTED), ZERO),
            paid_out=Coalesce(-Sum("amount", filter=DISTRIBUTED), ZERO),
        )
        .order_by()
    )
    quarters = by_quarter(moved)
    return CashFlow(currency, cash_flow_chart(quarters, currency=currency), quarters) if quarters else None
