"""Who may do what with the rows that addresses name."""

from fees.models import (
    FeeEvent,
    FeeIncome,
    FeeLetter,
    FeePayment,
    FeeRealisation,
    FeeRun,
    FeeRunCancellation,
    FeeSchedule,
    FeeWaiverUse,
)
from funds.api.rights import of_fund

of_fund("fee_schedule_id", FeeSchedule, asked_by="recorded_by")
of_fund("fee_letter_id", FeeLetter, asked_by="recorded_by")
of_fund("fee_income_id", FeeIncome, asked_by="recorded_by")
of_fund("fee_event_id", FeeEvent, asked_by="recorded_by")
of_fund("fee_realisation_id", FeeRealisation, asked_by="recorded_by")
of_fund("fee_run_id", FeeRun, asked_by="recorded_by")
of_fund("fee_payment_id", FeePayment)
of_fund("fee_cancellation_id", FeeRunCancellation, asked_by="recorded_by")
of_fund("fee_waiver_use_id", FeeWaiverUse, asked_by="recorded_by")
