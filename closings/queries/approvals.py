"""What of later closings waits for a second look."""

from blackgem.lib.approvals import Verb
from blackgem.lib.revisions import with_revisions
from closings.models import Closing, ClosingReversal, RefundPayoutReversal
from closings.queries.closing import counted
from closings.states import ClosingStatus
from funds.queries.approvals import register_queue, register_reversals

register_queue(
    lambda: Closing.objects.filter(status=ClosingStatus.PENDING_APPROVAL),
    asked_by="submitted_by",
    subject=lambda one: f"closing {one.number} of {one.fund.name}",
    shown=lambda rows: counted(rows).select_related("fund").defer("inputs"),
    finish=with_revisions,
    key="closings",
    place=15,
    noun="closing to approve",
    plural="closings to approve",
    title="Later closings",
    headings=("Closing", "Fund", "On", "Paid by", "Promised"),
    numeric=("Promised",),
    template="closings/approvals_closings.html",
    approve=Verb("closings:closing_settle", "Settle", "Settle", "primary"),
)
register_queue(
    ClosingReversal.objects.pending,
    fund="closing__fund",
    asked_by="requested_by",
    subject=lambda reversal: (
        f"the reversal of closing {reversal.closing.number} of {reversal.closing.fund.name}"
    ),
    shown=lambda rows: rows.select_related("closing__fund").defer("closing__inputs"),
    key="closing_reversals",
    place=16,
    noun="reversal of a closing to decide",
    plural="reversals of closings to decide",
    title="Reversals of closings",
    headings=("Closing", "Fund", "On", "Reason"),
    template="closings/approvals_closing_reversals.html",
    approve=Verb("closings:closing_reversal_approve", "Reverse", "Approve", "danger"),
    reject=Verb("closings:closing_reversal_reject", "Turn down", "Turn down"),
)
register_reversals(
    RefundPayoutReversal.objects.pending,
    of="payout",
    event="Closing",
    decide="closings:refund_reversal",
    shown=lambda rows: rows.select_related(
        "payout__refund__closing__fund", "payout__commitment__investor"
    ).defer("payout__refund__closing__inputs"),
    key="refund_reversals",
    place=42,
    noun="reversal of a refund’s payout to decide",
    plural="reversals of refunds’ payouts to decide",
    title="Reversals of payouts of refunds",
    template="closings/approvals_reversals.html",
)
