"""What is said of an amount that was called, as of a day: one vocabulary for managers, investors, API and letters."""

from datetime import date
from decimal import Decimal

#: `overdue` and `partial_overdue` come with the number of days.
DUE, OVERDUE, PARTIAL, PARTIAL_OVERDUE, CARRIED, PAID, NOTHING, CANCELLED = (
    "due",
    "overdue",
    "partial",
    "partial_overdue",
    "carried",
    "paid",
    "nothing",
    "cancelled",
)


def days_overdue(due_on: date | None, outstanding: Decimal, as_of: date) -> int:
    """How many days ago it should have been paid; 0 while nothing is owed, or it is due later or on no day yet."""
    return max(0, (as_of - due_on).days) if due_on and outstanding > 0 else 0


def due_state(*, payment: str, days: int, called: Decimal, is_cancelled: bool = False) -> str:
    """One of the words above. `payment` is pending, partial, carried or paid; `days` is how many it is overdue;
    `called` is what is asked by now, 0 where all of it was taken back."""
    if is_cancelled:
        return CANCELLED
    if payment == "paid":
        return PAID if called else NOTHING
    if payment == "carried":
        return CARRIED
    if payment == "partial":
        return PARTIAL_OVERDUE if days else PARTIAL
    return OVERDUE if days else DUE
