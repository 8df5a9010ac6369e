"""On which days banks are open: weekends and public holidays of a country or one of its parts.

A calendar is a country of ISO 3166 ("GB"), where needed with a part of it ("GB-SCT", "US-NY"). A fund that names none
has its currency's: that of the country in the currency's code, and the central bank's for the euro.
"""

import re
from datetime import date, timedelta
from functools import cache

import holidays
from holidays import HolidayBase

CALENDAR = re.compile(r"[A-Z]{2}(-[A-Za-z0-9]{1,10})?")
#: The calendar of the euro's payment system is not a country's.
_EURO = "EUR"
_SATURDAY, _SUNDAY = 5, 6


def is_calendar(name: str) -> bool:
    """Whether there is such a calendar."""
    if not CALENDAR.fullmatch(name):
        return False
    country, _, part = name.partition("-")
    parts = holidays.list_supported_countries().get(country)
    return parts is not None and (not part or part in parts)


def closed_because(day: date, *, calendar: str, currency: str) -> str:
    """Why banks are closed on this day ("a Saturday", "Good Friday"); nothing where they are open.

    `calendar` may be empty: the currency's then; a currency without one has weekends only.
    """
    known = _holidays(calendar or currency)
    weekend = known.weekend if known is not None else {_SATURDAY, _SUNDAY}
    if day.weekday() in weekend:
        return f"a {day:%A}"
    return "" if known is None else known.get(day, "")


def next_open_day(day: date, *, calendar: str, currency: str) -> date:
    """The first day from `day` on on which banks are open."""
    while closed_because(day, calendar=calendar, currency=currency):
        day += timedelta(days=1)
    return day


@cache
def _holidays(name: str) -> HolidayBase | None:
    """The holidays of a calendar or of a currency, in English where they have an English name."""
    if name == _EURO:
        return holidays.financial_holidays("ECB")
    country, _, part = name.partition("-") if is_calendar(name) else (name[:2], "", "")
    if country not in holidays.list_supported_countries():
        return None
    language = "en_US" if "en_US" in holidays.list_localized_countries().get(country, ()) else None
    return holidays.country_holidays(country, subdiv=part or None, language=language)
