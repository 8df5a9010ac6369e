"""What of money in waits for a second look: calls, reversals, settlements of residuals, amendments of allocations."""

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce

from blackgem.lib import approvals
from blackgem.lib.revisions import with_revisions
from capital.models import (
    AllocationAmount,
    CapitalCall,
    CapitalCallItemLine,
    CapitalCallLine,
    PaymentReversal,
    ResidualSettlement,
)
from capital.states import CallStatus
from funds.queries.approvals import managed_by, not_own


def calls_to_approve(user):
    """Calls that await approval in funds that this person manages, own ones included; oldest first."""
    return (
        CapitalCall.objects.filter(status=CallStatus.PENDING_APPROVAL, fund__in=managed_by(user))
        .select_related("fund", "submitted_by")
        .annotate(investor_count=Count("items"), excuses=_parts("excused"), by_hand=_parts("edited"))
        .prefetch_related(
            Prefetch("lines", CapitalCallLine.objects.select_related("allocation__deal").order_by("position"))
        )
        .order_by("submitted_at")
    )


def _parts(basis: str):
    """How many of its partners' parts came about in this way."""
    parts = CapitalCallItemLine.objects.filter(call=OuterRef("pk"), basis=basis).order_by().values("call")
    return Coalesce(Subquery(parts.annotate(count=Count("commitment", distinct=True)).values("count")), 0)


def reversals_to_approve(user):
    """Reversals that await a decision in funds that this person manages; oldest first."""
    return (
        PaymentReversal.objects.pending()
        .filter(payment__fund__in=managed_by(user))
        .select_related("payment__call__fund", "payment__commitment__investor", "requested_by")
        .order_by("requested_at")
    )


def amendments_to_approve(user):
    """Amendments of allocations that await a decision in funds that this person manages; oldest first."""
    return (
        AllocationAmount.objects.pending()
        .filter(fund__in=managed_by(user))
        .select_related("fund", "allocation__deal", "recorded_by")
        .order_by("recorded_at")
    )


def settlements_to_approve(user):
    """Settlements of residuals that await a decision in funds that this person manages; oldest first."""
    return (
        ResidualSettlement.objects.pending()
        .filter(fund__in=managed_by(user))
        .select_related("call__fund", "commitment__investor", "recorded_by")
        .order_by("recorded_at")
    )


approvals.register(
    approvals.Queue(
        key="calls",
        place=10,
        noun="capital call to approve",
        plural="capital calls to approve",
        template="capital/approvals_calls.html",
        rows=lambda user: with_revisions(approvals.marked(calls_to_approve(user), "submitted_by_id", user)),
        waiting=lambda user: CapitalCall.objects.filter(
            status=CallStatus.PENDING_APPROVAL, fund__in=managed_by(user).values("pk")
        ).filter(not_own("submitted_by", user)),
    )
)
approvals.register(
    approvals.Queue(
        key="reversals",
        place=30,
        noun="reversal of a payment to decide",
        plural="reversals of payments to decide",
        template="capital/approvals_reversals.html",
        rows=lambda user: approvals.marked(reversals_to_approve(user), "requested_by_id", user),
        waiting=lambda user: (
            PaymentReversal.objects.pending()
            .filter(payment__fund__in=managed_by(user).values("pk"))
            .filter(not_own("requested_by", user))
        ),
    )
)
approvals.register(
    approvals.Queue(
        key="amendments",
        place=35,
        noun="amendment of an allocation to decide",
        plural="amendments of allocations to decide",
        template="capital/approvals_amendments.html",
        rows=lambda user: approvals.marked(amendments_to_approve(user), "recorded_by_id", user),
        waiting=lambda user: (
            AllocationAmount.objects.pending()
            .filter(fund__in=managed_by(user).values("pk"))
            .filter(not_own("recorded_by", user))
        ),
    )
)
approvals.register(
    approvals.Queue(
        key="settlements",
        place=33,
        noun="residual to settle",
        plural="residuals to settle",
        template="capital/approvals_settlements.html",
        rows=lambda user: approvals.marked(settlements_to_approve(user), "recorded_by_id", user),
        waiting=lambda user: (
            ResidualSettlement.objects.pending()
            .filter(fund__in=managed_by(user).values("pk"))
            .filter(not_own("recorded_by", user))
        ),
    )
)
