"""The list of distributions: what is shown, summed, and exported."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.errors import InvalidInput
from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from distributions.models import Distribution
from distributions.states import DISTRIBUTION_ISSUED
from funds.models import Fund

ZERO = Decimal("0.00")
#: A status to narrow by: every distribution that was issued, whatever was paid out of it.
ANY_ISSUED = "issued"
#: What the list can be sorted by.
SORTS = {
    "number": ("number", "fund__name"),
    "fund": ("fund__name", "number"),
    "date": ("date", "number"),
    "amount": ("total_amount", "number"),
    "type": ("type", "number"),
    "status": ("status", "number"),
    "paid": ("capital__paid_out", "number"),
}
EXPORT_COLUMNS = (
    Column("Fund", width=32),
    Column("Distribution", Kind.INTEGER, 12),
    Column("Date", Kind.DATE, 12),
    Column("Type", width=24),
    Column("Source", width=40),
    Column("Status", width=18),
    Column("Currency", Kind.CURRENCY, 10),
    Column("Amount", Kind.MONEY),
    Column("Return of capital", Kind.MONEY),
    Column("Preferred return", Kind.MONEY),
    Column("Profit share", Kind.MONEY),
    Column("Carried interest", Kind.MONEY),
    Column("Withheld", Kind.MONEY),
    Column("Net", Kind.MONEY),
    Column("Paid out", Kind.MONEY),
    Column("Payable", Kind.MONEY),
)
DISTRIBUTIONS = register_list(
    ListKind(
        page="distributions:distribution_list",
        export="distributions:distribution_export",
        noun="distribution",
        sort="-date",
        columns=(
            ListColumn(
                name="number", label="Distribution", sorts=True, phone="name", files=("Distribution",)
            ),
            ListColumn(name="fund", label="Fund", sorts=True, wraps=True, phone="note", files=("Fund",)),
            ListColumn(name="date", label="Date", sorts=True, phone="note", files=("Date",)),
            ListColumn(
                name="amount",
                label="Amount",
                sorts=True,
                numeric=True,
                total="declared",
                phone="amount",
                files=("Amount",),
            ),
            ListColumn(name="type", label="Type", sorts=True, files=("Type",)),
            ListColumn(name="source", label="Source", wraps=True, files=("Source",)),
            ListColumn(name="status", label="Status", sorts=True, phone="state", files=("Status",)),
            ListColumn(
                name="paid",
                label="Paid out",
                sorts=True,
                numeric=True,
                total="paid_out",
                files=("Paid out",),
            ),
            ListColumn(
                name="payable",
                label="Payable",
                numeric=True,
                usual=False,
                total="payable",
                files=("Payable",),
            ),
            *(
                ListColumn(name=name, label=header, numeric=True, usual=False, files=(header,))
                for name, header in (
                    ("return_of_capital", "Return of capital"),
                    ("preferred_return", "Preferred return"),
                    ("profit_share", "Profit share"),
                    ("carried_interest", "Carried interest"),
                    ("withheld", "Withheld"),
                    ("net", "Net"),
                )
            ),
        ),
    )
)
_PARTS = ("return_of_capital", "preferred_return", "profit_share", "carried_interest")


@dataclass(frozen=True, slots=True)
class DistributionFilter:
    """What the list is narrowed to. `status` may be one of the distributions' own, or `ANY_ISSUED`."""

    fund_id: int | None = None
    currency: str = ""
    status: str = ""
    type: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class DistributionTotals:
    """The five cards, for one currency: the four parts add up to what was declared. Only issued ones count."""

    currency: str
    declared: Decimal
    return_of_capital: Decimal
    preferred_return: Decimal
    profit_share: Decimal
    carried_interest: Decimal
    paid_out: Decimal

    @property
    def payable(self) -> Decimal:
        """Declared and not paid out."""
        return self.declared - self.paid_out


def distributions(user, narrowed: DistributionFilter):
    """The distributions that a person sees, narrowed; unordered, with fund, deal and capital, without their inputs."""
    found = Distribution.objects.visible_to(user).select_related("fund", "deal", "capital").defer("inputs")
    exact = {"fund": narrowed.fund_id, "fund__currency": narrowed.currency, "type": narrowed.type}
    if narrowed.status == ANY_ISSUED:
        exact["status__in"] = DISTRIBUTION_ISSUED
    else:
        exact["status"] = narrowed.status
    between = {"date__gte": narrowed.since, "date__lte": narrowed.until}
    found = found.filter(**{name: value for name, value in (exact | between).items() if value})
    if narrowed.text:
        words = Q(source__icontains=narrowed.text) | Q(deal__name__icontains=narrowed.text)
        found = found.filter(words)
    return found


def sorted_distributions(found, sort: str):
    """In the order of `SORTS`, a minus in front for descending. Raises InvalidInput("ordering.not_allowed")."""
    key, descending = sort.removeprefix("-"), sort.startswith("-")
    if key not in SORTS:
        raise InvalidInput("ordering.not_allowed", "The list cannot be sorted by that.")
    return found.order_by(*(f"-{name}" if descending else name for name in SORTS[key]), "-pk")


def totals(user, found, narrowed: DistributionFilter) -> list[DistributionTotals]:
    """The sums over the issued ones of the whole filter, one row per currency of the funds that it is about."""
    names = ("declared", *_PARTS, "paid_out")
    columns = {name: "gross" if name == "declared" else name for name in names}
    sums = {
        row["fund__currency"]: row
        for row in found.filter(status__in=DISTRIBUTION_ISSUED)
        .order_by()
        .values("fund__currency")
        .annotate(**{name: Coalesce(Sum(f"capital__{column}"), ZERO) for name, column in columns.items()})
    }
    funds = Fund.objects.visible_to(user)
    if narrowed.fund_id:
        funds = funds.filter(pk=narrowed.fund_id)
    if narrowed.currency:
        funds = funds.filter(currency=narrowed.currency)
    currencies = set(funds.values_list("currency", flat=True))
    return [
        DistributionTotals(currency, *(sums.get(currency, {}).get(name, ZERO) for name in names))
        for currency in sorted(currencies, key=lambda one: (one not in sums, one))
    ]


def payable_of(one: Distribution) -> Decimal:
    """What an issued one declared and did not pay out yet; nothing of another."""
    return one.capital.payable if one.status in DISTRIBUTION_ISSUED else ZERO


def export_rows(found) -> Iterator[tuple]:
    """The list as rows of `EXPORT_COLUMNS`."""
    for one in found.iterator(chunk_size=500):
        yield (
            one.fund.name,
            one.number,
            one.date,
            one.get_type_display(),
            one.source,
            one.get_status_display(),
            one.fund.currency,
            one.total_amount,
            *(getattr(one.capital, name) for name in _PARTS),
            one.capital.withheld,
            one.capital.net,
            one.capital.paid_out,
            payable_of(one),
        )
