"""Which ids the answers here have, for the links of the OpenAPI document."""

from blackgem.http.links import register

register(
    {
        "FeeScheduleAnswer": "fee_schedule_id",
        "FeeLetterAnswer": "fee_letter_id",
        "FeeIncomeAnswer": "fee_income_id",
        "FeeEventAnswer": "fee_event_id",
        "FeeRealisationAnswer": "fee_realisation_id",
        "FeeRunDetailAnswer": "fee_run_id",
        "FeeCancellationAnswer": "fee_cancellation_id",
        "FeeWaiverUseAnswer": "fee_waiver_use_id",
    },
    {
        "FeeRunsAnswer": {"fee_run_id": "/feeRuns/0/id"},
        "FeeRunDetailAnswer": {"fee_payment_id": "/payments/0/id"},
    },
)
