"""What the manual says of these pages: name of the URL → page of the manual."""

from blackgem.lib.manual_pages import register

register(
    "closings",
    {
        "closing": "managers/admit-later-partners#read-what-it-comes-to",
        "closing_cancel": "managers/admit-later-partners#settle-it",
        "closing_edit": "managers/admit-later-partners#draft-it",
        "closing_figures": "managers/admit-later-partners#read-what-it-comes-to",
        "closing_list": "managers/admit-later-partners",
        "closing_of_call": "managers/admit-later-partners#read-what-it-comes-to",
        "closing_new": "managers/admit-later-partners#draft-it",
        "closing_reversal_approve": "managers/second-person#decide",
        "closing_reversal_reject": "managers/second-person#decide",
        "closing_reverse": "managers/admit-later-partners#take-it-back",
        "closing_send_back": "managers/second-person#decide",
        "closing_settle": "managers/admit-later-partners#settle-it",
        "refund": "managers/admit-later-partners#pay-the-refunds",
        "refund_payout_reverse": "managers/admit-later-partners#pay-the-refunds",
        "refund_reversal_approve": "managers/second-person#decide",
        "refund_reversal_reject": "managers/second-person#decide",
        "setoff": "managers/set-off",
        "setoff_approve": "managers/second-person#decide",
        "setoff_list": "managers/set-off",
        "setoff_new": "managers/set-off#set-off",
        "setoff_reject": "managers/second-person#decide",
        "setoff_reversal_approve": "managers/second-person#decide",
        "setoff_reversal_reject": "managers/second-person#decide",
        "setoff_reverse": "managers/set-off#take-it-back",
        "refunds_pay": "managers/admit-later-partners#pay-the-refunds",
        "transfer": "managers/transfer-an-interest#read-what-moved",
        "transfer_approve": "managers/second-person#decide",
        "transfer_list": "managers/transfer-an-interest",
        "transfer_new": "managers/transfer-an-interest#ask-for-it",
        "transfer_reject": "managers/second-person#decide",
    },
)
