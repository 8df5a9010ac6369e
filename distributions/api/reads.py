"""What the routes read, always beginning with what the person may see, in few queries whatever the number of rows."""

from datetime import date

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from distributions.models import (
    Distribution,
    DistributionItem,
    DistributionTier,
    Payout,
    PayoutReversal,
    WriteDown,
)
from funds.api import verbs
from funds.models import Deal, Fund, NavEntry, Notice

one = verbs.one


def funds(user) -> QuerySet:
    return Fund.objects.visible_to(user)


def fund_with_nav(user, fund_id, day: date) -> tuple[Fund, list[NavEntry]]:
    """A fund, and the entry of its NAV that stands on a day, where there is one. One statement."""
    entries = NavEntry.objects.filter(fund=OuterRef("pk"), as_of__lte=day).order_by("-as_of", "-pk")
    named = {name: Subquery(entries.values(name)[:1]) for name in ("as_of", "amount")}
    fund = one(funds(user).annotate(nav_as_of=named["as_of"], nav_amount=named["amount"]), fund_id)
    if fund.nav_as_of is None:
        return fund, []
    return fund, [NavEntry(fund=fund, as_of=fund.nav_as_of, amount=fund.nav_amount)]


def deals(user) -> QuerySet:
    return Deal.objects.visible_to(user)


def with_first_mail(rows: QuerySet) -> QuerySet:
    """Each distribution with `notice_sent_at`: when the first mail about it was confirmed."""
    return verbs.with_first_mail(rows, Notice.Kind.DISTRIBUTION)


def distributions(user) -> QuerySet:
    """With what their heads show; the frozen inputs stay where they are."""
    rows = Distribution.objects.visible_to(user).select_related("fund", "deal", "capital", "terms")
    return with_first_mail(rows.defer("inputs").prefetch_related("terms__further_tiers"))


def tiers(distribution) -> QuerySet:
    return DistributionTier.objects.filter(distribution=distribution).order_by("position")


def items(distribution) -> QuerySet:
    """By reference. The roll-up's own distribution keeps PostgreSQL from adding up every other's items too."""
    return (
        DistributionItem.objects.filter(distribution=distribution, capital__distribution=distribution)
        .select_related("commitment__investor", "capital")
        .order_by("commitment__reference", "pk")
    )


def standing_payouts(distribution) -> dict[int, Payout]:
    """By item: the newest payout that was not taken back."""
    standing = Payout.objects.filter(
        fund=distribution.fund_id, distribution=distribution, amount__gt=0, reversed_by_payout=None
    )
    return {payout.item_id: payout for payout in standing.order_by("pk")}


def payouts(user) -> QuerySet:
    requests = PayoutReversal.objects.order_by("-pk")
    return (
        Payout.objects.filter(fund__in=funds(user))
        .select_related("fund", "commitment__investor")
        .prefetch_related(Prefetch("reversal_requests", requests))
    )


def write_downs(user) -> QuerySet:
    return WriteDown.objects.filter(fund__in=funds(user)).select_related("fund")
