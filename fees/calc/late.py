"""What a late closer, or who raises its commitment, catches up with. It goes to the manager, as does interest on it;
interest is in no figure of the fee, of what was paid in or of what is unfunded. Source: ILPA Model LPA, 5.1.4 and 8.3.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from blackgem.lib.money import round_to_unit
from blackgem.lib.rates import year_fraction
from capital.calc.prorata import Key
from fees.calc.charges import Part, charge_of
from fees.calc.instalments import let_off
from fees.calc.periods import Period
from fees.calc.standing import Standing
from fees.calc.terms import ZERO, FeeInterest, FeeTerms, InterestEnd, LateRule, Partner


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """One period of it, up to the closing where the terms count days; `due_on`: the day of its instalment. `amount` is
    what its `parts` come to, less what was charged `before`."""

    start: date
    end: date
    due_on: date
    amount: Decimal
    interest: Decimal = ZERO
    before: Decimal = ZERO
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What a partner owes at its closing for periods of the past; `waived` by its side letter. `tax` comes on top."""

    on: date
    pay_on: date
    key: Key
    periods: tuple[CaughtUp, ...]
    amount: Decimal
    waived: Decimal
    interest: Decimal
    tax: Decimal

    @property
    def net(self) -> Decimal:
        return self.amount - self.waived


def catch_up(
    terms: FeeTerms,
    partner: Partner,
    periods: Sequence[Period],
    day: date,
    own: Standing,
    *,
    billed: Collection[date] = (),
) -> tuple[CatchUp | None, Standing]:
    """What a partner of which a tranche is admitted on a day owes for the past, and where it stands after it. `billed`
    are the first days of periods that others were billed already, though they fall due on that day or later.

    None where nothing is owed. Raises FeeRefused as `charge_of`.
    """
    if terms.late_rule == LateRule.BILLED:
        owed = [_billed(terms, partner, period, day, own, period.start in billed) for period in periods]
    else:
        owed = [_to_date(terms, partner, period, day, own) for period in periods]
    rows = [row for row in _less_loose(owed, own.charged.get(date.min, ZERO)) if row.amount]
    if not rows:
        return None, own
    pay_on = max(tranche.pay_on for tranche in partner.tranches if tranche.admitted_on == day)
    until = pay_on if terms.late_interest.end == InterestEnd.DUE_DATE else day
    amount = sum((row.amount for row in rows), ZERO)
    waived = max(let_off(partner, own, day, amount), ZERO)
    rows, interest = _with_interest(terms, rows, amount - waived, until)
    charged = dict(own.charged)
    for row in rows:
        charged[row.start] = charged.get(row.start, ZERO) + row.amount
    tax = round_to_unit(Fraction(amount - waived) * Fraction(terms.vat_rate), terms.unit)
    found = CatchUp(day, pay_on, partner.key, tuple(rows), amount, waived, interest, tax)
    return found, replace(own, charged=charged, let_off=own.let_off + waived)


def _less_loose(rows: Sequence[CaughtUp], loose: Decimal) -> list[CaughtUp]:
    """What was charged of no period counts for the first ones that fall short."""
    found = []
    for row in rows:
        taken = max(min(loose, row.amount), ZERO)
        loose -= taken
        found.append(replace(row, amount=row.amount - taken, before=row.before + taken))
    return found


def _billed(
    terms: FeeTerms, partner: Partner, period: Period, day: date, own: Standing, was_billed: bool
) -> CaughtUp:
    """What others were billed for a period before the closing, less what the partner was."""
    if period.on >= day and not was_billed:
        return CaughtUp(period.start, period.end, period.on, ZERO)
    charge = charge_of(terms, partner, period, max(day, period.on))
    before = own.charged.get(period.start, ZERO)
    owed = charge.amount - before
    return CaughtUp(period.start, period.end, period.on, owed, before=before, parts=charge.parts)


def _to_date(terms: FeeTerms, partner: Partner, period: Period, day: date, own: Standing) -> CaughtUp:
    """The days of a period before the closing; what an increase adds to a period that was charged already."""
    upto = period.up_to(day)
    if period.start >= day:
        return CaughtUp(period.start, period.start, period.on, ZERO)
    charge, before = charge_of(terms, partner, upto, day), _without(terms, partner, period, upto, day, own)
    owed = charge.amount - before
    return CaughtUp(upto.start, upto.end, period.on, owed, before=before, parts=charge.parts)


def _without(
    terms: FeeTerms, partner: Partner, period: Period, upto: Period, day: date, own: Standing
) -> Decimal:
    if upto.end == period.end:
        return own.charged.get(period.start, ZERO)
    added = sum((tranche.amount for tranche in partner.tranches if tranche.admitted_on == day), ZERO)
    before = partner.commitment_on(day) - added
    return charge_of(terms, partner, upto, day, commitment=before).amount if before else ZERO


def _with_interest(
    terms: FeeTerms, rows: Sequence[CaughtUp], amount: Decimal, until: date
) -> tuple[list[CaughtUp], Decimal]:
    late = terms.late_interest

    def interest(owed: Decimal, since: date) -> Decimal:
        years = max(year_fraction(since, until, late.day_count), Fraction(0))
        return round_to_unit(max(Fraction(owed), Fraction(0)) * Fraction(late.rate) * years, terms.unit)

    if late.charged == FeeInterest.NONE:
        return list(rows), ZERO
    if late.charged == FeeInterest.FIRST_CLOSING:
        return list(rows), interest(amount, terms.start)
    charged = [replace(row, interest=interest(row.amount, row.due_on)) for row in rows]
    return charged, sum((row.interest for row in charged), ZERO)
