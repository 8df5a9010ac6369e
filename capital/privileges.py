"""The tables here of which the application's role gets less than to write them as it likes."""

from blackgem.lib.privileges import APPEND, register

register(
    {
        "allocation_amounts": (*APPEND, "UPDATE"),
        "residual_settlements": (*APPEND, "UPDATE"),
        "excuses": (*APPEND, "UPDATE"),
        "line_changes": APPEND,
        "taken_parts": APPEND,
        "receipts": (*APPEND, "UPDATE (note)"),
        "receipt_returns": APPEND,
        "payments": (*APPEND, "UPDATE (reference)"),
        "payment_reversals": (*APPEND, "UPDATE"),
    }
)
