"""The tables here of which the application's role gets less than to write them as it likes."""

from blackgem.lib.privileges import APPEND, register

register(
    {
        "write_downs": (*APPEND, "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id)"),
        "payout_releases": APPEND,
        "payouts": (*APPEND, "UPDATE (reference)"),
        "taken_shares": APPEND,
        "payout_reversals": (*APPEND, "UPDATE"),
    }
)
