"""The words of management fees: what the audit trail says, and how a status looks."""

from blackgem import shapes
from blackgem.lib import timeline
from blackgem.shapes import Status

timeline.register(
    {
        "request_fee_schedule": "asked to change the fee schedule",
        "set_fee_schedule": "changed the fee schedule",
        "reject_fee_schedule": "turned down the fee schedule",
        "request_fee_letter": "asked to change a side letter on the fee",
        "set_fee_letter": "changed a side letter on the fee",
        "reject_fee_letter": "turned down a side letter on the fee",
        "request_fee_income": "asked to record fee income",
        "record_fee_income": "recorded fee income",
        "reject_fee_income": "turned down fee income",
        "request_fee_event": "asked to record what changes the fee",
        "record_fee_event": "recorded what changes the fee",
        "reject_fee_event": "turned down what would change the fee",
        "request_fee_realisation": "asked to record the cost of what was sold",
        "record_fee_realisation": "recorded the cost of what was sold",
        "reject_fee_realisation": "turned down the cost of what was sold",
        "request_fee_run": "asked to bill the management fee",
        "approve_fee_run": "billed the management fee",
        "reject_fee_run": "turned down billing the management fee",
        "pay_fee_run": "paid the management fee from cash on hand",
        "take_back_fee_payment": "took a payment of the management fee back",
        "request_fee_cancellation": "asked to cancel a fee run",
        "cancel_fee_run": "cancelled a fee run",
        "reject_fee_cancellation": "turned down cancelling a fee run",
        "request_fee_waiver_use": "asked to use waived fees for the general partner",
        "use_waived_fees": "used waived fees for the general partner",
        "reject_fee_waiver_use": "turned down using waived fees",
    },
    amounts=("net", "waived", "paid_from_cash"),
)
shapes.register(
    {
        "fee_run": {
            "pending": Status("Awaiting approval", "warning", "ring-clock"),
            "billed": Status("Billed", "good", "ring-check"),
            "owed": Status("To be paid from cash", "warning", "ring-dashed"),
            "paid": Status("Paid from cash", "good", "ring-check"),
            "nothing_due": Status("Nothing due", "good", "ring-check"),
            "cancelled": Status("Cancelled", "neutral", "ring-cross"),
            "rejected": Status("Turned down", "neutral", "ring-cross"),
        },
        "fee_row": {
            "pending": Status("Awaiting approval", "warning", "ring-clock"),
            "approved": Status("Approved", "good", "ring-check"),
            "rejected": Status("Turned down", "neutral", "ring-cross"),
            "taken_back": Status("Taken back", "neutral", "ring-cross"),
        },
    }
)
