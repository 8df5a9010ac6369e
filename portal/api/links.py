"""Which ids the answers here have, for the links of the OpenAPI document."""

from blackgem.http.links import register

register(
    {},
    {
        "OwnLettersAnswer": {"letter_id": "/letters/0/id"},
        "OwnCallsAnswer": {"call_part_id": "/capitalCalls/0/itemId"},
        "OwnDistributionsAnswer": {"distribution_part_id": "/distributions/0/itemId"},
    },
)
