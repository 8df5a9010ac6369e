"""What is said of an amount that was called, as of a day: one vocabulary for managers, investors, API and letters."""

from datetime import date
from decimal import Decimal

#: `overdue` and `partial_overdue` come with the number of days.
DUE, OVERDUE, PARTIAL, PARTIAL_OVERDUE, CARRIED, PAID, CANCELLED = (
    "due",
    "overdue",
    "partial",
    "partial_overdue",
    "carried",
    "paid",
    "cancelled",
)


def days_overdue(due_on: date | None, outstanding: Decimal, as_of: date) -> int:
    """How many days ago it should have been paid; 0 while nothing is owed, or it is due later or on no day yet."""
    return max(0, (as_of - due_on).days) if due_on and outstanding > 0 else 0


def due_state(*, payment: str, days: int, is_cancelled: bool = False) -> str:
    """One of the words above. `payment` is pending, partial, carried or paid; `days` is how many it is overdue."""
    if is_cancelled:
        return CANCELLED
    if payment == "paid":
        return PAID
    if payment == "carried":
        return CARRIED
    if payment == "partial":
        return PARTIAL_OVERDUE if days else PARTIAL
    return OVERDUE if days else DUE
