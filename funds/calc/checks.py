"""What should be looked at before letters go out: one list, which page, API and service all read.

A row that blocks is refused by the service as well; a warning is for a person, and stops nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from blackgem.lib.business_days import closed_because, next_open_day
from blackgem.lib.errors import Kind, Problem

MOST_NAMES = 5


class Severity(StrEnum):
    BLOCKING = "blocking"
    WARNING = "warning"


class Bank(StrEnum):
    """What is known of the account that investors are to pay to."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Check(Problem):
    """A problem, and whether it stops the letters."""

    kind: Kind = Kind.CONFLICT
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class PartOf:
    """What one investor is to pay or is paid, in the fund's currency."""

    investor: str
    amount: Decimal
    excused: bool = False
    by_hand: bool = False
    withheld_by_hand: bool = False
    has_contact: bool = True


@dataclass(frozen=True, slots=True)
class ToCheck:
    """What the letters would say. `bank` is none where no investor pays, so that any day of notice will do;
    `unprintable` are sentences.

    `notice_days` are calendar days from `today` to `due_on`; none where the agreement asks for none. `date_field` is
    what the form of the draft calls `due_on`. `in_totals` are the numbers of partners whom each total on the letters
    adds up; empty where the letters show none.
    """

    currency: str
    calendar: str
    today: date
    due_on: date
    parts: Sequence[PartOf]
    notice_days: int | None = None
    bank: Bank | None = None
    unprintable: Sequence[str] = ()
    date_field: str = "due_date"
    in_totals: Collection[int] = ()


def checks(about: ToCheck) -> list[Check]:
    """Everything that should be looked at, what blocks first."""
    return [
        *blocking(about.unprintable),
        *_bank(about),
        *due_date_checks(about),
        *_parts(about),
        *_totals(about),
    ]


def blocking(unprintable: Sequence[str]) -> list[Check]:
    """What must be mended before anything is issued: `unprintable` are the sentences that say what no font prints."""
    return [Check("letter.unprintable", sentence, severity=Severity.BLOCKING) for sentence in unprintable]


def blocking_among(found: Sequence[Check]) -> list[Check]:
    """Those of a list that must be mended."""
    return [check for check in found if check.severity is Severity.BLOCKING]


def _bank(about: ToCheck) -> Iterator[Check]:
    if about.bank is Bank.MISSING:
        yield Check(
            "check.bank_missing", "The fund has no bank details: the letters would not say where to pay."
        )
    if about.bank is Bank.UNVERIFIED:
        yield Check(
            "check.bank_unverified",
            "The fund’s bank details are not verified: the letters would not say where to pay.",
        )


def due_date_checks(about: ToCheck) -> Iterator[Check]:
    """What should be looked at about the day until when is paid."""
    days, is_owed = (about.due_on - about.today).days, about.bank is not None
    if days < 0:
        yield _of_due_date(about, "past", f"The date, {_day(about.due_on)}, has passed.")
    elif days == 0 and is_owed:
        yield _of_due_date(about, "today", "The date is today.")
    elif days == 1 and is_owed:
        yield _of_due_date(about, "next_day", "The date is tomorrow.")
    if about.notice_days is not None and 1 < days < about.notice_days:
        yield _of_due_date(
            about, "short_notice", f"{days} days’ notice; this fund gives {about.notice_days}."
        )
    if reason := closed_because(about.due_on, calendar=about.calendar, currency=about.currency):
        yield _of_due_date(about, "closed", _closed(about, reason))


def _closed(about: ToCheck, reason: str) -> str:
    after = next_open_day(about.due_on + timedelta(days=1), calendar=about.calendar, currency=about.currency)
    return f"Banks are closed on {_day(about.due_on)} ({reason}); the next open day is {_day(after)}."


def _of_due_date(about: ToCheck, code: str, message: str) -> Check:
    return Check(f"check.due_date_{code}", message, about.date_field)


def _parts(about: ToCheck) -> Iterator[Check]:
    paid = [part for part in about.parts if part.amount > 0]
    yield from _named(
        "check.no_contact", "Nobody takes notices for {}.", [part for part in paid if not part.has_contact]
    )
    yield from _named(
        "check.amount_zero",
        "The amount is zero, and no letter is written, for {}.",
        [part for part in about.parts if part.amount <= 0 and not part.excused],
    )
    yield from _named(
        "check.amount_below_one",
        f"Less than one {about.currency} for {{}}.",
        [part for part in paid if part.amount < 1],
    )
    yield from _named(
        "check.amount_by_hand",
        "Set by hand, not in proportion, for {}.",
        [part for part in about.parts if part.by_hand],
    )
    yield from _named(
        "check.withheld_by_hand",
        "Tax withheld is set by hand, not by the investor’s rate, for {}.",
        [part for part in about.parts if part.withheld_by_hand],
    )


def _totals(about: ToCheck) -> Iterator[Check]:
    """Of two who are added up, each can take its own part from the total."""
    if 2 in about.in_totals:
        yield Check(
            "check.totals_of_two",
            "A total on the letters adds up two partners: each can work out what the other one has. The fund’s "
            "settings say which totals letters show.",
        )


def _named(code: str, sentence: str, parts: Sequence[PartOf]) -> Iterator[Check]:
    if parts:
        yield Check(code, sentence.format(_names([part.investor for part in parts])), "items")


def _names(names: Sequence[str]) -> str:
    """The first few of them, and how many more."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _day(day: date) -> str:
    return f"{day:%A}, {day:%b} {day.day}, {day.year}"
