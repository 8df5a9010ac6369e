"""Days: a moment belongs to a day only in a time zone, and a fund has one.

Zones are names of the IANA database: an area with a place in it ("Pacific/Auckland"), or "UTC".
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import DateField, DateTimeField, F, Func, Value

UTC = "UTC"
LONGEST_ZONE = 64
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


def local_day(at: datetime, zone: str) -> date:
    """The day on which a moment falls in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


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
