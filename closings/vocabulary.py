"""The words of later closings: what the audit trail says, and how a status looks."""

from blackgem import shapes
from blackgem.lib import revisions, timeline
from blackgem.shapes import Status
from closings.states import ClosingStatus

timeline.register(
    {
        "draft_closing": "drafted the closing",
        "change_closing": "changed the draft of the closing",
        "submit_closing": "submitted the closing for approval",
        "settle_closing": "approved and settled the closing",
        "send_back_closing": "sent the closing back to draft",
        "cancel_closing": "withdrew the closing",
        "request_closing_reversal": "asked to reverse the closing",
        "approve_closing_reversal": "reversed the closing",
        "reject_closing_reversal": "turned down reversing the closing",
        "pay_refunds": "recorded refunds that went out",
        "request_refund_reversal": "asked to take a payout of a refund back",
        "approve_refund_reversal": "took a payout of a refund back",
        "reject_refund_reversal": "turned down taking a payout of a refund back",
        "request_transfer": "asked to transfer an interest",
        "transfer_interest": "transferred an interest",
        "reject_transfer": "turned down the transfer of an interest",
        "request_setoff": "asked to set a distribution off against a call",
        "approve_setoff": "set a distribution off against a call",
        "reject_setoff": "turned down setting off",
        "request_setoff_reversal": "asked to take a set-off back",
        "approve_setoff_reversal": "took a set-off back",
        "reject_setoff_reversal": "turned down taking a set-off back",
        "request_default": "asked to give notice of a default",
        "give_notice_of_default": "gave notice of a default",
        "reject_default": "turned down a notice of default",
        "request_default_remedy": "asked for a remedy of a default",
        "approve_default_remedy": "approved a remedy of a default",
        "reject_default_remedy": "turned down a remedy of a default",
        "request_default_withdrawal": "asked to withdraw a notice of default",
        "withdraw_default": "withdrew a notice of default",
        "reject_default_withdrawal": "turned down withdrawing a notice of default",
        "reduce_commitment": "cut what a partner promised, after its default",
        "assume_open_item": "had what was owed assumed by another partner, by a transfer",
        "transfer_commitment": "changed what a partner promised, by a transfer",
    },
    detailed={"transfer_commitment": "changed what {partner} promised, by a transfer"},
    codes=("status",),
    amounts=("paid_out", "transferred", "assumed", "set_off", "asked_for", "uncovered"),
    words={str(status): status.label for status in ClosingStatus},
)
revisions.register(submitted="submit_closing", changed="change_closing", sent_back="send_back_closing")
shapes.register(
    {
        "closing": {
            "draft": Status("Draft", "neutral", "ring-dashed"),
            "pending_approval": Status("Awaiting approval", "warning", "ring-clock"),
            "settled": Status("Settled", "good", "ring-check"),
            "cancelled": Status("Cancelled", "neutral", "ring-cross"),
            "reversed": Status("Reversed", "neutral", "ring-cross"),
        },
        "setoff": {
            "pending": Status("Awaiting approval", "warning", "ring-clock"),
            "approved": Status("Set off", "good", "ring-check"),
            "rejected": Status("Turned down", "neutral", "ring-cross"),
            "taken_back": Status("Taken back", "neutral", "ring-cross"),
        },
        "default": {
            "pending": Status("Awaiting approval", "warning", "ring-clock"),
            "open": Status("In default", "bad", "triangle"),
            "cured": Status("Cured", "good", "ring-check"),
            "withdrawn": Status("Withdrawn", "neutral", "ring-cross"),
            "rejected": Status("Turned down", "neutral", "ring-cross"),
        },
        "remedy": {
            "pending": Status("Awaiting approval", "warning", "ring-clock"),
            "approved": Status("Asked for", "good", "ring-check"),
            "effective": Status("In effect", "good", "ring-check"),
            "rejected": Status("Turned down", "neutral", "ring-cross"),
        },
        "transfer": {
            "pending": Status("Awaiting approval", "warning", "ring-clock"),
            "effective": Status("Transferred", "good", "ring-check"),
            "rejected": Status("Turned down", "neutral", "ring-cross"),
        },
    }
)
