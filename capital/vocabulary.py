"""The words of allocations, calls and payments: what the audit trail says, and how a status looks."""

from blackgem import shapes
from blackgem.lib import revisions, timeline
from blackgem.shapes import Status

timeline.register(
    {
        "draft_call": "drafted the call",
        "change_draft": "changed the draft",
        "delete_draft": "deleted the draft",
        "submit_call": "submitted the call for approval",
        "approve_call": "approved and issued the call",
        "send_back_call": "sent the call back to draft",
        "cancel_call": "cancelled the call",
        "reword_call": "changed the wording or the due date",
        "record_payment": "recorded a payment",
        "record_receipt": "recorded money that arrived",
        "return_receipt": "returned unapplied cash",
        "take_back_return": "took a return of unapplied cash back",
        "request_reversal": "asked to reverse a payment",
        "approve_reversal": "reversed a payment",
        "reject_reversal": "turned down the reversal of a payment",
        "allocate": "allocated to the deal",
        "request_amendment": "asked to amend the allocation",
        "request_settlement": "asked to settle a residual",
        "settle_residual": "settled a residual",
        "reject_settlement": "turned the settlement of a residual down",
        "request_excuse": "asked to excuse a partner from an investment",
        "excuse_partner": "excused a partner from an investment",
        "reject_excuse": "turned down an excuse from an investment",
        "owe_what_came_back": "took a payment back, of which this partner owes its part",
        "free_payment": "freed what was paid too much",
        "revise": "moved the allocation as a call was revised",
        "amend_allocation": "amended the allocation",
        "reject_amendment": "turned down an amendment of the allocation",
        "amend": "moved the allocation by its amendment",
        "create_call": "called on the allocation",
        "receive_payment": "brought in money for the allocation",
        "reverse_payment": "took money back from the allocation",
        "call_sent": "brought the call back to issued",
        "call_partially_funded": "brought the call to partially funded",
        "call_fully_funded": "completed the funding of the call",
    },
    detailed={
        "record_payment": "recorded {paid} from {investor}",
        "free_payment": "freed {freed} that {investor} had paid too much",
    },
    codes=("status", "state", "kind"),
    amounts=(
        "paid",
        "returned",
        "excused",
        "freed",
        "residual",
        "owed",
        "committed_amount",
        "total_amount",
        "line",
        "by hand",
    ),
    words={
        "sent": "Issued",
        "fully_funded": "Funded",
        "pending_approval": "Awaiting approval",
        "expensed": "Charged to expenses",
    },
)
revisions.register(submitted="submit_call", changed="change_draft", sent_back="send_back_call")
shapes.register(
    {
        "call": {
            "draft": Status("Draft", "neutral", "ring-dashed"),
            "pending_approval": Status("Awaiting approval", "warning", "ring-clock"),
            "sent": Status("Issued", "info", "ring"),
            "partially_funded": Status("Partially funded", "info", "ring-half"),
            "fully_funded": Status("Funded", "good", "ring-check"),
            "nothing": Status("Nothing due", "neutral", "ring-minus"),
            "cancelled": Status("Cancelled", "neutral", "ring-cross"),
        },
        "item": {
            "carried": Status("Carried to the next call", "neutral", "ring-arrow"),
            "pending": Status("Pending", "neutral", "ring"),
            "partial": Status("Partial", "info", "ring-half"),
            "paid": Status("Paid", "good", "check"),
            "excused": Status("Excused", "neutral", "ring-minus"),
            "overdue": Status("Overdue", "bad", "triangle"),
        },
        "due": {
            "due": Status("Due", "neutral", "ring"),
            "partial": Status("Partly paid", "info", "ring-half"),
            "overdue": Status("Overdue", "bad", "triangle"),
            "partial_overdue": Status("Partly paid, overdue", "bad", "triangle"),
            "carried": Status("Carried to the next call", "neutral", "ring-arrow"),
            "paid": Status("Paid", "good", "check"),
            "nothing": Status("Nothing due", "neutral", "ring-minus"),
            "cancelled": Status("Cancelled", "neutral", "ring-cross"),
        },
        "allocation": {
            "committed": Status("Committed", "neutral", "ring"),
            "partially_called": Status("Partially called", "info", "ring-quarter"),
            "called": Status("Called", "info", "ring-dot"),
            "partially_funded": Status("Partially funded", "info", "ring-half"),
            "funded": Status("Funded", "good", "ring-check"),
        },
    }
)
