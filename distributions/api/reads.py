"""What the routes read, always beginning with what the person may see, in few queries whatever the number of rows."""

from django.db.models import Prefetch, QuerySet

from distributions.models import (
    Distribution,
    DistributionItem,
    DistributionTier,
    Payout,
    PayoutReversal,
    WriteDown,
)
from funds.api import verbs
from funds.models import Deal, Fund, Notice

one = verbs.one


def funds(user) -> QuerySet:
    return Fund.objects.visible_to(user)


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
