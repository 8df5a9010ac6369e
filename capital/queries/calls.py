"""The list of capital calls: what is shown, summed, and exported."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Case, DecimalField, ExpressionWrapper, F, Sum, Value, When
from django.db.models.functions import Coalesce

from blackgem.lib.errors import InvalidInput
from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from capital.models import CapitalCall, FundCommitmentCapital
from capital.states import CALL_OPEN
from funds.models import Fund

ZERO = Decimal("0.00")
#: A status to narrow by: every call that was issued, whatever was paid of it.
ANY_ISSUED = "issued"

_FUNDED_SHARE = Case(
    When(capital__called=0, then=Value(ZERO)),
    default=ExpressionWrapper(F("capital__paid") / F("capital__called"), output_field=DecimalField()),
)
#: What the list can be sorted by.
SORTS = {
    "number": ("number", "fund__name"),
    "fund": ("fund__name", "number"),
    "date": ("call_date", "number"),
    "due": ("due_date", "number"),
    "amount": ("total_amount", "number"),
    "status": ("status", "number"),
    "funded": ("funded_share", "number"),
}
EXPORT_COLUMNS = (
    Column("Fund", width=32),
    Column("Call", Kind.INTEGER, 8),
    Column("Call date", Kind.DATE, 12),
    Column("Due date", Kind.DATE, 12),
    Column("Purpose", width=48),
    Column("Status", width=18),
    Column("Currency", Kind.CURRENCY, 10),
    Column("Amount", Kind.MONEY),
    Column("Waived", Kind.MONEY),
    Column("Funded", Kind.MONEY),
    Column("Outstanding", Kind.MONEY),
)
CALLS = register_list(
    ListKind(
        page="capital:call_list",
        export="capital:call_export",
        noun="capital call",
        sort="-date",
        columns=(
            ListColumn(name="number", label="Call", sorts=True, phone="name", files=("Call",)),
            ListColumn(name="fund", label="Fund", sorts=True, wraps=True, phone="note", files=("Fund",)),
            ListColumn(name="date", label="Date", sorts=True, files=("Call date",)),
            ListColumn(name="due", label="Due", sorts=True, phone="note", files=("Due date",)),
            ListColumn(
                name="amount",
                label="Amount",
                sorts=True,
                numeric=True,
                total="called",
                phone="amount",
                files=("Amount",),
            ),
            ListColumn(name="purpose", label="Purpose", wraps=True, files=("Purpose",)),
            ListColumn(name="status", label="Status", sorts=True, phone="state", files=("Status",)),
            ListColumn(name="funded", label="Funded", sorts=True, numeric=True, files=("Funded",)),
            ListColumn(
                name="outstanding",
                label="Outstanding",
                numeric=True,
                usual=False,
                total="outstanding",
                files=("Outstanding",),
            ),
            ListColumn(name="waived", label="Waived", numeric=True, usual=False, files=("Waived",)),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What the list is narrowed to. `status` may be one of the calls' own, `ANY_ISSUED` or overdue."""

    fund_id: int | None = None
    currency: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class CallTotals:
    """The four cards, for one currency. `unfunded` is what the funds' partners still have to give."""

    currency: str
    called: Decimal
    funded: Decimal
    outstanding: Decimal
    unfunded: Decimal


def calls(user, narrowed: CallFilter, *, at: datetime):
    """The calls that a person sees, narrowed; unordered, with fund and capital."""
    found = CapitalCall.objects.visible_to(user).select_related("fund", "capital")
    if narrowed.fund_id:
        found = found.filter(fund=narrowed.fund_id)
    if narrowed.currency:
        found = found.filter(fund__currency=narrowed.currency)
    if narrowed.status == "overdue":
        found = found.overdue(at=at)
    elif narrowed.status == ANY_ISSUED:
        found = found.issued()
    elif narrowed.status:
        found = found.filter(status=narrowed.status)
    if narrowed.since:
        found = found.filter(call_date__gte=narrowed.since)
    if narrowed.until:
        found = found.filter(call_date__lte=narrowed.until)
    if narrowed.text:
        found = found.filter(purpose__icontains=narrowed.text)
    return found


def sorted_calls(found, sort: str):
    """In the order of `SORTS`, a minus in front for descending. Raises InvalidInput("ordering.not_allowed")."""
    key, descending = sort.lstrip("-"), sort.startswith("-")
    if key not in SORTS or sort.startswith("--"):
        raise InvalidInput("ordering.not_allowed", "The list cannot be sorted by that.")
    if key == "funded":
        found = found.annotate(funded_share=_FUNDED_SHARE)
    return found.order_by(*(f"-{name}" if descending else name for name in SORTS[key]), "-pk")


def totals(user, found, narrowed: CallFilter) -> list[CallTotals]:
    """The sums over the whole filter, one row per currency: amounts of two currencies are never added."""
    sums = {
        row["fund__currency"]: row
        for row in found.order_by()
        .values("fund__currency")
        .annotate(
            called=Coalesce(Sum("capital__called"), ZERO),
            funded=Coalesce(Sum("capital__paid"), ZERO),
            outstanding=Coalesce(Sum("capital__outstanding"), ZERO),
        )
    }
    unfunded = _unfunded(user, narrowed)
    return [
        CallTotals(
            currency,
            *(sums.get(currency, {}).get(name, ZERO) for name in ("called", "funded", "outstanding")),
            unfunded[currency],
        )
        for currency in sorted(unfunded, key=lambda one: (one not in sums, one))
    ]


def _unfunded(user, narrowed: CallFilter) -> dict[str, Decimal]:
    """What partners still have to give, per currency, of the funds that the list is about."""
    funds = Fund.objects.visible_to(user)
    if narrowed.fund_id:
        funds = funds.filter(pk=narrowed.fund_id)
    if narrowed.currency:
        funds = funds.filter(currency=narrowed.currency)
    rows = FundCommitmentCapital.objects.filter(fund__in=funds).values_list("fund__currency", "unfunded")
    per_currency: dict[str, Decimal] = {}
    for currency, unfunded in rows:
        per_currency[currency] = per_currency.get(currency, ZERO) + unfunded
    return per_currency


def export_rows(found) -> Iterator[tuple]:
    """The list as rows of `EXPORT_COLUMNS`."""
    for call in found.iterator(chunk_size=500):
        yield (
            call.fund.name,
            call.number,
            call.call_date,
            call.due_date,
            call.purpose,
            call.get_status_display(),
            call.fund.currency,
            call.total_amount,
            call.capital.waived,
            call.capital.paid,
            call.capital.outstanding,
        )


def is_late(call, *, at: datetime) -> bool:
    """Whether something is still owed on a call after it was due, on its fund's day."""
    due_on = call.capital.due_on
    return call.status in CALL_OPEN and due_on is not None and due_on < call.fund.day_of(at)
