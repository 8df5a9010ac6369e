"""The account of one limited partner (or of all together), as dated facts make it.

The account is worked out from the facts anew for every distribution, so a contribution that comes to light late
counts from its own date, and amounts that were distributed stay what they were.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from operator import itemgetter

from blackgem.lib.errors import Conflict
from blackgem.lib.money import CENT
from blackgem.lib.rates import days_between
from distributions.calc.accrual import PRECISE, ZERO, check_units, earned, growth_between, rounded
from distributions.calc.facts import Contribution, History, Paid, Parts, TierPaid, add_tiers
from distributions.calc.terms import Terms


@dataclass(frozen=True, slots=True)
class Account:
    """How an account stands on a day. `accrued` and `hurdles` (of tiers 2, 3 …) are unrounded.

    `since` is the day of the last flow before; `tiers` holds what each tier paid so far.
    """

    on: date
    since: date | None
    contributed: Decimal
    capital_returned: Decimal
    capital: Decimal
    accrued: Decimal
    hurdles: tuple[Decimal, ...]
    pref_paid: Decimal
    tiers: tuple[TierPaid, ...]


@dataclass(frozen=True, slots=True)
class Accrual:
    """A stretch of time without a flow: what earned the preferred return, and how much. Unrounded."""

    start: date
    end: date
    days: int
    capital: Decimal
    accrued_before: Decimal
    earned: Decimal


class OutOfOrder(Conflict):
    """A later distribution has been made already; the waterfall only runs forward."""

    def __init__(self, on: date, later: date) -> None:
        super().__init__(
            "distribution.out_of_order",
            f"A distribution on {on:%b %-d, %Y} would come before one that was made for {later:%b %-d, %Y}.",
            field="date",
        )


def check_history(history: History, on: date, unit: Decimal = CENT) -> None:
    """Raise MoneyError for an amount that is not in whole units, and OutOfOrder for what was paid after `on`."""
    check_units((contribution.amount for contribution in history.contributions), unit)
    check_units((write_down.amount for write_down in history.write_downs), unit)
    latest = max((paid.on for paid in history.paid), default=on)
    if latest > on:
        raise OutOfOrder(on, latest)


# ---------------------------------------------------------------- from facts to an account

_STARTS, _PAID_IN, _GIVEN_BACK, _PAID_OUT = range(4)  # the order of one day


def account_at(
    history: History,
    terms: Terms,
    on: date,
    *,
    netting: bool = False,
    trace: Callable[[Accrual], None] | None = None,
) -> Account:
    """The account on a day, its flows of that day included. `trace` is told of every stretch of time.

    With `netting`, capital and accrued return may stand below zero on the way, so that what earlier
    distributions returned counts against capital that falls due later (deal by deal). Without it they stop at
    zero: past profit never prepays later capital.
    """
    with localcontext(PRECISE):
        book = _Book(terms, netting, history.pref_due, trace)
        for day, kind, fact in sorted(_facts(history, on), key=itemgetter(0, 1)):
            book.move_to(day)
            book.record(kind, fact)
        book.move_to(on)
        return book.account(on)


def _facts(history: History, on: date) -> Iterable[tuple[date, int, Contribution | Paid]]:
    for paid in history.paid:
        yield paid.on, _PAID_OUT, paid
    for contribution in history.contributions:
        if contribution.on <= on:
            yield contribution.on, _PAID_IN if contribution.amount >= 0 else _GIVEN_BACK, contribution
            starts = contribution.accrues_from
            if starts is not None and contribution.on < starts <= on:
                yield starts, _STARTS, contribution


@dataclass(slots=True)
class _Book:
    """An account while its facts are being written into it, in their order."""

    terms: Terms
    netting: bool
    pref_due: Decimal | None
    trace: Callable[[Accrual], None] | None
    now: date | None = None
    since: date | None = None
    contributed: Decimal = ZERO
    returned: Decimal = ZERO
    capital: Decimal = ZERO
    idle: Decimal = ZERO  # capital whose preferred return has not started
    accrued: Decimal = Decimal(0)
    pref_paid: Decimal = ZERO
    hurdles: list[Decimal] = field(default_factory=list)
    tiers: list[TierPaid] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hurdles = [Decimal(0)] * (len(self.terms.tiers) - 1)
        self.tiers = [TierPaid()] * len(self.terms.tiers)
        if self.pref_due is not None:
            self.accrued = self.pref_due

    def move_to(self, day: date) -> None:
        """Let time pass."""
        start, self.now = self.now, day
        if start is None or start == day:
            return
        self.since = start
        if self.pref_due is not None:
            return
        self._accrue(start, day)
        for j, balance in enumerate(self.hurdles):
            self.hurdles[j] += (balance - min(self.idle, balance)) * (self._factor(j, start, day) - 1)

    def _accrue(self, start: date, end: date) -> None:
        capital, before = self.capital - self.idle, self.accrued
        self.accrued += earned(capital, before, self.terms, start, end)
        if self.trace:
            days = days_between(start, end, self.terms.day_count)
            self.trace(Accrual(start, end, days, capital, before, self.accrued - before))

    def _factor(self, j: int, start: date, end: date) -> Decimal:
        return growth_between(start, end, self.terms.tiers[j + 1].hurdle, self.terms.day_count)

    def record(self, kind: int, fact: Contribution | Paid) -> None:
        if isinstance(fact, Paid):
            self._pay(fact.parts)
        elif kind == _STARTS:
            self.idle = max(self.idle - fact.amount, ZERO)
        else:
            self._contribute(fact)

    def _contribute(self, paid_in: Contribution) -> None:
        amount, starts = paid_in.amount, paid_in.accrues_from or paid_in.on
        self.contributed += amount
        self.capital = self._floored(self.capital + amount)
        if starts < paid_in.on:
            self.accrued += earned(amount, Decimal(0), self.terms, starts, paid_in.on)
        elif starts > paid_in.on:
            self.idle += amount
        for j, balance in enumerate(self.hurdles):
            early = self._factor(j, starts, paid_in.on) if starts < paid_in.on else 1
            self.hurdles[j] = max(balance + amount * early, ZERO)
        self._limit_idle()

    def _pay(self, parts: Parts) -> None:
        self.returned += parts.return_of_capital
        self.pref_paid += parts.preferred_return
        self.capital = self._floored(self.capital - parts.return_of_capital)
        in_full = parts.preferred_return == rounded(self.accrued, self.terms.unit)
        self.accrued = Decimal(0) if in_full else self._floored(self.accrued - parts.preferred_return)
        lp_total = parts.lp_total
        self.hurdles = [max(balance - lp_total, ZERO) for balance in self.hurdles]
        last = len(self.tiers) - 1
        for number, tier in enumerate(parts.tiers):
            self.tiers[min(number, last)] = add_tiers((self.tiers[min(number, last)], tier))
        self._limit_idle()

    def _floored(self, balance: Decimal) -> Decimal:
        return balance if self.netting else max(balance, ZERO)

    def _limit_idle(self) -> None:
        if self.idle:
            self.idle = min(self.idle, max(self.capital, ZERO))

    def account(self, on: date) -> Account:
        accrued = self.accrued + min(
            self.capital, ZERO
        )  # more capital returned than is due counts against it
        return Account(
            on=on,
            since=self.since,
            contributed=self.contributed,
            capital_returned=self.returned,
            capital=rounded(max(self.capital, ZERO), self.terms.unit),
            accrued=max(accrued, Decimal(0)),
            hurdles=tuple(self.hurdles),
            pref_paid=self.pref_paid,
            tiers=tuple(self.tiers),
        )
