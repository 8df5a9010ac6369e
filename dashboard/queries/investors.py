"""Investors across the funds that a person sees: the list, and one investor, whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.core.paginator import Page
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Coalesce

from blackgem.lib import audit
from blackgem.lib.days import LocalDay
from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from blackgem.lib.timeline import told
from capital.models import CapitalCallItem
from capital.queries.nav import add_nav, with_terms_of_nav
from distributions.models import DistributionItem
from funds.models import CapitalTransaction, Commitment, Fund, Investor
from funds.queries.access import with_role
from funds.queries.lists import Shortened, order_of, page_of, shortened
from funds.queries.stories import newest

ZERO = Decimal("0.00")
INVESTORS_PER_PAGE = 100
ROWS_PER_FETCH = 500
ITEMS_SHOWN = 25
EVENTS_SHOWN = 20
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


def commitments_of(user, investor, *, at: datetime) -> list[Commitment]:
    """What an investor promised the funds that this person sees, with fund, capital, the person's `role` and what
    `multiples_of` reads."""
    seen = investor.commitments.filter(fund__in=Fund.objects.visible_to(user))
    commitments = with_role(seen.select_related("fund", "capital"), user).order_by("fund__name")
    rows = list(with_terms_of_nav(commitments, as_of=LocalDay(at, "fund__time_zone")))
    add_nav(rows, day_of=lambda fund: fund.day_of(at))
    return rows


def items_of(commitments, *, whole: bool = False) -> Shortened:
    """The newest parts of issued calls of these commitments, or all, with call and capital."""
    # A call that is not issued counts nowhere: it has called nothing.
    issued = CapitalCallItem.objects.filter(
        commitment__in=[one.pk for one in commitments], call__approved_at__isnull=False
    )
    shown = issued.exclude(call__cancelled_at__isnull=False).select_related("call", "capital")
    placed = _placed(shown.order_by("-call__due_date", "-pk"), commitments, whole)
    for item in placed:
        item.call.fund = item.commitment.fund
    return placed


def distribution_items_of(commitments, *, whole: bool = False) -> Shortened:
    """The newest parts of issued distributions of these commitments, or all, with distribution, capital, `profit`."""
    issued = DistributionItem.objects.filter(
        commitment__in=[one.pk for one in commitments], distribution__sent_at__isnull=False
    )
    shown = (
        issued.exclude(distribution__cancelled_at__isnull=False)
        .select_related("distribution", "capital")
        .defer("tiers", "working", "distribution__inputs")
        .annotate(profit=F("gross_amount") - F("return_of_capital"))
    )
    return _placed(shown.order_by("-distribution__date", "-pk"), commitments, whole)


@dataclass(frozen=True, slots=True)
class PaymentPosted:
    """A payment, or what took one back, as the ledger has it."""

    commitment: Commitment
    value_date: date
    description: str
    call_id: int
    call_item_id: int
    amount: Decimal


def payments_of(commitments, *, whole: bool = False) -> Shortened:
    """The newest payments of these commitments, or all: one row for each, whatever it was applied to."""
    by_id = {one.pk: one for one in commitments}
    rows = CapitalTransaction.objects.filter(commitment__in=by_id, payment_id__isnull=False)
    payments = rows.values_list(
        "commitment_id", "value_date", "description", "call_id", "call_item_id", "payment_id"
    )
    newest = payments.annotate(sum=Sum("amount"), in_all=Window(Count("payment_id")))
    shown = list(newest.order_by("-value_date", "-payment_id")[: None if whole else ITEMS_SHOWN])
    posted = [PaymentPosted(by_id[partner], *facts, amount) for partner, *facts, _, amount, _ in shown]
    return Shortened(posted, shown[0][-1] if shown else 0)


def _placed(items, commitments, whole: bool) -> Shortened:
    """The first items, or the `whole` list, each with the commitment that is known already, and its fund."""
    by_id, placed = {one.pk: one for one in commitments}, shortened(items, None if whole else ITEMS_SHOWN)
    for item in placed:
        item.commitment = by_id[item.commitment_id]
    return placed


def story_of(user, investor, commitments, *, whole: bool = False) -> Shortened:
    """What was done with an investor, its contacts and these commitments of it, newest first.

    Events of funds that this person does not see stay unseen.
    """
    funds = {commitment.fund_id for commitment in commitments}
    events = audit.timeline(investor).filter(Q(fund_id=None) | Q(fund_id__in=funds))
    cut = newest(events, None if whole else EVENTS_SHOWN)
    return Shortened([entry for _, entry, _ in told(cut)], cut.total)
