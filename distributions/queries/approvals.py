"""What of money out waits for a second look: distributions, reversals of payouts, and write-downs of deals."""

from blackgem.lib import approvals
from blackgem.lib.revisions import with_revisions
from distributions.models import Distribution, DistributionItem, PayoutReversal, WriteDown
from distributions.services.decided import is_withheld_by_hand
from distributions.states import DistributionStatus
from funds.queries.approvals import managed_by, not_own


def distributions_to_approve(user):
    """Distributions that await approval in funds that this person manages, own ones included; oldest first."""
    return (
        Distribution.objects.filter(status=DistributionStatus.PENDING_APPROVAL, fund__in=managed_by(user))
        .select_related("fund", "submitted_by", "capital")
        .defer("inputs")
        .order_by("submitted_at")
    )


def _with_parts(rows: list) -> list:
    """Each with how many partners it pays, how many it does not, and of how many the tax was set by hand."""
    items = (
        DistributionItem.objects.filter(distribution__in=[one.pk for one in rows])
        .select_related("commitment__investor")
        .defer("tiers", "working")
    )
    for one in rows:
        parts = [item for item in items if item.distribution_id == one.pk]
        one.paid_partners = sum(item.gross_amount > 0 for item in parts)
        one.unpaid_partners = len(parts) - one.paid_partners
        one.by_hand = sum(is_withheld_by_hand(item, one.fund.currency) for item in parts)
    return rows


def payout_reversals_to_approve(user):
    """Reversals that await a decision in funds that this person manages; oldest first."""
    return (
        PayoutReversal.objects.pending()
        .filter(payout__fund__in=managed_by(user))
        .select_related("payout__distribution__fund", "payout__commitment__investor", "requested_by")
        .defer("payout__distribution__inputs")
        .order_by("requested_at")
    )


def write_downs_to_approve(user):
    """Write-downs and write-ups that await a decision in funds that this person manages; oldest first."""
    return (
        WriteDown.objects.pending()
        .filter(fund__in=managed_by(user))
        .select_related("fund", "deal", "created_by")
        .order_by("created_at")
    )


approvals.register(
    approvals.Queue(
        key="distributions",
        place=20,
        noun="distribution to approve",
        plural="distributions to approve",
        template="distributions/approvals_distributions.html",
        rows=lambda user: with_revisions(
            _with_parts(approvals.marked(distributions_to_approve(user), "submitted_by_id", user))
        ),
        waiting=lambda user: Distribution.objects.filter(
            status=DistributionStatus.PENDING_APPROVAL, fund__in=managed_by(user).values("pk")
        ).filter(not_own("submitted_by", user)),
    )
)
approvals.register(
    approvals.Queue(
        key="payout_reversals",
        place=40,
        noun="reversal of a payout to decide",
        plural="reversals of payouts to decide",
        template="distributions/approvals_reversals.html",
        rows=lambda user: approvals.marked(payout_reversals_to_approve(user), "requested_by_id", user),
        waiting=lambda user: (
            PayoutReversal.objects.pending()
            .filter(payout__fund__in=managed_by(user).values("pk"))
            .filter(not_own("requested_by", user))
        ),
    )
)
approvals.register(
    approvals.Queue(
        key="write_downs",
        place=45,
        noun="write-down to decide",
        plural="write-downs to decide",
        template="distributions/approvals_write_downs.html",
        rows=lambda user: approvals.marked(write_downs_to_approve(user), "created_by_id", user),
        waiting=lambda user: (
            WriteDown.objects.pending()
            .filter(fund__in=managed_by(user).values("pk"))
            .filter(not_own("created_by", user))
        ),
    )
)
