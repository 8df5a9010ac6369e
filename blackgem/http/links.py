"""Links of the OpenAPI document: which of an answer's ids leads to which operations.

An answer about a fund has the fund's id; whatever address begins with /api/funds/{fund_id} is about that fund.
"""

#: The schema of an answer → the path parameter that its `id` is.
_ID_OF = {
    "AllocationAmountAnswer": "amendment_id",
    "FundAnswer": "fund_id",
    "DealAnswer": "deal_id",
    "InvestorAnswer": "investor_id",
    "CommitmentAnswer": "commitment_id",
    "AllocationAnswer": "allocation_id",
    "AllocationCallAnswer": "call_id",
    "CallDetailAnswer": "call_id",
    "PaymentAnswer": "payment_id",
    "SettlementAnswer": "settlement_id",
    "ReceiptAnswer": "receipt_id",
    "DistributionDetailAnswer": "distribution_id",
    "PayoutAnswer": "payout_id",
    "WriteDownAnswer": "write_down_id",
}
#: Others that an answer holds further inside.
_WITHIN = {
    "AllocationCallAnswer": {"item_id": "/items/0/id"},
    "CallDetailAnswer": {"item_id": "/items/0/id"},
    "CallPaymentAnswer": {"payment_id": "/payments/0/id", "call_id": "/capitalCall/id"},
    "PaymentAnswer": {"reversal_id": "/reversal/id"},
    "PayoutAnswer": {"payout_reversal_id": "/reversal/id"},
    "PayoutsAnswer": {"payout_id": "/payouts/0/id"},
}


def add_links(paths: dict) -> None:
    """Link every answer of an operation to the operations whose addresses its ids fill."""
    targets = {
        operation["operationId"]: frozenset(
            one["name"] for one in operation["parameters"] if one["in"] == "path"
        )
        for operations in paths.values()
        for operation in operations.values()
    }
    for operations in paths.values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                if links := _links(_schema_name(answer), targets):
                    answer["links"] = links


def _schema_name(answer: dict) -> str:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return schema.get("$ref", "").rpartition("/")[2]


def _links(answer: str, targets: dict[str, frozenset[str]]) -> dict:
    known = {name: f"$response.body#{pointer}" for name, pointer in _WITHIN.get(answer, {}).items()}
    if answer in _ID_OF:
        known[_ID_OF[answer]] = "$response.body#/id"
    return {
        operation: {"operationId": operation, "parameters": {name: known[name] for name in sorted(needed)}}
        for operation, needed in targets.items()
        if needed and needed <= known.keys()
    }
