"""What partners owe on calls, across the funds that a person sees: the rows behind what is outstanding."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet, Sum, TextChoices

from blackgem.lib.days import LocalDay
from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from capital.models import CapitalCall, CapitalCallItem
from funds.queries.lists import order_of

DUE_WITHIN = timedelta(days=30)
#: What the list can be sorted by.
SORTS = {
    "investor": "commitment__investor__name",
    "fund": "call__fund__name",
    "call": "call__number",
    "due": "capital__due_on",
    "called": "capital__called",
    "paid": "capital__paid",
    "outstanding": "capital__outstanding",
}
EXPORT_COLUMNS = (
    Column("Investor", width=36),
    Column("Reference", width=12),
    Column("Fund", width=32),
    Column("Call", Kind.INTEGER, 8),
    Column("Due", Kind.DATE, 12),
    Column("Days late", Kind.INTEGER, 10),
    Column("Currency", Kind.CURRENCY, 10),
    Column("Called", Kind.MONEY),
    Column("Paid", Kind.MONEY),
    Column("Outstanding", Kind.MONEY),
)
OPEN_ITEMS = register_list(
    ListKind(
        page="capital:open_item_list",
        export="capital:open_item_export",
        noun="open item",
        sort="due",
        columns=(
            ListColumn(
                name="investor",
                label="Investor",
                sorts=True,
                wraps=True,
                phone="name",
                files=("Investor", "Reference"),
            ),
            ListColumn(name="fund", label="Fund", sorts=True, wraps=True, phone="note", files=("Fund",)),
            ListColumn(name="call", label="Call", sorts=True, phone="note", files=("Call",)),
            ListColumn(name="due", label="Due", sorts=True, phone="state", files=("Due",)),
            ListColumn(name="late", label="Days late", numeric=True, files=("Days late",)),
            ListColumn(
                name="called", label="Called", sorts=True, numeric=True, total="called", files=("Called",)
            ),
            ListColumn(name="paid", label="Paid", sorts=True, numeric=True, total="paid", files=("Paid",)),
            ListColumn(
                name="outstanding",
                label="Outstanding",
                sorts=True,
                numeric=True,
                total="outstanding",
                phone="amount",
                files=("Outstanding",),
            ),
        ),
    )
)


class Due(TextChoices):
    """When an item is due, on its fund's day: before that day, or on it and in the thirty days after it."""

    LATE = "late", "Overdue"
    SOON = "soon", "In the next 30 days"


@dataclass(frozen=True, slots=True)
class OpenItemFilter:
    """What the list is narrowed to."""

    fund_id: int | None = None
    currency: str = ""
    due: str = ""
    text: str = ""


def open_calls(user) -> list[int]:
    """The calls on which something may be owed. Named one by one where items are looked for: else PostgreSQL works out
    what is owed of every item that there ever was."""
    return list(CapitalCall.objects.visible_to(user).open().values_list("pk", flat=True))


def open_items(
    user, narrowed: OpenItemFilter, *, at: datetime, calls: list[int] | None = None
) -> QuerySet[CapitalCallItem]:
    """Parts of issued calls on which something is owed; unordered, with fund, call, investor and capital. Who asks
    twice gives what `open_calls` said."""
    exact = {
        "fund": narrowed.fund_id,
        "call__fund__currency": narrowed.currency,
        "commitment__investor__name__icontains": narrowed.text,
    }
    found = CapitalCallItem.objects.filter(
        call__in=open_calls(user) if calls is None else calls,
        capital__outstanding__gt=0,
        **{name: value for name, value in exact.items() if value},
    )
    today = LocalDay(at, "call__fund__time_zone")
    if narrowed.due == Due.LATE:
        found = found.filter(capital__due_on__lt=today)
    elif narrowed.due == Due.SOON:
        found = found.filter(capital__due_on__range=(today, today + DUE_WITHIN))
    return found.select_related("call__fund", "commitment__investor", "capital")


def sorted_items(found, sort: str):
    """In the order of `SORTS`. Raises InvalidInput("ordering.not_allowed")."""
    column, _ = order_of(sort, SORTS)
    return found.order_by(column, *([] if "due_on" in column else ["capital__due_on"]), "pk")


def totals(found) -> list[dict]:
    """The sums of the whole filter, a row per currency: `currency`, `rows`, `called`, `paid`, `outstanding`."""
    sums = found.order_by().values("call__fund__currency").order_by("call__fund__currency")
    return [
        {"currency": row.pop("call__fund__currency"), **row}
        for row in sums.annotate(
            rows=Count("pk"),
            called=Sum("capital__called"),
            paid=Sum("capital__paid"),
            outstanding=Sum("capital__outstanding"),
        )
    ]


def with_days_late(items, *, at: datetime):
    """The items, each with its `days_late` on its fund's day; 0 for what is not due yet, or waits for a call."""
    for item in items:
        due = item.capital.due_on
        item.days_late = max(0, (item.call.fund.day_of(at) - due).days) if due else 0
        yield item


def export_rows(found, *, at: datetime) -> Iterator[tuple]:
    """The list as rows of `EXPORT_COLUMNS`."""
    for item in with_days_late(found.iterator(chunk_size=500), at=at):
        yield (
            item.commitment.investor.name,
            item.commitment.reference,
            item.call.fund.name,
            item.call.number,
            item.capital.due_on,
            item.days_late,
            item.call.fund.currency,
            item.capital.called,
            item.capital.paid,
            item.capital.outstanding,
        )
