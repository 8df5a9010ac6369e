"""Who writes, and when: the one value that pages, API, tasks and commands hand to a service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


@dataclass(frozen=True, slots=True)
class WriteContext:
    """`by`: the person who answers for the write. `at`: the moment of it, aware; "today" follows from it per fund.
    `why`: the reason that the person gave, where it was asked for one of whatever it does. Who `asks_why` wants one of
    whoever turns down what another person asked for."""

    by: AbstractBaseUser
    at: datetime
    why: str = ""
    asks_why: bool = False

    def today(self, fund) -> date:
        """The day of the write where the fund is: what due, overdue and "not in the future" are measured by."""
        return fund.day_of(self.at)


def context_of(request: HttpRequest) -> WriteContext:
    """The context of what the person who asks writes now."""
    return WriteContext(request.user, timezone.now())
