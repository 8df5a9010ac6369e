"""The status of an issued distribution as a function of amounts. The database holds the same function."""

from decimal import Decimal


def issued_distribution_status(gross: Decimal, paid_out: Decimal) -> str:
    """`paid` once all of it went out."""
    return "paid" if paid_out == gross else "sent"
