"""What of later closings waits for a second look."""

from blackgem.lib.approvals import Verb
from blackgem.lib.revisions import with_revisions
from closings.models import (
    Closing,
    ClosingReversal,
    Default,
    DefaultRemedy,
    DefaultWithdrawal,
    RefundPayoutReversal,
    Setoff,
    SetoffReversal,
    Transfer,
)
from closings.queries.closing import counted
from closings.queries.setoff_pages import with_partners, with_sums
from closings.queries.transfer import with_commitments
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
register_queue(
    Transfer.objects.pending,
    asked_by="recorded_by",
    subject=lambda one: f"transfer {one.number} of {one.fund.name}",
    shown=lambda rows: rows.select_related(
        "fund", "transferor__investor", "transferor__amounts", "transferee__investor"
    ),
    finish=with_commitments,
    key="transfers",
    place=17,
    noun="transfer of an interest to decide",
    plural="transfers of interests to decide",
    title="Transfers of interests",
    headings=("Transfer", "From", "To", "Effective", "Share", "Commitment", "Agreed", "Reason"),
    numeric=("Commitment",),
    template="closings/approvals_transfers.html",
    approve=Verb("closings:transfer_approve", "Transfer", "Approve", "primary"),
    reject=Verb("closings:transfer_reject", "Turn down", "Turn down"),
    foot="What moves, row by row, stands on the page of the transfer. It is worked out anew when it is approved.",
)
register_reversals(
    RefundPayoutReversal.objects.pending,
    of="payout",
    event="Closing",
    decide="closings:refund_reversal",
    shown=lambda rows: rows.select_related(
        "payout__fund", "payout__refund__closing", "payout__refund__remedy", "payout__commitment__investor"
    ).defer("payout__refund__closing__inputs"),
    key="refund_reversals",
    place=42,
    noun="reversal of a refund’s payout to decide",
    plural="reversals of refunds’ payouts to decide",
    title="Reversals of payouts of refunds",
    template="closings/approvals_reversals.html",
)
register_queue(
    Setoff.objects.pending,
    asked_by="requested_by",
    subject=lambda one: f"set-off {one.number} of {one.fund.name}",
    shown=lambda rows: (
        with_sums(rows)
        .select_related("fund", "call", "distribution", "closing")
        .defer("distribution__inputs", "closing__inputs")
    ),
    finish=with_partners,
    key="setoffs",
    place=21,
    noun="set-off to approve",
    plural="set-offs to approve",
    title="Set-offs",
    headings=("Set-off", "Fund", "Call and what is given", "Partners", "Amount", "By which agreement"),
    numeric=("Amount",),
    template="closings/approvals_setoffs.html",
    approve=Verb("closings:setoff_approve", "Set off", "Approve", "primary"),
    reject=Verb("closings:setoff_reject", "Turn down", "Turn down"),
)
register_queue(
    SetoffReversal.objects.pending,
    asked_by="requested_by",
    subject=lambda one: f"the reversal for {one.part.commitment.investor.name}",
    shown=lambda rows: rows.select_related("fund", "part__setoff", "part__commitment__investor"),
    key="setoff_reversals",
    place=41,
    noun="reversal of a set-off to decide",
    plural="reversals of set-offs to decide",
    title="Reversals of set-offs",
    headings=("Investor", "Set-off", "Amount", "Reason"),
    numeric=("Amount",),
    template="closings/approvals_setoff_reversals.html",
    approve=Verb("closings:setoff_reversal_approve", "Reverse", "Approve", "danger"),
    reject=Verb("closings:setoff_reversal_reject", "Turn down", "Turn down"),
)
register_queue(
    Default.objects.pending,
    asked_by="recorded_by",
    subject=lambda one: f"the notice of default to {one.commitment.investor.name}",
    shown=lambda rows: rows.select_related("fund", "call", "commitment__investor", "item__capital"),
    key="defaults",
    place=22,
    noun="notice of default to decide",
    plural="notices of default to decide",
    title="Notices of default",
    headings=("Partner", "Fund", "Call", "To be cured by", "Outstanding", "Clause"),
    numeric=("Outstanding",),
    template="closings/approvals_defaults.html",
    approve=Verb("closings:default_approve", "Give notice", "Approve", "danger"),
    reject=Verb("closings:default_reject", "Turn down", "Turn down"),
)
register_queue(
    DefaultRemedy.objects.pending,
    asked_by="recorded_by",
    subject=lambda one: f"a remedy of the default of {one.default.commitment.investor.name}",
    shown=lambda rows: rows.select_related("fund", "default__commitment__investor"),
    key="default_remedies",
    place=23,
    noun="remedy of a default to decide",
    plural="remedies of defaults to decide",
    title="Remedies of defaults",
    headings=("Partner in default", "Fund", "What", "Amount", "Note"),
    numeric=("Amount",),
    template="closings/approvals_remedies.html",
    approve=Verb("closings:remedy_approve", "Approve", "Approve", "primary"),
    reject=Verb("closings:remedy_reject", "Turn down", "Turn down"),
    foot="What it comes to is worked out anew when it is approved.",
)
register_queue(
    DefaultWithdrawal.objects.pending,
    asked_by="requested_by",
    subject=lambda one: f"withdrawing the notice of default to {one.default.commitment.investor.name}",
    shown=lambda rows: rows.select_related("fund", "default__call", "default__commitment__investor"),
    key="default_withdrawals",
    place=24,
    noun="withdrawal of a notice of default to decide",
    plural="withdrawals of notices of default to decide",
    title="Withdrawals of notices of default",
    headings=("Partner", "Fund", "Call", "Reason"),
    template="closings/approvals_default_withdrawals.html",
    approve=Verb("closings:default_withdrawal_approve", "Withdraw", "Approve", "danger"),
    reject=Verb("closings:default_withdrawal_reject", "Turn down", "Turn down"),
)
