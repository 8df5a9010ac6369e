"""The list of investors across the funds that a person sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from django.core.paginator import Page
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from funds.models import Commitment, Fund, Investor
from funds.queries.lists import order_of, page_of

ZERO = Decimal("0.00")
INVESTORS_PER_PAGE = 100
ROWS_PER_FETCH = 500
#: The figures of a row and what they are called; unfunded = committed − called within it + recallable.
FIGURES = {
    "committed": "Commitment",
    "called": "Called",
    "called_within": "Called within the commitment",
    "paid": "Paid",
    "outstanding": "Outstanding",
    "recallable": "Recallable",
    "unfunded": "Unfunded",
    "distributed": "Distributed",
}
#: Columns for those who want to see how the unfunded commitment comes about.
WORKING = {"called_within", "recallable"}
INVESTOR_SORTS = {"name": "name", "kind": "kind", **{figure: "sort_figure" for figure in FIGURES}}
EXPORT_COLUMNS = (
    Column("Investor", width=36),
    Column("Kind", width=24),
    Column("Country", width=20),
    Column("Funds", Kind.INTEGER, 8),
    Column("Currency", Kind.CURRENCY, 10),
    *(Column(label, Kind.MONEY) for label in FIGURES.values()),
)
INVESTORS = register_list(
    ListKind(
        page="dashboard:investor_list",
        export="dashboard:investor_export",
        noun="investor",
        sort="name",
        columns=(
            ListColumn(
                name="name", label="Investor", sorts=True, wraps=True, phone="name", files=("Investor",)
            ),
            ListColumn(name="kind", label="Kind", sorts=True, phone="note", files=("Kind",)),
            ListColumn(name="country", label="Country", usual=False, files=("Country",)),
            ListColumn(name="funds", label="Funds", numeric=True, files=("Funds",)),
            *(
                ListColumn(
                    name=name,
                    label=label,
                    sorts=True,
                    numeric=True,
                    usual=name not in WORKING,
                    total=name,
                    phone="amount" if name == "committed" else "",
                    files=(label,),
                )
                for name, label in FIGURES.items()
            ),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class InvestorFilter:
    """What the list is narrowed to. Figures are in one currency, that of the fund where one is chosen."""

    text: str = ""
    fund: Fund | None = None
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class InvestorShown:
    """One row; the figures are None where nothing is promised in the list's currency."""

    pk: int
    name: str
    kind: str
    country: str
    fund_count: int
    committed: Decimal | None
    called: Decimal | None
    called_within: Decimal | None
    paid: Decimal | None
    outstanding: Decimal | None
    recallable: Decimal | None
    unfunded: Decimal | None
    distributed: Decimal | None


def funds_to_choose(user) -> list[Fund]:
    """The funds a person sees, by name."""
    return list(Fund.objects.visible_to(user).only("pk", "name", "currency").order_by("name"))


def investors_page(user, narrowed: InvestorFilter, *, sort: str, number) -> Page:
    """Investors with what they promised, were called for and paid, over the funds of the filter. Two statements and a
    count: the figures are added up for the rows of the page, unless the list is sorted by them."""
    page = page_of(_investors(user, narrowed, sort), INVESTORS_PER_PAGE, number)
    page.object_list = _with_figures(user, narrowed, list(page.object_list))
    return page


def export_rows(user, narrowed: InvestorFilter, *, sort: str) -> Iterator[tuple]:
    """The whole list as `EXPORT_COLUMNS`, in the order of the page, its figures added up a few hundred at a time.

    Raises InvalidInput("ordering.not_allowed") before the first row.
    """
    return _rows(user, narrowed, _investors(user, narrowed, sort))


def _rows(user, narrowed: InvestorFilter, investors) -> Iterator[tuple]:
    rows = investors.iterator(chunk_size=ROWS_PER_FETCH)
    while batch := list(islice(rows, ROWS_PER_FETCH)):
        for row in _with_figures(user, narrowed, batch):
            figures = (getattr(row, name) for name in FIGURES)
            yield (row.name, row.kind, row.country, row.fund_count, narrowed.currency, *figures)


def _investors(user, narrowed: InvestorFilter, sort: str):
    """The investors of the filter in the order of `INVESTOR_SORTS`. Raises InvalidInput("ordering.not_allowed")."""
    investors = Investor.objects.visible_to(user)
    if narrowed.text:
        investors = investors.filter(name__icontains=narrowed.text)
    if narrowed.fund:
        investors = investors.filter(commitments__fund=narrowed.fund)
    # DISTINCT stays inside, so that what is sorted by need not be part of it.
    investors = Investor.objects.filter(pk__in=investors.values("pk"))
    if sort.removeprefix("-") in FIGURES:
        investors = investors.annotate(sort_figure=_figure(user, narrowed, sort.removeprefix("-")))
    return investors.order_by(*order_of(sort, INVESTOR_SORTS))


def _counted(user, narrowed: InvestorFilter):
    """The commitments that the figures of the list are about."""
    commitments = Commitment.objects.filter(
        fund__in=Fund.objects.visible_to(user), fund__currency=narrowed.currency
    )
    return commitments.filter(fund=narrowed.fund) if narrowed.fund else commitments


def _figure(user, narrowed, name):
    """One figure of an investor, to sort by."""
    commitments = _counted(user, narrowed).filter(investor=OuterRef("pk")).order_by().values("investor")
    return Coalesce(Subquery(commitments.annotate(sum=Sum(f"capital__{name}")).values("sum")), ZERO - 1)


def _with_figures(user, narrowed, investors) -> list[InvestorShown]:
    sums = {
        row["investor"]: row
        for row in _counted(user, narrowed)
        .filter(investor__in=[investor.pk for investor in investors])
        .values("investor")
        .annotate(funds=Count("pk"), **{name: Sum(f"capital__{name}") for name in FIGURES})
    }
    return [
        InvestorShown(
            investor.pk,
            investor.name,
            investor.get_kind_display(),
            investor.country,
            sums.get(investor.pk, {}).get("funds", 0),
            *(sums.get(investor.pk, {}).get(name) for name in FIGURES),
        )
        for investor in investors
    ]


def totals(user, narrowed: InvestorFilter) -> dict[str, Decimal]:
    """The figures over all partners of the funds of the filter, from the funds' own roll-up."""
    funds = Fund.objects.visible_to(user).filter(currency=narrowed.currency)
    if narrowed.fund:
        funds = funds.filter(pk=narrowed.fund.pk)
    return funds.aggregate(**{name: Coalesce(Sum(f"partners__{name}"), ZERO) for name in FIGURES})
