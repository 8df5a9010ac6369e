"""Deals across the funds that a person sees, with what was set aside for them."""

from django.core.paginator import Page
from django.db.models import Prefetch, Q

from capital.models import FundAllocation
from funds.models import Deal, Fund
from funds.queries.lists import order_of, page_of
from funds.queries.partners import with_rights

DEALS_PER_PAGE = 50
DEAL_SORTS = {"name": "name", "entered": "created_at"}


def deals_page(user, *, text: str, sort: str, number) -> Page:
    """Deals with the allocations of the funds that this person sees."""
    deals = Deal.objects.visible_to(user)
    if text:
        deals = deals.filter(Q(name__icontains=text) | Q(description__icontains=text))
    deals = with_rights(Deal.objects.filter(pk__in=deals.values("pk")), user)
    seen = FundAllocation.objects.filter(fund__in=Fund.objects.visible_to(user).values("pk"))
    prefetched = Prefetch(
        "allocations",
        seen.select_related("fund", "capital").order_by("fund__name"),
        to_attr="seen_allocations",
    )
    ordered = deals.order_by(*order_of(sort, DEAL_SORTS))
    return page_of(ordered.prefetch_related(prefetched), DEALS_PER_PAGE, number)
