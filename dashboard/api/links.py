"""Which ids the answers here have, for the links of the OpenAPI document."""

from blackgem.http.links import register

register(
    {
        "FundAnswer": "fund_id",
        "CommitmentAnswer": "commitment_id",
        "CommitmentEventAnswer": "event_id",
    },
)
