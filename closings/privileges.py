"""The tables here of which the application's role gets less than to write them as it likes."""

from blackgem.lib.privileges import APPEND, register

register(
    {
        "equalisation_parts": APPEND,
        "equalised_shares": APPEND,
        "equalised_rows": APPEND,
        "refunds": (*APPEND, "UPDATE (amount)"),
        "refund_payouts": APPEND,
        "defaults": (*APPEND, "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id)"),
        "default_remedies": (*APPEND, "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id)"),
        "default_withdrawals": (*APPEND, "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id)"),
        "default_parts": APPEND,
        "default_calls": APPEND,
        "closing_reversals": (*APPEND, "UPDATE"),
        "transfers": (*APPEND, "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id)"),
        "transfer_rows": APPEND,
        "assumed_parts": APPEND,
        "setoffs": (*APPEND, "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id)"),
        "setoff_parts": APPEND,
        "setoff_reversals": (*APPEND, "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id)"),
        "refund_payout_reversals": (*APPEND, "UPDATE"),
    }
)
