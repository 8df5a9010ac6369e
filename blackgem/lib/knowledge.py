"""What was known when: the one place that says which rows a figure counts, as known at a time.

A row is known from the time at which it was recorded, and a decision from when it was taken: both stand in the rows
themselves. What was recorded later changes no figure that is asked for as known before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

Rows = TypeVar("Rows", bound=QuerySet)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What was known at the time `at`, that moment included; None: all that is recorded by now."""

    at: datetime | None = None

    def recorded(self, rows: Rows, column: str = "recorded_at") -> Rows:
        """Those that were recorded by then. `column` says when."""
        return rows if self.at is None else rows.filter(**{f"{column}__lte": self.at})

    def decided(self, rows: Rows, column: str) -> Rows:
        """Those for which something had been decided by then: `column` says when, and is empty before."""
        return self.recorded(rows.filter(**{f"{column}__isnull": False}), column)

    def issued(self, rows: Rows, since: str, of: str = "") -> Rows:
        """Those that had been issued by then (`since` says when) and not been cancelled. `of` leads to them."""
        stands = Q(**{f"{of}cancelled_at__isnull": True})
        if self.at is not None:
            stands |= Q(**{f"{of}cancelled_at__gt": self.at})
        return self.decided(rows, of + since).filter(stands)

    def had(self, when: datetime | None) -> bool:
        """Whether something that happened at `when`, if it did, had happened by then."""
        return when is not None and (self.at is None or when <= self.at)


def settled(moment: datetime) -> datetime:
    """The moment, or where a write is open that began before it, the last one of which all is known: what is asked
    as known then says the same ever after."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT least(%s, last_settled_moment())", [moment])
        return cursor.fetchone()[0]


#: All that is known.
NOW = Knowledge()
