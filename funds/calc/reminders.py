"""On which days a partner is reminded of what is due: days from the due date, negative before it."""

import re
from datetime import date, timedelta

from blackgem.lib.errors import InvalidInput

EARLIEST, LATEST, MOST = -60, 90, 8
#: A reminder whose day passed is still sent for so many days: no worker was there.
LATE_DAYS = 2
_REMINDER_DAYS = re.compile(r"[-−]?\d{1,2}(\s*,\s*[-−]?\d{1,2})*", re.ASCII)
WRONG = "Name days from the due date, such as -7, -1, 3: at most 8, from 60 before to 90 after."


def steps_of(text: str) -> tuple[int, ...]:
    """The days, in order, each once. Raises InvalidInput("fund.reminder_days")."""
    text = text.strip()
    if not text:
        return ()
    if not _REMINDER_DAYS.fullmatch(text):
        raise InvalidInput("fund.reminder_days", WRONG, field="reminder_days")
    steps = tuple(sorted({int(part.replace("−", "-")) for part in text.split(",")}))
    if len(steps) > MOST or steps[0] < EARLIEST or steps[-1] > LATEST:
        raise InvalidInput("fund.reminder_days", WRONG, field="reminder_days")
    return steps


def as_text(steps: tuple[int, ...]) -> str:
    """As they are kept: "-7, -1, 3"."""
    return ", ".join(map(str, steps))


def step_due(steps: tuple[int, ...], *, due_on: date, today: date) -> int | None:
    """The step whose day it is, or was up to LATE_DAYS ago with none after it; None where there is none."""
    come = [step for step in steps if due_on + timedelta(days=step) <= today]
    if not come or today - (due_on + timedelta(days=come[-1])) > timedelta(days=LATE_DAYS):
        return None
    return come[-1]
