"""What of money out waits for a second look: distributions, reversals of payouts, and write-downs of deals."""

from blackgem.lib.approvals import Verb
from blackgem.lib.revisions import with_revisions
from distributions.models import Distribution, DistributionItem, PayoutReversal, WriteDown
from distributions.services.decided import is_withheld_by_hand
from distributions.states import DistributionStatus
from funds.queries.approvals import register_queue, register_reversals


def _with_parts(rows: list) -> list:
    """Each with how many partners it pays, how many it does not, of how many the tax was set by hand, and the largest
    part, whose letter its row leads to as it will go out."""
    items = (
        DistributionItem.objects.filter(distribution__in=[one.pk for one in rows])
        .select_related("commitment__investor")
        .defer("tiers", "working")
    )
    for one in rows:
        parts = [item for item in items if item.distribution_id == one.pk]
        one.paid_partners = sum(item.gross_amount > 0 for item in parts)
        one.unpaid_partners = len(parts) - one.paid_partners
        paid = [item for item in parts if item.gross_amount > 0]
        one.largest = max(paid, key=lambda item: item.gross_amount, default=None)
        one.by_hand = sum(is_withheld_by_hand(item, one.fund.currency) for item in parts)
    return rows


register_queue(
    lambda: Distribution.objects.filter(status=DistributionStatus.PENDING_APPROVAL),
    asked_by="submitted_by",
    subject=lambda one: f"distribution {one.number} of {one.fund.name}",
    shown=lambda rows: rows.select_related("fund", "capital").defer("inputs"),
    finish=lambda rows: with_revisions(_with_parts(rows)),
    key="distributions",
    place=20,
    noun="distribution to approve",
    plural="distributions to approve",
    title="Distributions",
    headings=("Distribution", "Fund", "Source", "Date", "Amount", "Partners"),
    numeric=("Amount", "Partners"),
    template="distributions/approvals_distributions.html",
    approve=Verb("distributions:distribution_approve", "Approve", "Approve", "primary"),
)
register_reversals(
    PayoutReversal.objects.pending,
    of="payout",
    event="Distribution",
    decide="distributions:payout_reversal",
    shown=lambda rows: rows.select_related(
        "payout__distribution__fund", "payout__commitment__investor"
    ).defer("payout__distribution__inputs"),
    key="payout_reversals",
    place=40,
    noun="reversal of a payout to decide",
    plural="reversals of payouts to decide",
    title="Reversals of payouts",
    template="distributions/approvals_reversals.html",
)
register_queue(
    WriteDown.objects.pending,
    asked_by="created_by",
    subject=lambda row: f"the write-down of {row.deal.name}",
    shown=lambda rows: rows.select_related("fund", "deal"),
    key="write_downs",
    place=45,
    noun="write-down to decide",
    plural="write-downs to decide",
    title="Write-downs of deals",
    headings=("Deal", "On", "Amount lost", "Reason"),
    numeric=("Amount lost",),
    template="distributions/approvals_write_downs.html",
    approve=Verb("distributions:write_down_approve", "Approve", "Approve", "primary"),
    reject=Verb("distributions:write_down_reject", "Turn down", "Turn down"),
)
