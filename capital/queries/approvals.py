"""What of money in waits for a second look: calls, reversals, residuals, excuses, amendments of allocations."""

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce

from blackgem.lib.approvals import Verb
from blackgem.lib.revisions import with_revisions
from capital.models import (
    AllocationAmount,
    CapitalCall,
    CapitalCallItem,
    CapitalCallItemLine,
    CapitalCallLine,
    Excuse,
    PaymentReversal,
    ResidualSettlement,
)
from capital.states import CallStatus
from funds.queries.approvals import register_queue, register_reversals


def _parts(basis: str):
    """How many of a call's partners' parts came about in this way."""
    parts = CapitalCallItemLine.objects.filter(call=OuterRef("pk"), basis=basis).order_by().values("call")
    return Coalesce(Subquery(parts.annotate(count=Count("commitment", distinct=True)).values("count")), 0)


#: The largest part of a call, whose letter its row leads to as it will go out; the page of the call has all others.
_LARGEST = (
    CapitalCallItem.objects.filter(call=OuterRef("pk"), amount__gt=0)
    .order_by("-amount", "pk")
    .values("pk")[:1]
)


def _calls(rows):
    lines = CapitalCallLine.objects.select_related("allocation__deal").order_by("position")
    counted = rows.annotate(
        investor_count=Count("items"),
        excuses=_parts("excused"),
        by_hand=_parts("edited"),
        largest=Subquery(_LARGEST),
    )
    return counted.select_related("fund").prefetch_related(Prefetch("lines", lines))


register_queue(
    lambda: CapitalCall.objects.filter(status=CallStatus.PENDING_APPROVAL),
    asked_by="submitted_by",
    subject=lambda call: f"call {call.number} of {call.fund.name}",
    shown=_calls,
    finish=with_revisions,
    key="calls",
    place=10,
    noun="capital call to approve",
    plural="capital calls to approve",
    title="Capital calls",
    headings=("Call", "Fund", "Purpose", "Due", "Amount", "Partners"),
    numeric=("Amount", "Partners"),
    template="capital/approvals_calls.html",
    approve=Verb("capital:call_approve", "Approve and issue", "Approve", "primary"),
)
register_reversals(
    PaymentReversal.objects.pending,
    of="payment",
    event="Call",
    decide="capital:reversal",
    shown=lambda rows: rows.select_related("payment__call__fund", "payment__commitment__investor"),
    key="reversals",
    place=30,
    noun="reversal of a payment to decide",
    plural="reversals of payments to decide",
    title="Reversals of payments",
    template="capital/approvals_reversals.html",
)
register_queue(
    ResidualSettlement.objects.pending,
    asked_by="recorded_by",
    subject=lambda row: f"the settlement for {row.commitment.investor.name}",
    shown=lambda rows: rows.select_related("call__fund", "commitment__investor"),
    key="settlements",
    place=33,
    noun="residual to settle",
    plural="residuals to settle",
    title="Residuals",
    headings=("Investor", "What becomes of it", "From", "Residual", "Reason"),
    numeric=("Residual",),
    template="capital/approvals_settlements.html",
    approve=Verb("capital:settlement_approve", "Approve", "Approve", "primary"),
    reject=Verb("capital:settlement_reject", "Turn down", "Turn down"),
)
register_queue(
    Excuse.objects.pending,
    asked_by="recorded_by",
    subject=lambda row: f"the excuse of {row.commitment.investor.name}",
    shown=lambda rows: rows.select_related("call__fund", "commitment__investor", "line__allocation__deal"),
    key="excuses",
    place=34,
    noun="excuse from a call to decide",
    plural="excuses from calls to decide",
    title="Excuses from issued calls",
    headings=("Investor", "Investment", "From", "Excused from", "Reason"),
    numeric=("Excused from",),
    template="capital/approvals_excuses.html",
    approve=Verb("capital:excuse_approve", "Approve", "Approve", "primary"),
    reject=Verb("capital:excuse_reject", "Turn down", "Turn down"),
)
register_queue(
    AllocationAmount.objects.pending,
    asked_by="recorded_by",
    subject=lambda row: f"the amendment for {row.allocation.deal.name}",
    shown=lambda rows: rows.select_related("fund", "allocation__deal", "allocation__capital").with_revision(),
    key="amendments",
    place=35,
    noun="amendment of an allocation to decide",
    plural="amendments of allocations to decide",
    title="Amendments of allocations",
    headings=("Deal", "From", "Change", "Reason"),
    numeric=("Change",),
    template="capital/approvals_amendments.html",
    approve=Verb("capital:amendment_approve", "Approve", "Approve", "primary"),
    reject=Verb("capital:amendment_reject", "Turn down", "Turn down"),
)
