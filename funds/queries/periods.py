"""Periods of a fund: which are closed, what is known in the figures of a day, and what came after a close."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from blackgem.lib.days import day_in_words
from blackgem.lib.errors import Conflict, Problem
from funds.calc.quarters import last_day_of_quarter, quarter_of
from funds.models import CapitalTransaction, Fund, PeriodClose
from funds.models.periods import name_of_period
from funds.queries.access import with_role


@dataclass(frozen=True, slots=True)
class Span:
    """A period, both days included."""

    first_day: date
    last_day: date

    @property
    def name(self) -> str:
        return name_of_period(self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class Period(Span):
    """A period on the fund's page. `close` is the newest of it, or None; `late` are the rows of earlier periods that
    are posted in it."""

    close: PeriodClose | None
    late: list
    is_over: bool = True

    @property
    def state(self) -> str:
        return self.close.status if self.close else "open" if self.is_over else "current"

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.late), Decimal(0))


def standing_closes(fund_id) -> list[PeriodClose]:
    """What closes the fund's periods now, oldest first."""
    return list(PeriodClose.objects.standing().filter(fund=fund_id).order_by("last_day"))


def closed_through(fund_id) -> date | None:
    """The last day of the fund's closed periods; None where none is closed."""
    days = PeriodClose.objects.standing().filter(fund=fund_id).order_by("-last_day")
    return days.values_list("last_day", flat=True).first()


def reported_at(fund_id, day: date) -> datetime | None:
    """As known when figures of a day are reported: when its period was closed; None while that is open."""
    closes = PeriodClose.objects.standing().filter(fund=fund_id, last_day__gte=day)
    return closes.order_by("last_day").values_list("known_at", flat=True).first()


def reported_of_funds(funds: Iterable[int], day: date) -> dict[int, datetime]:
    """The same of several funds; without those of which the period is open."""
    closes = PeriodClose.objects.standing().filter(fund__in=funds, last_day__gte=day).order_by("-last_day")
    return dict(closes.values_list("fund", "known_at"))


def check_open(fund: Fund, *days: date | None, field: str | None = None) -> None:
    """Whether a person may date something on these days: Conflict("period.locked") for one in a closed period."""
    until = closed_through(fund.pk) if any(days) else None
    locked = [day for day in days if day and until and day <= until]
    if locked:
        raise locked_out(locked[0], until, field)


def closed_days(fund: Fund, **days: date | None) -> Iterator[Problem]:
    """The same of the days of a plan, by their fields, as problems."""
    until = closed_through(fund.pk)
    for field, day in days.items():
        if day and until and day <= until:
            yield from locked_out(day, until, field).problems


def locked_out(day: date, until: date, field: str | None = None) -> Conflict:
    """What is said to who dates something into a closed period."""
    return Conflict(
        "period.locked",
        f"{day_in_words(day)} lies in a period that is closed. The books are closed up to {day_in_words(until)}: the"
        f" next open day is {day_in_words(until + timedelta(days=1))}.",
        field=field,
    )


def next_span(fund: Fund, *, up_to: date | None = None) -> Span:
    """The period that is closed next. The first of a fund begins with the quarter in which the fund did, and may take
    in the quarters `up_to` a day."""
    until = closed_through(fund.pk)
    if until:
        first = until + timedelta(days=1)
        return Span(first, last_day_of_quarter(first))
    first = quarter_of(fund.began_on)[0]
    return Span(first, max(last_day_of_quarter(first), last_day_of_quarter(up_to or first)))


def spans_to_close(fund: Fund, today: date) -> list[Span]:
    """What may be closed next: one quarter; of a fund that never closed one, every run of quarters that is over."""
    span = next_span(fund)
    found = [span] if span.last_day < today else []
    if closed_through(fund.pk) is None:
        while found and (last := last_day_of_quarter(found[-1].last_day + timedelta(days=1))) < today:
            found.append(Span(span.first_day, last))
    return found


def late_rows(fund_id, closes: Iterable[PeriodClose]) -> QuerySet[CapitalTransaction]:
    """The ledger's rows of a fund that came after the close of their own period, oldest first."""
    late = [Q(value_date__lte=one.last_day, recorded_at__gt=one.known_at) for one in closes]
    rows = CapitalTransaction.objects.filter(fund=fund_id).select_related("commitment__investor")
    if not late:
        return rows.none()
    wanted = late[0]
    for one in late[1:]:
        wanted |= one
    return rows.filter(wanted).order_by("recorded_at", "pk")


def posted_in(row: CapitalTransaction, closes: list[PeriodClose]) -> PeriodClose | None:
    """The close of the period in which a row is reported: the first that has its day or a later one and knew of it.
    None: the period that is open."""
    return next(
        (one for one in closes if row.value_date <= one.last_day and row.recorded_at <= one.known_at), None
    )


def closes_seen_by(user) -> QuerySet[PeriodClose]:
    """The closes of funds that a person sees, each with the `role` that it has there."""
    rows = with_role(PeriodClose.objects.filter(fund__in=Fund.objects.visible_to(user)), user)
    return rows.select_related("fund", "reopening__recorded_by", "recorded_by", "approved_by", "rejected_by")


def period_of(close: PeriodClose) -> Period:
    """The period of a close, with what is posted late in it while it stands."""
    closes = standing_closes(close.fund_id)
    before = [one for one in closes if one.last_day < close.first_day]
    late = []
    if close.status == "closed":
        late = [row for row in late_rows(close.fund_id, before) if posted_in(row, closes) == close]
    return Period(close.first_day, close.last_day, close, late)


def periods_of(fund: Fund, today: date) -> list[Period]:
    """The fund's periods, newest first: those that are closed, and the open ones up to today."""
    closes = list(
        PeriodClose.objects.filter(fund=fund)
        .select_related("reopening", "recorded_by", "approved_by")
        .order_by("last_day", "pk")
    )
    standing = [one for one in closes if one.status == "closed"]
    late: dict[int | None, list] = {}
    for row in late_rows(fund.pk, standing):
        close = posted_in(row, standing)
        late.setdefault(close and close.pk, []).append(row)
    newest = {one.last_day: one for one in closes}
    found = [Period(one.first_day, one.last_day, one, late.get(one.pk, [])) for one in standing]
    span, posted = next_span(fund), late.get(None, [])
    while span.first_day <= today:
        over = span.last_day < today
        found.append(Period(span.first_day, span.last_day, newest.get(span.last_day), posted, over))
        first, posted = span.last_day + timedelta(days=1), []
        span = Span(first, last_day_of_quarter(first))
    return found[::-1]
