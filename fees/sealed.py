"""The tables here that are sealed against tampering; decisions on their rows are in the audit events, which are too."""

from blackgem.lib.evidence import Covered, register

_DECISION = ("approved_at", "approved_by_id", "rejected_at", "rejected_by_id")

register(
    {
        "fee_catch_ups": Covered(salted=("reason",)),
        "fee_payments": Covered(salted=("reason",)),
        "fee_run_cancellations": Covered(salted=("reason",), left_out=_DECISION),
        "fee_waiver_uses": Covered(salted=("reason",), left_out=_DECISION),
        "fee_waiver_calls": Covered(),
    }
)
