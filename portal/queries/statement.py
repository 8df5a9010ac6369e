"""Statements: of one investor, in one fund or in all of them, as of a day, as known at a time.

How many statements of SQL it takes does not depend on what is stated. A call counts from its date, or from the day it
was issued where that came first, and a distribution likewise; money counts from its value date. Drafts and what was
cancelled count nowhere, on any day.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.db.models import DateField, Value
from django.db.models.functions import Least

from banking.queries.held import unapplied_held_by
from blackgem.lib.days import LocalDay
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.knowledge import Knowledge, settled
from blackgem.lib.together import read_together
from capital.queries.nav import add_nav, with_terms_of_nav
from funds.calc.multiples import RecallableTreatment
from funds.models import Commitment, Investor
from funds.queries.periods import reported_at, reported_of_funds
from portal.calc.facts import Account, Movement, Statement
from portal.calc.overview import Sums, sums_of
from portal.calc.statement import make_statement
from portal.queries.facts import Facts, facts_of, facts_with
from portal.queries.later import changes_of_fund, changes_of_partner, newest_known
from portal.queries.transfers import with_parties
from portal.row_security import outside


@dataclass(frozen=True, slots=True)
class StatementShown:
    """A statement with whose it is (the commitment carries fund and investor), on which day it was drawn up, and as
    known when: None where it says all that is known.

    `changed_at`: when what it rests on was recorded after its own day had ended, newest first. `is_since_inception`: it
    counts what was acquired by transfer as if its holder had held it from the beginning. `is_reported`: it is of a day
    in a closed period, as known when that was closed. `unapplied`: the cash of the partner
    that the fund held on that day, and no call had taken yet.
    """

    commitment: Commitment
    statement: Statement
    drawn_up_on: date
    known_at: datetime | None = None
    changed_at: tuple[datetime, ...] = ()
    is_since_inception: bool = False
    is_reported: bool = False
    unapplied: Decimal = Decimal(0)

    @property
    def currency(self) -> str:
        return self.commitment.fund.currency


def commitments_of(investors: Iterable[Investor], *, funds=None) -> list[Commitment]:
    """What investors promised, by fund, with fund and investor; only in `funds` where given."""
    commitments = Commitment.objects.filter(investor__in=investors).select_related("fund", "investor")
    if funds is not None:
        commitments = commitments.filter(fund__in=funds)
    return list(commitments.order_by("fund__name", "investor__name", "pk"))


def state_commitment(
    investors: Collection[Investor],
    commitment: Commitment,
    *,
    as_of: date,
    at: datetime,
    known_at: datetime | None = None,
    since_inception: bool = False,
) -> StatementShown:
    """The statement of one of `commitments_of(investors)` as of a day, from what was known at a time, or is by now; of
    a day in a closed period from what was known when that was closed, unless a time is named.

    Raises NotFound for that of somebody else, InvalidInput for a day of which nothing can be stated (as_of.future,
    as_of.too_early) and for a time at which nothing was known (known_at.future, known_at.too_early).

    A share of a NAV rests on what every partner paid in, which no investor sees: it is worked out outside row-level
    security, for the commitment that was found inside.
    """
    if commitment.investor not in investors:
        raise NotFound("not_found", "There is no such commitment.")
    today = commitment.fund.day_of(at)
    if as_of > today:
        raise InvalidInput("as_of.future", "The date lies in the future.", field="as_of")
    if known_at is not None and known_at > at:
        raise InvalidInput("known_at.future", "The time lies in the future.", field="known_at")
    is_past = as_of < today
    reported = reported_to(commitment, as_of) if is_past and known_at is None else None
    known_at = reported or (known_at and settled(known_at))
    known = Knowledge(known_at)
    changes = changes_of_partner(commitment, as_of) if is_past else ()
    of_each, own = facts_with([commitment], known, *changes)
    facts = of_each[commitment.pk]
    since_inception = since_inception and any(row.is_transferred for row in facts.ledger)
    if since_inception:
        facts = facts.since_inception()
    if not facts.promised:
        raise InvalidInput(
            "known_at.too_early", "At that time nothing was on record of this commitment.", field="known_at"
        )
    since = _first_day(commitment, facts)
    if as_of < since:
        raise InvalidInput(
            "as_of.too_early",
            f"Nothing was committed before {since:%B} {since.day}, {since.year}: a statement starts there.",
            field="as_of",
        )
    with outside():
        valued, unapplied, of_fund = _valued(commitment, as_of, known, is_past=is_past)
    treatment = RecallableTreatment(valued.recallable_treatment)
    account = Account(
        tuple(facts.promised), since, valued.nav, treatment, tuple(facts.withheld), tuple(facts.taken_over)
    )
    statement = make_statement(account, facts.calls, facts.distributions, facts.ledger, as_of=as_of)
    statement = replace(statement, transfers=with_parties(statement.transfers, commitment, known))
    changed = newest_known((moment for rows in (*own, *of_fund) for moment in rows), known)
    return StatementShown(
        commitment,
        statement,
        today,
        known_at,
        changed,
        is_since_inception=since_inception,
        is_reported=reported is not None,
        unapplied=unapplied,
    )


def reported_to(commitment: Commitment, as_of: date) -> datetime | None:
    """When the period of a day was closed, as known when the day is reported; None while it is open. What is closed no
    investor reads: it is read outside row-level security."""
    with outside():
        return reported_at(commitment.fund_id, as_of)


def _valued(
    commitment, as_of: date, known: Knowledge, *, is_past: bool
) -> tuple[Commitment, Decimal, list[list[datetime]]]:
    """The commitment with its share of the NAV and the terms that multiples read; its unapplied cash; and when what it
    rests on of the fund was recorded after a day that `is_past`."""
    rows = with_terms_of_nav(Commitment.objects.select_related("fund"), as_of=as_of, known=known)
    changes = changes_of_fund(commitment, as_of) if is_past else ()
    cash = unapplied_held_by([commitment.pk], as_of=as_of, known=known)
    (valued,), held, *of_fund = read_together(rows.filter(pk=commitment.pk), cash, *changes)
    add_nav([valued], day_of=lambda fund: as_of, known=known)
    return valued, dict(held).get(commitment.pk, Decimal(0)), of_fund


def _first_day(commitment, facts: Facts) -> date:
    """The admission, or whatever happened before it."""
    called = [one.on for one in facts.calls if one.counts]
    begun = [*(one.on for one in facts.promised), *called, *(row.on for row in facts.ledger)]
    return min(begun, default=commitment.closing_date)


# ---------------------------------------------------------------- over all funds


@dataclass(frozen=True, slots=True)
class Section:
    """The statements in one currency, with their sums and what moved in all of them, by date."""

    currency: str
    stated: tuple[StatementShown, ...]

    @property
    def sums(self) -> Sums:
        return sums_of(one.statement for one in self.stated)

    @property
    def has_value(self) -> bool:
        return any(one.statement.nav for one in self.stated)

    @property
    def worth(self) -> Decimal | None:
        """The sum of the shares; None where one of them cannot be told."""
        shares = [one.statement.nav.amount for one in self.stated if one.statement.nav]
        return sum(shares) if len(shares) == len(self.stated) else None

    @property
    def movements(self) -> list[tuple[Commitment, Movement]]:
        moved = [(one.commitment, movement) for one in self.stated for movement in one.statement.movements]
        return sorted(moved, key=lambda line: line[1].on)


@dataclass(frozen=True, slots=True)
class AllStatements:
    """The statements of all commitments that there were by a day, by currency and fund, and those that began later."""

    stated: tuple[StatementShown, ...]
    later: tuple[Commitment, ...]

    @property
    def sections(self) -> list["Section"]:
        by_currency = groupby(self.stated, key=lambda one: one.currency)
        return [Section(currency, tuple(group)) for currency, group in by_currency]

    @property
    def days(self) -> list[date]:
        """As of which days: more than one where it is not the same day yet in all funds."""
        return sorted({one.statement.as_of for one in self.stated})


def state_all(commitments: Sequence[Commitment], *, as_of: date | None, at: datetime) -> AllStatements:
    """The statements of an investor's commitments, each as of a day in its fund's own zone: of today where none is
    named, and where the day that is named has not begun there.

    Raises InvalidInput (as_of.future, as_of.too_early) for a day of which nothing can be stated in any fund.
    """
    todays = {one.pk: one.fund.day_of(at) for one in commitments}
    if as_of and as_of > max(todays.values(), default=as_of):
        raise InvalidInput("as_of.future", "The date lies in the future.", field="as_of")
    reported = _reported_on(commitments, as_of, todays)
    facts, valued, held = {}, {}, {}
    for known_at in set(reported.values()) or {None}:
        together = [one for one in commitments if reported[one.pk] == known_at]
        facts |= facts_of(together, Knowledge(known_at))
        worths, cash = _valued_on(together, as_of, at, Knowledge(known_at))
        valued, held = valued | worths, held | cash
    stated, later = [], []
    for one in commitments:
        today, of, worth = todays[one.pk], facts[one.pk], valued[one.pk]
        day, since = min(as_of or today, today), _first_day(one, of)
        if day < since:
            later.append(one)
            continue
        treatment = RecallableTreatment(worth.recallable_treatment)
        account = Account(
            tuple(of.promised), since, worth.nav, treatment, tuple(of.withheld), tuple(of.taken_over)
        )
        statement = make_statement(account, of.calls, of.distributions, of.ledger, as_of=day)
        known_at, cash = reported[one.pk], held.get(one.pk, Decimal(0))
        is_reported = known_at is not None
        stated.append(
            StatementShown(one, statement, today, known_at, is_reported=is_reported, unapplied=cash)
        )
    if later and not stated:
        raise InvalidInput("as_of.too_early", "Nothing was committed by that day.", field="as_of")
    return AllStatements(tuple(sorted(stated, key=lambda one: one.currency)), tuple(later))


def _reported_on(commitments, as_of: date | None, todays: dict[int, date]) -> dict[int, datetime | None]:
    """By number, as known when each is reported as of a day: None where its period is open."""
    if as_of is None or as_of >= min(todays.values(), default=as_of):
        return dict.fromkeys(todays)
    with outside():
        closed = reported_of_funds({one.fund_id for one in commitments}, as_of)
    return {one.pk: closed.get(one.fund_id) for one in commitments}


def _valued_on(
    commitments: Sequence[Commitment], as_of: date | None, at: datetime, known: Knowledge
) -> tuple[dict[int, Commitment], dict[int, Decimal]]:
    """By number, each with its share of the NAV and the terms that multiples read, on the day of its own fund; and the
    unapplied cash of each on that day."""
    today = LocalDay(at, "fund__time_zone")
    day = Least(Value(as_of, output_field=DateField()), today) if as_of else today
    found = Commitment.objects.filter(pk__in=[one.pk for one in commitments]).select_related("fund")
    with outside():
        cash = unapplied_held_by([one.pk for one in commitments], as_of=day, known=known)
        rows, held = read_together(with_terms_of_nav(found, as_of=day, known=known), cash)
        add_nav(rows, day_of=lambda fund: min(as_of or fund.day_of(at), fund.day_of(at)), known=known)
    return {one.pk: one for one in rows}, dict(held)
