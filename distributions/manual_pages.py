"""What the manual says of these pages: name of the URL → page of the manual."""

from blackgem.lib.manual_pages import register

register(
    "distributions",
    {
        "distribution": "managers/read-the-waterfall",
        "distribution_cancel": "managers/pay-a-distribution#change-or-cancel-it",
        "distribution_changes": "managers/second-person#decide",
        "distribution_delete": "managers/pay-a-distribution#change-or-cancel-it",
        "distribution_edit": "managers/pay-a-distribution#draft-it",
        "distribution_list": "managers/pay-a-distribution",
        "payout_release": "managers/bank-details#payouts-that-are-held",
        "distribution_new": "managers/pay-a-distribution#draft-it",
        "distribution_send_back": "managers/second-person#decide",
        "fund_clawback": "managers/returns#clawback",
        "fund_returns": "managers/returns",
        "item": "managers/pay-a-distribution#record-the-payout",
        "nav_new": "managers/returns#enter-a-net-asset-value",
        "payout_new": "managers/pay-a-distribution#record-the-payout",
        "payout_reverse": "managers/take-back-a-payment#a-payout",
        "write_down_new": "managers/returns#write-down-a-deal",
    },
)
