"""What the routes read, always beginning with what the person may see, in few queries whatever the number of rows."""

from django.db.models import Prefetch, QuerySet

from closings.models import (
    Closing,
    ClosingTranche,
    DefaultRemedy,
    Refund,
    RefundPayout,
    RefundPayoutReversal,
    Setoff,
    SetoffPart,
    SetoffReversal,
)
from closings.queries.closing import with_sums
from funds.api import verbs
from funds.models import Fund

one = verbs.one


def funds(user) -> QuerySet:
    return Fund.objects.visible_to(user)


def closings(user) -> QuerySet:
    """With what their heads show; the frozen inputs stay where they are."""
    return with_sums(Closing.objects.visible_to(user)).select_related("fund").defer("inputs")


def whole_closings(user) -> QuerySet:
    tranches = (
        ClosingTranche.objects.select_related("investor").prefetch_related("fees", "excuses").order_by("pk")
    )
    parts = ("rates", "exclusions", "values")
    return closings(user).prefetch_related(Prefetch("tranches", tranches), *parts)


def refunds(user, closing) -> QuerySet:
    """By reference, each with its progress."""
    rows = Refund.objects.filter(closing=closing, fund__in=funds(user))
    related = ("fund", "commitment__investor", "progress")
    return rows.select_related(*related).order_by("commitment__reference", "pk")


def payouts(user) -> QuerySet:
    requests = RefundPayoutReversal.objects.order_by("-pk")
    return (
        RefundPayout.objects.filter(fund__in=funds(user))
        .select_related("fund", "refund", "commitment__investor")
        .prefetch_related(Prefetch("reversal_requests", requests))
    )


def remedy(user, remedy_id) -> DefaultRemedy:
    """A remedy of a default that this person may see; NotFound where there is none."""
    return one(DefaultRemedy.objects.filter(fund__in=funds(user)), remedy_id)


def setoff_parts(setoff: Setoff) -> QuerySet:
    """By reference, each with both items and the requests to take it back."""
    requests = SetoffReversal.objects.order_by("-pk")
    return (
        SetoffPart.objects.filter(setoff=setoff)
        .select_related("commitment__investor", "call_item__capital", "distribution_item", "refund")
        .defer("distribution_item__tiers", "distribution_item__working")
        .prefetch_related(Prefetch("reversals", requests))
        .order_by("commitment__reference", "pk")
    )
