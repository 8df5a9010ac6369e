"""Which ids the answers here have, for the links of the OpenAPI document."""

from blackgem.http.links import register

register(
    {
        "ClosingDetailAnswer": "closing_id",
        "DefaultDetailAnswer": "default_id",
        "RefundPayoutAnswer": "refund_payout_id",
        "SetoffDetailAnswer": "setoff_id",
        "TransferDetailAnswer": "transfer_id",
    },
    {
        "ClosingDetailAnswer": {"closing_reversal_id": "/reversal/id"},
        "DefaultDetailAnswer": {"remedy_id": "/remedies/0/id", "default_withdrawal_id": "/withdrawal/id"},
        "DefaultsAnswer": {"default_id": "/defaults/0/id"},
        "RefundPayoutAnswer": {"refund_payout_reversal_id": "/reversal/id"},
        "SetoffDetailAnswer": {
            "setoff_part_id": "/parts/0/id",
            "setoff_reversal_id": "/parts/0/reversal/id",
        },
        "TransfersAnswer": {"transfer_id": "/transfers/0/id"},
        "RefundPayoutsAnswer": {"refund_payout_id": "/payouts/0/id"},
    },
)
