"""Deals across the funds that a person sees, with what was set aside for them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import Prefetch, Q

from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from capital.models import FundAllocation
from funds.models import Deal, Fund
from funds.queries.lists import order_of, page_of
from funds.queries.partners import with_rights

DEALS_PER_PAGE = 50
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
        noun="deal",
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
    """One row: a deal with what one fund set aside for it, or with none; `is_first` of its rows tells about it."""

    deal: Deal
    allocation: FundAllocation | None
    is_first: bool = True


def deals(user, *, text: str):
    """Deals that a person sees, with the allocations of the funds that this person sees; unordered."""
    found = Deal.objects.visible_to(user)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(description__icontains=text))
    seen = FundAllocation.objects.filter(fund__in=Fund.objects.visible_to(user).values("pk"))
    prefetched = Prefetch(
        "allocations",
        seen.select_related("fund", "capital").order_by("fund__name"),
        to_attr="seen_allocations",
    )
    return with_rights(Deal.objects.filter(pk__in=found.values("pk")), user).prefetch_related(prefetched)


def sorted_deals(found, sort: str):
    """In the order of `DEAL_SORTS`. Raises InvalidInput("ordering.not_allowed")."""
    return found.order_by(*order_of(sort, DEAL_SORTS))


def deals_page(found, *, sort: str, number) -> Page:
    """One page of deals; what is paged are deals, its rows are `rows_of`."""
    return page_of(sorted_deals(found, sort), DEALS_PER_PAGE, number)


def rows_of(found) -> Iterator[DealShown]:
    """A row per allocation, or one for a deal without any."""
    for deal in found:
        allocations = deal.seen_allocations or [None]
        yield from (DealShown(deal, one, place == 0) for place, one in enumerate(allocations))


def export_rows(found) -> Iterator[tuple]:
    """The list as rows of `EXPORT_COLUMNS`."""
    for row in rows_of(found.iterator(chunk_size=500)):
        about, one = (row.deal.name, row.deal.description), row.allocation
        if one is None:
            yield (*about, "", "", "", None, None, None, None)
        else:
            figures = (getattr(one.capital, name) for name in FIGURES)
            yield (*about, one.fund.name, one.get_state_display(), one.fund.currency, *figures)
