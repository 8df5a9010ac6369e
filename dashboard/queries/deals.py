"""Deals across the funds that a person sees, with what was set aside for them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import FilteredRelation, OuterRef, Q, Subquery

from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from capital.models import FundAllocation
from funds.models import Deal, Fund
from funds.queries.lists import order_of, page_of
from funds.queries.partners import with_rights

ROWS_PER_PAGE = 50
NO_FUND = 0  # a condition on nothing at all would leave no deal either
DEAL_SORTS = {"name": "name", "entered": "created_at"}
FIGURES = ("committed", "called", "funded", "uncalled")
EXPORT_COLUMNS = (
    Column("Deal", width=36),
    Column("Description", width=48),
    Column("Fund", width=32),
    Column("State", width=18),
    Column("Currency", Kind.CURRENCY, 10),
    *(Column(name.capitalize(), Kind.MONEY) for name in FIGURES),
)
DEALS = register_list(
    ListKind(
        page="dashboard:deal_list",
        export="dashboard:deal_export",
        noun="row",
        sort="name",
        rows_link=False,
        columns=(
            ListColumn(
                name="name", label="Deal", sorts=True, wraps=True, phone="name", files=("Deal", "Description")
            ),
            ListColumn(name="fund", label="Fund", phone="note", files=("Fund",)),
            ListColumn(name="state", label="State", phone="state", files=("State",)),
            *(
                ListColumn(
                    name=name,
                    label=name.capitalize(),
                    numeric=True,
                    phone="amount" if name == "committed" else "",
                    files=(name.capitalize(),),
                )
                for name in FIGURES
            ),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class DealShown:
    """One row: a deal with what one fund set aside for it, or with none; the first of its rows on a page tells
    about it."""

    deal: Deal
    allocation: FundAllocation | None
    is_first: bool = True


def deals(user, *, text: str):
    """Deals that a person sees, each once for every fund that this person sees and that set aside for it (`seen`),
    or once for none; unordered."""
    found = Deal.objects.visible_to(user)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(description__icontains=text))
    funds = [NO_FUND, *Fund.objects.visible_to(user).values_list("pk", flat=True)]
    seen = FilteredRelation("allocations", condition=Q(allocations__fund__in=funds))
    return Deal.objects.filter(pk__in=found.values("pk")).annotate(seen=seen)


def sorted_deals(found, sort: str):
    """Pairs of ids (deal, allocation) in the order of `DEAL_SORTS`. Raises InvalidInput("ordering.not_allowed")."""
    # Not by seen__fund__name: Django would join the fund before what it is joined by.
    fund = Fund.objects.filter(pk=OuterRef("seen__fund")).values("name")
    ordered = found.order_by(*order_of(sort, DEAL_SORTS), Subquery(fund), "seen__pk")
    return ordered.values_list("pk", "seen__pk")


def deals_page(user, found, *, sort: str, number) -> Page:
    """One page of rows: a fund's allocation to a deal each, or a deal that has none."""
    page = page_of(sorted_deals(found, sort), ROWS_PER_PAGE, number)
    page.object_list = list(rows_of(user, page.object_list))
    return page


def rows_of(user, pairs) -> Iterator[DealShown]:
    """A row for each pair of a deal's and an allocation's id."""
    pairs = list(pairs)
    deals = with_rights(Deal.objects, user).in_bulk({deal for deal, _ in pairs})
    allocations = FundAllocation.objects.select_related("fund", "capital").in_bulk(
        {one for _, one in pairs if one}
    )
    before = None
    for deal, one in pairs:
        yield DealShown(deals[deal], allocations.get(one), deal != before)
        before = deal


def export_rows(user, ordered) -> Iterator[tuple]:
    """The list as rows of `EXPORT_COLUMNS`."""
    for row in rows_of(user, ordered):
        about, one = (row.deal.name, row.deal.description), row.allocation
        if one is None:
            yield (*about, "", "", "", None, None, None, None)
        else:
            figures = (getattr(one.capital, name) for name in FIGURES)
            yield (*about, one.fund.name, one.get_state_display(), one.fund.currency, *figures)
