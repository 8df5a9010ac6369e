"""Which ids the answers here have, for the links of the OpenAPI document."""

from blackgem.http.links import register

register(
    {
        "DistributionDetailAnswer": "distribution_id",
        "PayoutAnswer": "payout_id",
        "WriteDownAnswer": "write_down_id",
    },
    {
        "PayoutAnswer": {"payout_reversal_id": "/reversal/id"},
        "PayoutsAnswer": {"payout_id": "/payouts/0/id"},
    },
)
