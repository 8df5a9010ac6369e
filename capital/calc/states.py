"""States as functions of amounts. The database holds the same two functions and compares at every commit."""

from decimal import Decimal


def allocation_state(committed: Decimal, called: Decimal, funded: Decimal) -> str:
    """State of an allocation: the first condition that holds, from the most to the least advanced."""
    if funded == committed:
        return "funded"
    if called == committed:
        return "called"
    if funded > 0:
        return "partially_funded"
    if called > 0:
        return "partially_called"
    return "committed"


def issued_call_status(total: Decimal, paid: Decimal) -> str:
    """Status of a call that has been issued and not cancelled."""
    if paid == total:
        return "fully_funded"
    if paid > 0:
        return "partially_funded"
    return "sent"
