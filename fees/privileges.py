"""The tables here of which the application's role gets less than to write them as it likes."""

from blackgem.lib.privileges import APPEND, register

_DECIDED = (*APPEND, "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id)")

register(
    {
        "fee_schedules": _DECIDED,
        "fee_letters": _DECIDED,
        "fee_income": _DECIDED,
        "fee_events": _DECIDED,
        "fee_realisations": _DECIDED,
        "fee_runs": _DECIDED,
        "fee_run_lines": APPEND,
        "fee_bills": APPEND,
        "fee_payments": APPEND,
        "fee_run_cancellations": _DECIDED,
        "fee_waiver_calls": APPEND,
        "fee_waiver_uses": _DECIDED,
        "fee_statements": APPEND,
        "fee_catch_ups": APPEND,
    }
)
