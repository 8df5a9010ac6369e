"""The words of later closings: what the audit trail says, and how a status looks."""

from blackgem.lib import timeline
from closings.states import ClosingStatus

timeline.register(
    {
        "draft_closing": "drafted the closing",
        "change_closing": "changed the draft of the closing",
        "submit_closing": "submitted the closing for approval",
        "settle_closing": "approved and settled the closing",
        "send_back_closing": "sent the closing back to draft",
        "cancel_closing": "withdrew the closing",
        "pay_refunds": "recorded refunds that went out",
        "request_refund_reversal": "asked to take a payout of a refund back",
        "approve_refund_reversal": "took a payout of a refund back",
        "reject_refund_reversal": "turned down taking a payout of a refund back",
    },
    codes=("status",),
    words={str(status): status.label for status in ClosingStatus},
)
