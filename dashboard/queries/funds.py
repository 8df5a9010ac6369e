"""Funds with their figures: the list, and one fund, whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Page
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from blackgem.lib.pages import found
from capital.models import CapitalCall
from capital.states import CALL_PAID_ON
from funds.models import Commitment, Fund, Notice, NoticeDelivery
from funds.queries.access import with_role
from funds.queries.lists import nearest_page_of, order_of, page_of

FUNDS_PER_PAGE = 50
COMMITMENTS_PER_PAGE = 100
FUND_SORTS = {
    "name": "name",
    "committed": "partners__committed",
    "called": "partners__called",
    "paid": "partners__paid",
    "outstanding": "partners__outstanding",
    "unfunded": "partners__unfunded",
}
FIGURES = ("committed", "called", "paid", "outstanding", "unfunded")
EXPORT_COLUMNS = (
    Column("Fund", width=32),
    Column("Legal name", width=36),
    Column("Currency", Kind.CURRENCY, 10),
    Column("Commitments", Kind.MONEY),
    *(Column(name.capitalize(), Kind.MONEY) for name in FIGURES[1:]),
)
FUNDS = register_list(
    ListKind(
        page="dashboard:fund_list",
        export="dashboard:fund_export",
        noun="fund",
        sort="name",
        columns=(
            ListColumn(name="name", label="Fund", sorts=True, wraps=True, phone="name", files=("Fund",)),
            ListColumn(
                name="committed",
                label="Commitments",
                sorts=True,
                numeric=True,
                total="committed",
                phone="amount",
                files=("Commitments",),
            ),
            *(
                ListColumn(
                    name=name,
                    label=name.capitalize(),
                    sorts=True,
                    numeric=True,
                    total=name,
                    phone="state" if name == "outstanding" else "",
                    files=(name.capitalize(),),
                )
                for name in FIGURES[1:]
            ),
        ),
    )
)
COMMITMENT_SORTS = {
    "investor": "investor__name",
    "reference": "reference",
    "committed": "capital__committed",
    "called": "capital__called",
    "paid": "capital__paid",
    "outstanding": "capital__outstanding",
    "unfunded": "capital__unfunded",
}


@dataclass(frozen=True, slots=True)
class FundTotals:
    """The figures of all partners of the funds of the filter, in one currency."""

    currency: str
    committed: Decimal
    called: Decimal
    paid: Decimal
    outstanding: Decimal
    unfunded: Decimal


def funds_seen(user, *, text: str):
    """The funds a person sees, with their roll-ups, unordered."""
    funds = Fund.objects.visible_to(user)
    if text:
        funds = funds.filter(Q(name__icontains=text) | Q(legal_name__icontains=text))
    return with_role(funds, user, fund="pk").select_related("capital", "partners", "cash")


def sorted_funds(funds, sort: str):
    """In the order of `FUND_SORTS`. Raises InvalidInput("ordering.not_allowed")."""
    return funds.order_by(*order_of(sort, FUND_SORTS))


def funds_page(funds, *, sort: str, number) -> Page:
    return page_of(sorted_funds(funds, sort), FUNDS_PER_PAGE, number)


def fund_totals(user, *, text: str) -> list[FundTotals]:
    """The sums over the whole filter, one row per currency: amounts of two currencies are never added."""
    seen = Fund.objects.filter(pk__in=funds_seen(user, text=text).values("pk"))
    sums = {name: Coalesce(Sum(f"partners__{name}"), Decimal(0)) for name in FIGURES}
    rows = seen.order_by("currency").values("currency").annotate(**sums)
    return [FundTotals(**row) for row in rows]


def export_rows(funds) -> Iterator[tuple]:
    """The list as rows of `EXPORT_COLUMNS`."""
    for fund in funds.iterator(chunk_size=500):
        figures = (getattr(fund.partners, name) for name in FIGURES)
        yield (fund.name, fund.legal_name, fund.currency, *figures)


def fund_with_figures(user, fund_id) -> Fund:
    """A fund with roll-ups, `role`, `partner_count`, `committing_count` (with money), `lp_count`, `has_begun` (a call
    was mailed or paid on), and what its calls draw on no deal: `no_deal_called`, `no_deal_paid`,
    `no_deal_outstanding` bridge the deals to the calls' totals."""
    funds = with_role(Fund.objects.visible_to(user), user, fund="pk").select_related(
        "capital", "partners", "cash", "distributed"
    )
    return found(
        funds.annotate(
            partner_count=_count_commitments(),
            committing_count=_count_commitments(Q(amounts__committed__gt=0)),
            lp_count=_count_commitments(Q(kind=Commitment.Kind.LP)),
            has_begun=_has(CapitalCall, status__in=CALL_PAID_ON)
            | _has(NoticeDelivery, notice__kind=Notice.Kind.CAPITAL_CALL, of="notice__fund"),
            no_deal_called=F("partners__called") - F("capital__total_called"),
            no_deal_paid=F("partners__paid") - F("capital__total_funded"),
            no_deal_outstanding=F("partners__outstanding") - F("capital__outstanding_calls"),
        ),
        pk=fund_id,
    )


def _has(model, *, of="fund", **narrowed) -> Exists:
    return Exists(model.objects.filter(**narrowed, **{of: OuterRef("pk")}))


def _count_commitments(condition=None):
    commitments = Commitment.objects.filter(condition or Q(), fund=OuterRef("pk")).order_by().values("fund")
    return Coalesce(Subquery(commitments.annotate(count=Count("pk")).values("count")), 0)


def allocations_of(fund):
    """What the fund set aside for deals, by name of the deal, with capital."""
    return fund.allocations.select_related("deal", "capital").order_by("deal__name", "pk")


def commitments_page(fund, *, sort: str, number) -> Page:
    """The fund's partners with what each has promised, been called for and paid."""
    # The roll-up's own fund keeps PostgreSQL from adding up every other fund's partners too.
    commitments = fund.commitments.filter(capital__fund=fund).select_related("investor", "capital")
    ordered = commitments.order_by(*order_of(sort, COMMITMENT_SORTS))
    return nearest_page_of(ordered, COMMITMENTS_PER_PAGE, number, count=fund.partner_count)
