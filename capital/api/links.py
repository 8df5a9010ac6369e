"""Which ids the answers here have, for the links of the OpenAPI document."""

from blackgem.http.links import register

register(
    {
        "AllocationAmountAnswer": "amendment_id",
        "AllocationAnswer": "allocation_id",
        "AllocationCallAnswer": "call_id",
        "CallDetailAnswer": "call_id",
        "ExcuseAnswer": "excuse_id",
        "PaymentAnswer": "payment_id",
        "SettlementAnswer": "settlement_id",
        "ReceiptAnswer": "receipt_id",
        "CashReturnAnswer": "return_id",
    },
    {
        "AllocationCallAnswer": {"item_id": "/items/0/id"},
        "CallDetailAnswer": {"item_id": "/items/0/id"},
        "CallPaymentAnswer": {"payment_id": "/payments/0/id", "call_id": "/capitalCall/id"},
        "PaymentAnswer": {"reversal_id": "/reversal/id"},
        "ReceiptAnswer": {"return_id": "/returns/0/id"},
    },
)
