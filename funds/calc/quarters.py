"""Quarters of the calendar."""

from datetime import date, timedelta


def quarter_of(day: date) -> tuple[date, date]:
    """The first and the last day of the quarter that has the day."""
    month = day.month - (day.month - 1) % 3
    first = date(day.year, month, 1)
    after = date(day.year + month // 10, (month + 2) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def last_day_of_quarter(day: date) -> date:
    return quarter_of(day)[1]
