"""The words of management fees: what the audit trail says."""

from blackgem.lib import timeline

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
        "request_fee_run": "asked to bill the management fee",
        "approve_fee_run": "billed the management fee",
        "reject_fee_run": "turned down billing the management fee",
    },
    amounts=("net", "waived"),
)
