"""What should be looked at before letters go out: one list, which page, API and service all read.

A row that blocks is refused by the service as well; a warning is for a person, who acknowledges it where the fund
demands that.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from blackgem.lib.business_days import closed_because, next_open_day
from blackgem.lib.errors import Conflict, Kind, Problem
from blackgem.lib.money import format_money

from .domains import domain_of, likenesses

MOST_NAMES = 5
#: A total of so many times the largest before it is unusual.
UNUSUAL_TIMES = 3
#: How far a partner's part may be from the part that its commitment has, of the latter.
FAR_FROM_COMMITMENT = Decimal("0.1")


class Severity(StrEnum):
    BLOCKING = "blocking"
    WARNING = "warning"


class Bank(StrEnum):
    """What is known of the account that investors are to pay to."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Row:
    """Whom a check is about: a partner, by name, and the ids of its part and of itself."""

    name: str
    item_id: int | None = None
    investor_id: int | None = None


@dataclass(frozen=True, slots=True)
class Check(Problem):
    """A problem, whether it stops the letters, and the first few whom it is about."""

    kind: Kind = Kind.CONFLICT
    severity: Severity = Severity.WARNING
    rows: tuple[Row, ...] = ()

    @property
    def key(self) -> str:
        """By which it is acknowledged: what it says, so that nobody acknowledges what he did not read."""
        return f"{self.code}:{sha256(self.message.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class PartOf:
    """What one investor is to pay or is paid, in the fund's currency. `mails` are the addresses that its letter goes
    to; `promised` is its commitment, `lines` what its part is made of, None where that is not read."""

    investor: str
    amount: Decimal
    excused: bool = False
    by_hand: bool = False
    withheld_by_hand: bool = False
    has_contact: bool = True
    mails: Sequence[str] = ()
    promised: Decimal | None = None
    lines: Decimal | None = None
    excused_before: bool = False
    still_excused: bool = False
    has_account: bool = True
    item_id: int | None = None
    investor_id: int | None = None

    @property
    def row(self) -> Row:
        return Row(self.investor, self.item_id, self.investor_id)


@dataclass(frozen=True, slots=True)
class ToCheck:
    """What the letters would say. `bank` is none where no investor pays, so that any day of notice will do;
    `unprintable` are sentences.

    `notice_days` are calendar days from `today` to `due_on`; none where the agreement asks for none. `date_field` is
    what the form of the draft calls `due_on`. `in_totals` are the numbers of partners whom each total on the letters
    adds up; empty where the letters show none. `own_mails` are addresses of the fund and of who runs it; `total` is the
    whole event, `largest_before` the largest of its kind that was issued before, `looked_at_above` the fund's own
    limit (0 for none). `fees` are what is called as fees for its year, with this, and what the terms let be.
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
    own_mails: Sequence[str] = ()
    total: Decimal | None = None
    largest_before: Decimal | None = None
    looked_at_above: Decimal = Decimal(0)
    fees: tuple[Decimal, Decimal] | None = None
    is_by_commitment: bool = False


def checks(about: ToCheck) -> list[Check]:
    """Everything that should be looked at, what blocks first."""
    return [
        *blocking(about.unprintable),
        *blocking_parts(about),
        *_bank(about),
        *due_date_checks(about),
        *_parts(about),
        *_totals(about),
        *_amounts(about),
        *_contacts(about, homographs=False),
    ]


def checks_of_parts(about: ToCheck) -> list[Check]:
    """The same of letters that ask for nothing and name no account and no day to come."""
    return [
        *blocking(about.unprintable),
        *blocking_parts(about),
        *_parts(about),
        *_amounts(about),
        *_contacts(about, homographs=False),
    ]


def blocking_parts(about: ToCheck) -> list[Check]:
    """What must be mended of the parts: they do not add up, ask who is excused from a deal, or a letter would go to an
    address that passes for another one."""
    return [*_sums(about), *_still_excused(about), *_contacts(about, homographs=True)]


def _still_excused(about: ToCheck) -> Iterator[Check]:
    parts = [part for part in about.parts if part.still_excused]
    if parts:
        yield Check(
            "check.still_excused",
            f"Excused from this deal, and asked for it without a reason: {_names([one.investor for one in parts])}."
            " Save the draft again, which leaves them out, or say there why they take part.",
            "items",
            severity=Severity.BLOCKING,
            rows=tuple(part.row for part in parts[:MOST_NAMES]),
        )


def blocking(unprintable: Sequence[str]) -> list[Check]:
    """What must be mended before anything is issued: `unprintable` are the sentences that say what no font prints."""
    return [Check("letter.unprintable", sentence, severity=Severity.BLOCKING) for sentence in unprintable]


def blocking_among(found: Sequence[Check]) -> list[Check]:
    """Those of a list that must be mended."""
    return [check for check in found if check.severity is Severity.BLOCKING]


def warnings_among(found: Iterable[Check]) -> list[Check]:
    """Those of a list that a person may let pass."""
    return [check for check in found if check.severity is Severity.WARNING]


def check_acknowledged(found: Iterable[Check], keys: Collection[str]) -> list[str]:
    """The sentences of the warnings, each of which stands among these keys.

    Raises Conflict("check.unacknowledged") with those that do not; its `extra` says by which keys they would be.
    """
    warnings = warnings_among(found)
    if missing := [check for check in warnings if check.key not in keys]:
        message = " ".join(["Acknowledge first what is to be checked.", *(one.message for one in missing)])
        said = [{"key": one.key, "code": one.code, "message": one.message} for one in missing]
        raise Conflict(
            "check.unacknowledged",
            message,
            extra={"checks": said},
            problems=[Problem("check.unacknowledged", message, None, Kind.CONFLICT), *missing],
        )
    return [check.message for check in warnings]


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
        "check.excused_before",
        "Excused from this deal before, and now asked for it: {}.",
        [part for part in paid if part.excused_before and not part.still_excused],
    )
    yield from _named(
        "check.no_account",
        "No bank details are verified, so that nothing can be paid out, for {}.",
        [part for part in paid if not part.has_account],
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


def _sums(about: ToCheck) -> Iterator[Check]:
    """The parts are the whole, and the lines of each are its amount: a letter says both."""
    whole = sum((part.amount for part in about.parts), Decimal(0))
    if about.total is not None and whole != about.total:
        said, there = (format_money(one, about.currency) for one in (about.total, whole))
        message = f"The letters add up to {there}, and the whole is {said}."
        yield Check("check.total_differs", message, "items", severity=Severity.BLOCKING)
    wrong = [part for part in about.parts if part.lines is not None and part.lines != part.amount]
    for check in _named("check.lines_differ", "The lines do not add up to the amount of {}.", wrong):
        yield replace(check, severity=Severity.BLOCKING)


def _amounts(about: ToCheck) -> Iterator[Check]:
    """What is unlike what the fund did before, or unlike what was promised."""
    total, before, above = about.total, about.largest_before, about.looked_at_above
    if total is not None and above and total > above:
        limit = format_money(above, about.currency)
        yield Check("check.amount_over_limit", f"More than {limit}, above which this fund looks twice.")
    if total is not None and before and total > UNUSUAL_TIMES * before:
        largest = format_money(before, about.currency)
        yield Check(
            "check.amount_unusual", f"More than {UNUSUAL_TIMES} times the largest before it, {largest}."
        )
    if about.fees and about.fees[0] > about.fees[1]:
        called, most = (format_money(one, about.currency) for one in about.fees)
        yield Check(
            "check.fees_over_terms",
            f"Fees of {called} in all for the year; by the fund’s terms they are {most}.",
        )
    if about.is_by_commitment:
        far = [part for part in _asked(about) if _is_far(part, about)]
        yield from _named("check.share_unusual", "The part is far from that of the commitment for {}.", far)


def _asked(about: ToCheck) -> list[PartOf]:
    return [part for part in about.parts if part.promised and not part.excused]


def _is_far(part: PartOf, about: ToCheck) -> bool:
    asked = _asked(about)
    promised = sum((one.promised or Decimal(0) for one in asked), Decimal(0))
    whole = sum((one.amount for one in asked), Decimal(0))
    expected = whole * (part.promised or Decimal(0)) / promised
    return abs(part.amount - expected) > max(FAR_FROM_COMMITMENT * expected, Decimal(1))


def _contacts(about: ToCheck, *, homographs: bool) -> Iterator[Check]:
    """Addresses whose domain passes for one of the fund's, of another recipient, or of a provider of mailboxes."""
    paid = [part for part in about.parts if part.amount > 0]
    own = {domain_of(mail) for mail in about.own_mails}
    by_domain: dict[str, list[PartOf]] = {}
    for part in paid:
        for domain in {domain_of(mail) for mail in part.mails}:
            by_domain.setdefault(domain, []).append(part)
    for like in likenesses(by_domain, own):
        if like.homograph == homographs:
            whose = "the fund’s own" if like.other in own else "another one"
            yield Check(
                "check.contact_homograph" if homographs else "check.contact_look_alike",
                f"The domain {like.domain} of a contact of {_names([one.investor for one in by_domain[like.domain]])} "
                f"passes for {like.other}, {whose}.",
                "items",
                severity=Severity.BLOCKING if homographs else Severity.WARNING,
                rows=tuple(
                    Row(one.investor, None, one.investor_id) for one in by_domain[like.domain][:MOST_NAMES]
                ),
            )


def _named(code: str, sentence: str, parts: Sequence[PartOf]) -> Iterator[Check]:
    if parts:
        message = sentence.format(_names([part.investor for part in parts]))
        yield Check(code, message, "items", rows=tuple(part.row for part in parts[:MOST_NAMES]))


def _names(names: Sequence[str]) -> str:
    """The first few of them, and how many more."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _day(day: date) -> str:
    return f"{day:%A}, {day:%b} {day.day}, {day.year}"
