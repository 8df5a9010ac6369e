"""What a distribution notice says, frozen when the distribution is issued."""

from datetime import date, datetime

from funds.models import Notice


def write_distribution_notices(
    *, distribution, by, at: datetime, today: date, change_note: str = ""
) -> list[Notice]:
    """One notice per partner who gets something, inside the caller's transaction."""
    return []
