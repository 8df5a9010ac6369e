"""What a fund set aside for a deal, and the calls that drew on it."""

from blackgem.lib import audit
from blackgem.lib.pages import found
from capital.models import AllocationAmount, CapitalCallLine, FundAllocation
from capital.states import ALLOCATION_CALLABLE
from funds.models import Deal, Fund
from funds.queries.access import with_role
from funds.queries.lists import Shortened
from funds.queries.stories import story

from .call import CALLED_OF_LINE, FUNDED_OF_LINE

EVENTS_SHOWN = 30


def allocation_of(user, allocation_id) -> FundAllocation:
    """The allocation with fund, deal, capital and the user's `role`; 404 where it is not to be seen."""
    allocations = FundAllocation.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related(
        "fund", "deal", "capital", "created_by"
    )
    return found(with_role(allocations, user), pk=allocation_id)


def draws_on(allocation):
    """The call lines on an allocation, newest first, of every call that names it, each with what is `called`,
    with what was changed of it since, and `funded`."""
    return (
        CapitalCallLine.objects.filter(fund=allocation.fund, allocation=allocation)
        .select_related("call")
        .annotate(called=CALLED_OF_LINE, funded=FUNDED_OF_LINE)
        .order_by("-call__number")
    )


def callable_allocations(fund):
    """The allocations of a fund on which more may be called, with deal and capital."""
    return (
        fund.allocations.filter(state__in=ALLOCATION_CALLABLE)
        .select_related("deal", "capital")
        .order_by("deal__name", "pk")
    )


def deals_without_allocation(user, fund):
    """Deals that this person sees and the fund has not allocated to yet."""
    taken = fund.allocations.values("deal")
    return Deal.objects.visible_to(user).exclude(pk__in=taken).order_by("name", "pk")


def amounts_of(allocation) -> list[AllocationAmount]:
    """Its dated rows, the newest day first, each with what is `committed` from that day on (None while it waits)."""
    total = 0
    rows = list(
        allocation.amounts.select_related("recorded_by", "approved_by").order_by("effective_on", "pk")
    )
    for row in rows:
        total += row.amount if row.approved_at else 0
        row.committed = total if row.approved_at else None
    return rows[::-1]


def story_of_allocation(allocation, *, whole: bool = False) -> Shortened:
    """What was done with the allocation, newest first."""
    return story(
        audit.timeline(allocation),
        allocation.fund.currency,
        None if whole else EVENTS_SHOWN,
        naming="Capital Call",
    )
