"""Days: a moment belongs to a day only in a time zone, and a fund has one.

Zones are names of the IANA database: an area with a place in it ("Pacific/Auckland"), or "UTC".
"""

import re
from collections.abc import Iterable
from datetime import UTC as UTC_ZONE
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import DateField, DateTimeField, F, Func, Value

UTC = "UTC"
LONGEST_ZONE = 64
FIRST_YEAR, LAST_YEAR = 1900, 2199
_MOMENT = re.compile(
    r"(?P<year>[0-9]{4})-[0-9]{2}-[0-9]{2}"
    r"(?P<time>T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
#: The areas of the database; what else it names are old spellings, which some machines lack.
ZONE = re.compile(
    r"UTC|(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)(/[A-Za-z0-9_+-]+){1,2}"
)


@cache
def zones() -> tuple[str, ...]:
    """Every zone that is offered, by name, UTC first."""
    named = sorted(name for name in available_timezones() if ZONE.fullmatch(name) and name != UTC)
    return (UTC, *named)


def is_zone(name: str) -> bool:
    return name in zones()


def day_in_words(day: date) -> str:
    """As every page writes it: Nov 12, 2026."""
    return f"{day:%b} {day.day}, {day.year}"


def local_day(at: datetime, zone: str) -> date:
    """The day on which a moment falls in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def end_of_day(day: date, zone: str) -> datetime:
    """The moment at which a day is over in a zone, and the next one begins."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))


def read_moment(text: str, zone: str | None = None) -> datetime | None:
    """The moment that ISO 8601 text names with its offset, or in `zone` without; None where it names none.

    With a `zone`, a day alone is its last moment.
    """
    found = _MOMENT.fullmatch(text)
    if not found or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        return None
    try:
        if found["time"]:
            at = datetime.fromisoformat(text)
            if at.tzinfo is None and zone is not None:
                at = at.replace(tzinfo=ZoneInfo(zone))
            return at.astimezone(UTC_ZONE) if at.tzinfo else None
        return end_of_day(date.fromisoformat(text), zone) - timedelta.resolution if zone else None
    except ValueError:
        return None


def days_in(zones: Iterable[str], at: datetime) -> list[date]:
    """The days that it is in these zones, earliest first: at most two of them; that of UTC where there is no zone."""
    return sorted({local_day(at, zone) for zone in zones} or {local_day(at, UTC)})


class LocalDay(Func):
    """The day on which a moment (a value, or the name of a column) falls in the zone of a column."""

    function = "local_day"
    output_field = DateField()

    def __init__(self, at: datetime | str, zone: str):
        moment = F(at) if isinstance(at, str) else Value(at, output_field=DateTimeField())
        super().__init__(moment, F(zone))
