"""A later closing: who comes in pays its share of every earlier line, with interest, to those who held it.

Line by line and never on a net of lines, so that on every line the changes add up to 0.00, and so does the interest.
What is held after a closing by commitments is the split of the line over the register, whatever the order in which
partners came. Signs: above zero a partner pays, below zero it gets back. Source: ILPA Model LPA, 5.1.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from blackgem.lib.money import CENT, split
from capital.calc.prorata import Key
from closings.calc.interest import (
    EqualisationRefused,
    check_interest,
    interest_days,
    interest_factor,
    interest_on,
)
from closings.calc.shares import held_after
from closings.calc.terms import (
    ZERO,
    Beside,
    ClosingDays,
    DistributionsRule,
    EqualisationTerms,
    FeeInterest,
    HeldLine,
    Resplit,
)

Amounts = dict[Key, Decimal]


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a closing changes on a line, for every partner of the register: `delta` is capital, `inside` what of it is
    inside the commitment. `reduces_open` is what of an amount that goes back was never paid: it is owed no longer, and
    no money moves."""

    key: Key
    days: int
    held: Amounts
    delta: Amounts
    inside: Amounts
    interest: Amounts
    premium: Amounts
    reduces_open: Amounts

    @property
    def refund(self) -> Amounts:
        """What is paid back, where something is; above zero."""
        return {key: -delta - self.reduces_open[key] for key, delta in self.delta.items() if delta < 0}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a partner is told: the sums of the lines, and what stands beside them. Interest, premium and fees are in no
    figure of capital, and not in what is unfunded."""

    capital: Decimal
    reduces_open: Decimal
    interest: Decimal
    premium: Decimal
    fee: Decimal
    fee_interest: Decimal
    call: Decimal
    unfunded_before: Decimal
    unfunded_after: Decimal
    fee_tax: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """Cash: above zero the partner pays."""
        parts = (self.interest, self.premium, self.fee, self.fee_tax, self.fee_interest, self.call)
        return sum(parts, self.capital + self.reduces_open)

    @property
    def pays(self) -> Decimal:
        return max(self.net, ZERO)

    @property
    def receives(self) -> Decimal:
        return max(-self.net, ZERO)


@dataclass(frozen=True, slots=True)
class Equalisation:
    """A closing, worked out: a change per line that takes part, and a notice per partner of the register."""

    lines: tuple[LineChange, ...]
    notices: dict[Key, Notice]

    @property
    def cash_in(self) -> Decimal:
        return sum((one.pays for one in self.notices.values()), ZERO)

    @property
    def cash_out(self) -> Decimal:
        return sum((one.receives for one in self.notices.values()), ZERO)


def equalise(
    lines: Sequence[HeldLine],
    before: Mapping[Key, Decimal],
    after: Mapping[Key, Decimal],
    terms: EqualisationTerms,
    days: ClosingDays,
    *,
    beside: Mapping[Key, Beside] | None = None,
    unit: Decimal = CENT,
) -> Equalisation:
    """Work out a closing that turns the register `before` (commitments) into `after`, whose order decides ties.

    `lines` are those issued before it; kept ones and, by the terms, distributions are left out of the answer. Raises
    EqualisationRefused (`closing_order`, `items_do_not_add_up`, `negative_amount`, `unknown_partner`, `rate_missing`,
    and as `check_interest`), ZeroWeights, and MoneyError for an amount that is no whole number of units.
    """
    beside = beside or {}
    check_interest(terms.interest)
    _check(lines, after, days, beside)
    newcomers = after.keys() - before.keys()
    changes = tuple(
        _change(line, after, newcomers, terms, days, unit) for line in lines if _takes_part(line, terms)
    )
    notices = {key: _notice(key, changes, beside.get(key, Beside()), terms, days, unit) for key in after}
    return Equalisation(changes, notices)


def _takes_part(line: HeldLine, terms: EqualisationTerms) -> bool:
    kept = line.is_distribution and terms.distributions_rule == DistributionsRule.KEEP
    return line.resplit != Resplit.KEPT and not kept


# ---------------------------------------------------------------- one line


def _change(line, register, newcomers, terms: EqualisationTerms, days: ClosingDays, unit) -> LineChange:
    after, inside_after = held_after(line, register, newcomers, unit)
    inside = line.held if line.inside is None else line.inside
    delta = {key: line.sign * (held - line.held.get(key, ZERO)) for key, held in after.items()}
    settled = {key: _settled(line, key, -amount) for key, amount in delta.items()}
    refund = {key: max(-amount, ZERO) - settled[key] for key, amount in delta.items()}
    at_value, until = line.value is not None, days.interest_until(terms)
    interest = Fraction(0) if at_value else interest_factor(terms.interest, line.due_on, until)
    gain = Fraction(line.value) / Fraction(line.amount) - 1 if at_value else Fraction(0)
    # Who pays no interest on what it takes over is paid none on its part of what was distributed before.
    free = {key for key in terms.no_interest if (delta.get(key, ZERO) > 0) != line.is_distribution}
    charged = {key: amount for key, amount in delta.items() if key not in free}
    bearing = {
        key: ZERO if key in free and line.is_distribution else amount for key, amount in refund.items()
    }
    return LineChange(
        line.key,
        0 if at_value else interest_days(terms.interest, line.due_on, until),
        after,
        delta,
        {key: line.sign * (held - inside.get(key, ZERO)) for key, held in inside_after.items()},
        _passed_on(charged, bearing, interest, unit),
        _passed_on(delta, refund, gain, unit),
        settled,
    )


def _settled(line: HeldLine, key: Key, back: Decimal) -> Decimal:
    """What of an amount that goes back to a partner only lowers what it owes."""
    return ZERO if line.is_distribution or back <= 0 else min(back, line.open_of(key))


def _passed_on(charged: Mapping[Key, Decimal], refund: Amounts, factor: Fraction, unit: Decimal) -> Amounts:
    """What payers are charged on top of their capital, and the same sum to those who get money back, by how much of it
    they get. Where nobody gets money back, nobody is charged."""
    none = {key: ZERO for key in refund}
    if not factor or not any(refund.values()):
        return none
    paid = {key: interest_on(amount, factor, unit) for key, amount in charged.items() if amount > 0}
    pot = sum(paid.values(), ZERO)
    got = dict(zip(refund, split(-pot, list(refund.values()), unit), strict=True))
    assert sum(got.values()) == -pot, "interest is passed on in full"
    return none | got | paid


# ---------------------------------------------------------------- one partner


def _notice(key, changes: Iterable[LineChange], beside: Beside, terms, days: ClosingDays, unit) -> Notice:
    def total(of: Callable[[LineChange], Amounts]) -> Decimal:
        return sum((of(change)[key] for change in changes), ZERO)

    return Notice(
        capital=total(lambda change: change.delta),
        reduces_open=total(lambda change: change.reduces_open),
        interest=total(lambda change: change.interest),
        premium=total(lambda change: change.premium),
        fee=sum((fee.amount for fee in beside.fees), ZERO),
        fee_interest=ZERO if key in terms.no_interest else fee_interest(beside, terms, days, unit),
        call=beside.call,
        unfunded_before=beside.unfunded,
        unfunded_after=beside.unfunded - total(lambda change: change.inside) - beside.call_inside,
        fee_tax=beside.tax,
    )


@dataclass(frozen=True, slots=True)
class FeeInterestPart:
    """Interest on a fee since a day, for so many days."""

    amount: Decimal
    since: date
    days: int
    interest: Decimal


def fee_interests(
    beside: Beside, terms: EqualisationTerms, days: ClosingDays, unit: Decimal = CENT
) -> list[FeeInterestPart]:
    """Interest on each of the fees of a newcomer, or on their sum; each rounded by itself."""
    until = days.interest_until(terms)
    if terms.fee_interest == FeeInterest.PER_INSTALMENT:
        charged = [(fee.amount, fee.due_on) for fee in beside.fees]
    elif terms.fee_interest == FeeInterest.FIRST_CLOSING and beside.fees:
        charged = [(sum((fee.amount for fee in beside.fees), ZERO), days.first_on)]
    else:
        charged = []
    return [
        FeeInterestPart(
            amount,
            since,
            interest_days(terms.interest, since, until),
            interest_on(amount, interest_factor(terms.interest, since, until), unit),
        )
        for amount, since in charged
    ]


def fee_interest(
    beside: Beside, terms: EqualisationTerms, days: ClosingDays, unit: Decimal = CENT
) -> Decimal:
    """Interest on the fees of a newcomer; like them it goes to the manager."""
    return sum((one.interest for one in fee_interests(beside, terms, days, unit)), ZERO)


# ---------------------------------------------------------------- what is refused


def _check(
    lines: Iterable[HeldLine],
    register: Mapping[Key, Decimal],
    days: ClosingDays,
    beside: Mapping[Key, Beside],
) -> None:
    if days.pay_on < days.on or days.on < days.first_on:
        _refuse(
            "closing_order", "A closing is on or after the first one, and is paid on or after its own day."
        )
    if strangers := beside.keys() - register.keys():
        _refuse("unknown_partner", f"{_named(strangers)}: not in the register after the closing.")
    if any(fee.amount < 0 for one in beside.values() for fee in one.fees):
        _refuse("negative_amount", "No fee of a newcomer is below zero.")
    for line in lines:
        _check_line(line, register)


def _check_line(line: HeldLine, register: Mapping[Key, Decimal]) -> None:
    parts = [*line.held.values(), *(line.inside or {}).values(), *(line.paid or {}).values()]
    if min(parts, default=ZERO) < 0 or (line.value or 0) < 0:
        _refuse("negative_amount", f"{line.key}: no part of it and no value is below zero.")
    if strangers := {key for key, held in line.held.items() if held} - register.keys():
        _refuse(
            "unknown_partner", f"{line.key}: {_named(strangers)} holds a part and is not in the register."
        )
    if sum(line.held.values(), ZERO) != line.amount:
        _refuse("items_do_not_add_up", f"{line.key}: what is held of it is not its amount.")


def _named(keys: Iterable[Key]) -> str:
    return ", ".join(sorted(map(str, keys)))


def _refuse(code: str, message: str) -> NoReturn:
    raise EqualisationRefused(code, message)
