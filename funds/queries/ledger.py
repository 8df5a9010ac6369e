"""The ledger as people read it: narrowed, summed per currency, paged and exported. Everything is added up in SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.paginator import Page
from django.db.models import Case, Count, F, Q, QuerySet, Sum, TextChoices, When
from django.db.models.functions import Coalesce

from blackgem.lib.export import Column, Kind
from blackgem.lib.fields import MoneyField
from funds.models import CapitalTransaction, Fund, Investor

from .lists import order_of, page_of

ZERO = Decimal("0.00")
TRANSACTIONS_PER_PAGE = 100
ROWS_PER_FETCH = 2_000
SORTS = {
    "date": "value_date",
    "fund": "fund__name",
    "investor": "commitment__investor__name",
    "type": "type",
    "amount": "amount",
}
_Type = CapitalTransaction.Type
#: The columns of the list. Each row stands in one of them, with its sign: what was reversed is negative there.
CONTRIBUTED = Q(call_item_id__isnull=False)
DISTRIBUTED = Q(call_item_id__isnull=True) & (Q(counts_as_distributed=True) | Q(counts_as_paid_in=True))
OTHER = ~CONTRIBUTED & ~DISTRIBUTED
OTHER_TYPES = set(_Type.values) - {_Type.CONTRIBUTION, _Type.DISTRIBUTION}
EXPORT_COLUMNS = (
    Column("Date", Kind.DATE, 12),
    Column("Fund", width=32),
    Column("Investor", width=32),
    Column("Reference", width=12),
    Column("Type", width=16),
    Column("Description", width=40),
    Column("For", width=26),
    Column("Deal", width=28),
    Column("Recallable", width=11),
    Column("Currency", Kind.CURRENCY, 10),
    Column("Contribution", Kind.MONEY),
    Column("Distribution", Kind.MONEY),
    Column("Other", Kind.MONEY),
    Column("Net effect", Kind.MONEY),
    Column("Ledger row", Kind.INTEGER, 11),
)
#: What a contribution was for, in words. The rows keep the kind of their call's line.
PURPOSES = {
    "management_fee": "Management fee",
    "partnership_expenses": "Partnership expenses",
    "organisational_costs": "Organisational costs",
    "subsequent_close_interest": "Subsequent close interest",
    "default_interest": "Interest on a late payment",
    "deemed_contribution": "For the general partner, of a waived fee",
    "investment": "Investment",
    "reserves": "Reserves",
    "other": "Other",
}


class Counts(TextChoices):
    """In which of the columns a row stands."""

    CONTRIBUTED = "contribution", "Contribution"
    DISTRIBUTED = "distribution", "Distribution"
    OTHER = "other", "Other"


_COUNTED = {Counts.CONTRIBUTED: CONTRIBUTED, Counts.DISTRIBUTED: DISTRIBUTED, Counts.OTHER: OTHER}


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What the ledger is narrowed to; dates are value dates, both ends included."""

    fund_id: int | None = None
    currency: str = ""
    counts: str = ""
    investor_id: int | None = None
    type: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerTotals:
    """The sums of the filter in one currency. `distributed` is what went to partners, positive; the net effect is
    contributed − distributed + other, as the ledger's own signs add up."""

    currency: str
    rows: int
    contributed: Decimal
    distributed: Decimal
    other: Decimal
    net: Decimal


def transactions(user, narrowed: LedgerFilter) -> QuerySet[CapitalTransaction]:
    """The rows of the funds that a person sees, narrowed; unordered, with fund, commitment, investor and deal.

    Each has `contributed`, `distributed` and `other`: its amount in the column it belongs to, else None.
    """
    conditions = {
        "fund": narrowed.fund_id,
        "fund__currency": narrowed.currency,
        "commitment__investor": narrowed.investor_id,
        "type": narrowed.type,
        "value_date__gte": narrowed.since,
        "value_date__lte": narrowed.until,
    }
    rows = CapitalTransaction.objects.filter(fund__in=Fund.objects.visible_to(user))
    if narrowed.counts:
        rows = rows.filter(_COUNTED[Counts(narrowed.counts)])
    return (
        rows.filter(**{name: value for name, value in conditions.items() if value})
        .select_related("fund", "commitment__investor", "deal")
        .annotate(
            contributed=Case(When(CONTRIBUTED, then=F("amount")), output_field=MoneyField()),
            distributed=Case(When(DISTRIBUTED, then=-F("amount")), output_field=MoneyField()),
            other=Case(When(OTHER, then=F("amount")), output_field=MoneyField()),
        )
    )


def sorted_transactions(rows: QuerySet, sort: str) -> QuerySet:
    """In the order of `SORTS`, a minus in front for descending. Raises InvalidInput("ordering.not_allowed")."""
    column, _ = order_of(sort, SORTS)
    tie = "-pk" if column.startswith("-") else "pk"
    return rows.order_by(column, *([] if column.lstrip("-") == "value_date" else ["-value_date"]), tie)


def transactions_page(rows: QuerySet, *, sort: str, number, count: int) -> Page:
    """One page of sorted rows; `count` spares the database the counting."""
    return page_of(sorted_transactions(rows, sort), TRANSACTIONS_PER_PAGE, number, count=count)


def totals(rows: QuerySet) -> list[LedgerTotals]:
    """The sums over the whole filter, one row per currency: amounts of two currencies are never added."""
    plain = rows.select_related(None).order_by()
    sums = plain.values("fund__currency").annotate(
        rows=Count("pk"),
        contributed_sum=_sum(CONTRIBUTED),
        distributed_sum=_sum(DISTRIBUTED),
        net_sum=Coalesce(Sum("amount"), ZERO),
    )
    return [
        LedgerTotals(
            row["fund__currency"],
            row["rows"],
            row["contributed_sum"],
            -row["distributed_sum"],
            row["net_sum"] - row["contributed_sum"] - row["distributed_sum"],
            row["net_sum"],
        )
        for row in sums.order_by("fund__currency")
    ]


def _sum(condition):
    return Coalesce(Sum("amount", filter=condition), ZERO)


def investors_to_choose(user) -> QuerySet[Investor]:
    """The partners of the funds that a person sees, by name."""
    partners = Fund.objects.visible_to(user).values("commitments__investor")
    return Investor.objects.filter(pk__in=partners).only("pk", "name").order_by("name", "pk")


def export_rows(rows: QuerySet) -> Iterator[tuple]:
    """The rows as `EXPORT_COLUMNS`, fetched a few at a time."""
    for row in rows.iterator(chunk_size=ROWS_PER_FETCH):
        yield (
            row.value_date,
            row.fund.name,
            row.commitment.investor.name,
            row.commitment.reference,
            row.get_type_display(),
            row.description,
            PURPOSES.get(row.line_kind, row.line_kind),
            row.deal.name if row.deal else "",
            "yes" if row.recallable else "",
            row.fund.currency,
            row.contributed,
            row.distributed,
            row.other,
            row.amount,
            row.pk,
        )
