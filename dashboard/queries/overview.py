"""Everything a manager should know this morning: what needs somebody today, then the funds, then what moved.

Amounts are up to now, each in its currency; amounts of two currencies are never added.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, JSONField, OuterRef, Subquery, Sum, Value, Window
from django.db.models.functions import Coalesce, JSONObject, Lag, Lead, RowNumber, TruncQuarter

from blackgem.lib.approvals import Waiting
from blackgem.lib.audit import READINGS
from blackgem.lib.charts import CashFlowChart, by_quarter, cash_flow_chart, in_both_sizes
from blackgem.lib.timeline import sentence
from blackgem.models import AuditEvent
from capital.models import CapitalCall
from capital.queries.open_items import Due, OpenItemFilter, open_items, with_days_late
from evidence.models import Reconciliation
from evidence.services.reconciling import last_as_json
from funds.models import CapitalTransaction, Fund
from funds.queries.ledger import CONTRIBUTED, DISTRIBUTED
from funds.queries.lists import IN_ALL, Shortened
from funds.queries.questions import waiting_in_fund

ZERO = Decimal("0.00")
OVERDUE_SHOWN = 12
EVENTS_SHOWN = 8
#: Of so many events those that say the same one after the other are shown once.
EVENTS_READ = 500
_CALL = "capital.capitalcall:"
_PARTNERS = ("committed", "called", "paid", "outstanding", "unfunded")


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """The funds of one currency together. `distributed` is what was paid out, gross; `payable` what was declared and
    waits to be paid out; `unapplied` cash that arrived and is not known for what."""

    currency: str
    committed: Decimal
    called: Decimal
    paid: Decimal
    outstanding: Decimal
    unfunded: Decimal
    distributed: Decimal
    payable: Decimal
    unapplied: Decimal


@dataclass(frozen=True, slots=True)
class Owed:
    """Open items of one currency: how many, and what is outstanding on them."""

    currency: str
    items: int
    outstanding: Decimal


@dataclass(frozen=True, slots=True)
class CallDue:
    """A call on which partners owe something that falls due soon: how many of them, how much, and the first day."""

    pk: int
    number: int
    fund: str
    currency: str
    due_on: object
    owing: int
    outstanding: Decimal


@dataclass(frozen=True, slots=True)
class Agenda:
    """What needs somebody today."""

    waiting: Waiting
    overdue: list[Owed]
    stuck_letters: int
    soon: list[Owed]
    totals: list[CurrencyTotals]
    questions: int

    @property
    def is_empty(self) -> bool:
        cash_waits = any(one.unapplied or one.payable for one in self.totals)
        return not (
            self.waiting.total
            or self.questions
            or self.overdue
            or self.stuck_letters
            or self.soon
            or cash_waits
        )


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Paid in and out by quarter, drawn wide and narrow, with its figures."""

    currency: str
    charts: tuple[CashFlowChart, CashFlowChart]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that was done lately, to what (`about`, with its fund). `call_id` is the call it was about, if it was
    about one. It may be the last of several that somebody did one after the other in a fund."""

    who: str
    what: str
    about: str
    when: datetime
    call_id: int | None
    is_last_of_several: bool


def funds_at_a_glance(user) -> list[Fund]:
    """Every fund a person sees, with the roll-ups of its partners, deals (`capital`), cash and distributions, and
    the ids of its `open_calls`, how many `questions_waiting` for an answer, and what came of the last reconciliation of
    everything (`reconciled`, as `reconciled_in` reads it)."""
    rollups = ("partners", "capital", "cash", "distributed")
    open_calls = ArraySubquery(CapitalCall.objects.filter(fund=OuterRef("pk")).open().values("pk"))
    rows = (
        Fund.objects.visible_to(user)
        .select_related(*rollups)
        .annotate(open_calls=open_calls, questions_waiting=waiting_in_fund(), reconciled=last_as_json())
    )
    return list(rows.order_by("name"))


def reconciled_in(funds: list[Fund]) -> Reconciliation | None:
    """The last reconciliation, which came with the funds: it is of everything, and the same for each."""
    found = funds[0].reconciled if funds else None
    return found and Reconciliation(**found | {"done_on": date.fromisoformat(found["done_on"])})


def totals(funds) -> list[CurrencyTotals]:
    """The funds' roll-ups added per currency."""
    by_currency = defaultdict(list)
    for fund in funds:
        by_currency[fund.currency].append(fund)
    return [
        CurrencyTotals(
            currency,
            *(sum((getattr(one.partners, name) for one in rows), ZERO) for name in _PARTNERS),
            distributed=sum((one.distributed.paid_out for one in rows), ZERO),
            payable=sum((one.distributed.payable for one in rows), ZERO),
            unapplied=sum((one.cash.unapplied for one in rows), ZERO),
        )
        for currency, rows in by_currency.items()
    ]


def due_soon(user, calls: list[int] | None = None, *, at: datetime) -> list[CallDue]:
    """What falls due within thirty days of each fund's today, a row per call, soonest first; of `calls`, where who asks
    has looked the open ones up."""
    items = open_items(user, OpenItemFilter(due=Due.SOON), at=at, calls=calls).select_related(None).order_by()
    names = ("call", "call__number", "call__fund__name", "call__fund__currency", "capital__due_on")
    rows = items.values_list(*names).annotate(owing=Count("pk"), outstanding=Sum("capital__outstanding"))
    return [CallDue(*row) for row in rows.order_by("capital__due_on", "call__fund__name", "call__number")]


def owed_in(calls: Iterable[CallDue]) -> list[Owed]:
    """The same per currency."""
    by_currency = defaultdict(list)
    for one in calls:
        by_currency[one.currency].append(one)
    return [
        Owed(currency, sum(one.owing for one in rows), sum(one.outstanding for one in rows))
        for currency, rows in sorted(by_currency.items())
    ]


class Overdue(Shortened):
    """Items that are owed after their due date, cut; `owed` says of all of them how much per currency."""

    owed: list[Owed]


def overdue(user, calls: list[int] | None = None, *, at: datetime, whole: bool = False) -> Overdue:
    """Items that are owed after their due date, the latest first, each with its `days_late`: of each currency the
    first, or the `whole` list; of `calls`, as above."""
    order = ("capital__due_on", "-capital__outstanding", "pk")
    currency = {"partition_by": "call__fund__currency"}
    items = open_items(user, OpenItemFilter(due=Due.LATE), at=at, calls=calls).order_by(*order)
    items = items.annotate(
        in_all=IN_ALL,
        of_currency=Window(Count("pk"), **currency),
        owed_of_currency=Window(Sum("capital__outstanding"), **currency),
    )
    if not whole:
        place = Window(RowNumber(), **currency, order_by=order)
        items = items.annotate(place=place).filter(place__lte=OVERDUE_SHOWN)
    shown = Overdue(with_days_late(items, at=at), 0)
    shown.total = shown[0].in_all if shown else 0
    per_currency = {one.call.fund.currency: (one.of_currency, one.owed_of_currency) for one in shown}
    shown.owed = [Owed(currency, *owed) for currency, owed in sorted(per_currency.items())]
    return shown


def lately(user) -> list[Happening]:
    """What was done last in the funds that a person sees; how much more there is, the trail says."""
    funds = Fund.objects.visible_to(user).values("pk")
    done = AuditEvent.objects.filter(fund_id__in=funds).exclude(verb__in=READINGS).order_by("-id")
    # What is alike is by the same person (0 is nobody), of the same kind and in the same fund.
    kind = JSONObject(actor=Coalesce("actor_id", 0), verb="verb", fund="fund_id")
    done = AuditEvent.objects.filter(pk__in=done.values("pk")[:EVENTS_READ]).annotate(
        kind=kind,
        later=Window(Lag(kind, default=Value({}, JSONField())), order_by="-id"),
        earlier=Window(Lead(kind, default=Value({}, JSONField())), order_by="-id"),
        fund_name=Subquery(Fund.objects.filter(pk=OuterRef("fund_id")).values("name")),
    )
    events = list(done.exclude(later=F("kind")).select_related("actor").order_by("-id")[:EVENTS_SHOWN])
    call_ids = {event.pk: _call_id(event) for event in events}
    calls = CapitalCall.objects.visible_to(user).in_bulk([pk for pk in call_ids.values() if pk])
    return [_happening(event, calls.get(call_ids[event.pk])) for event in events]


def _call_id(event) -> int | None:
    return next((int(name.removeprefix(_CALL)) for name in event.subjects if name.startswith(_CALL)), None)


def _happening(event, call) -> Happening:
    return Happening(
        who=str(event.actor) if event.actor else "BlackGem",
        what=sentence(event.verb),
        about=", ".join(filter(None, [str(call) if call else event.object_label, event.fund_name])),
        when=event.happened_at,
        call_id=call.pk if call else None,
        is_last_of_several=event.earlier == event.kind,
    )


def cash_flows(funds) -> list[CashFlow]:
    """What partners paid in and were paid out by quarter, for each currency in which anything moved. One statement."""
    moved = (
        CapitalTransaction.objects.filter(fund__in=[fund.pk for fund in funds])
        .values_list("fund__currency", TruncQuarter("value_date"))
        .annotate(
            paid_in=Coalesce(Sum("amount", filter=CONTRIBUTED), ZERO),
            paid_out=Coalesce(-Sum("amount", filter=DISTRIBUTED), ZERO),
        )
        .order_by("fund__currency")
    )
    by_currency = defaultdict(list)
    for currency, *flow in moved:
        by_currency[currency].append(flow)
    return [
        CashFlow(currency, in_both_sizes(cash_flow_chart, quarters, currency=currency))
        for currency, quarters in ((one, by_quarter(flows)) for one, flows in by_currency.items())
    ]
