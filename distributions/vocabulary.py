"""The words of distributions and payouts: what the audit trail says, and how a status looks."""

from blackgem import shapes
from blackgem.lib import revisions, timeline
from blackgem.shapes import Status

timeline.register(
    {
        "draft_distribution": "drafted the distribution",
        "change_distribution": "changed the draft",
        "delete_distribution": "deleted the draft of a distribution",
        "submit_distribution": "submitted the distribution for approval",
        "approve_distribution": "approved the distribution",
        "send_distribution": "issued the distribution",
        "send_back_distribution": "sent the distribution back to draft",
        "cancel_distribution": "cancelled the distribution",
        "return_to_draft": "took the distribution back to draft",
        "pay_out": "recorded a payout",
        "release_payout": "released a payout that was held",
        "request_payout_reversal": "asked to reverse a payout",
        "approve_payout_reversal": "reversed a payout",
        "reject_payout_reversal": "turned down the reversal of a payout",
        "lose_moved_payout": "took a payout back, of which parts had passed on by transfers: this partner's with it",
        "regain_moved_payout": "made a payout again, of which parts had passed on by transfers: this partner's with it",
        "distribution_paid": "completed the payout",
        "distribution_sent": "brought the distribution back to issued",
    },
    codes=("status",),
    amounts=("paid_out", "total_amount"),
    words={"sent": "Issued", "pending_approval": "Awaiting approval"},
)
revisions.register(
    submitted="submit_distribution", changed="change_distribution", sent_back="send_back_distribution"
)
shapes.register(
    {
        "distribution": {
            "draft": Status("Draft", "neutral", "ring-dashed"),
            "pending_approval": Status("Awaiting approval", "warning", "ring-clock"),
            "approved": Status("Approved", "info", "ring-dot"),
            "sent": Status("Issued", "info", "ring"),
            "paid": Status("Paid", "good", "ring-check"),
            "cancelled": Status("Cancelled", "neutral", "ring-cross"),
        },
        "distribution_item": {
            "pending": Status("Pending", "neutral", "ring"),
            "paid": Status("Paid", "good", "check"),
        },
    }
)
