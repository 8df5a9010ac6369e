"""The waterfall of one account: dated facts, terms and an amount in, the breakdown with its working out.

Source: distribution clauses of limited partnership agreements, whole fund ("European") and deal by deal
("American"). All amounts are in whole units of the fund's currency.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from blackgem.lib.money import MoneyError
from distributions.calc.accounts import Account, Accrual, account_at, check_history
from distributions.calc.accrual import check_units
from distributions.calc.american import realised_account
from distributions.calc.facts import History, Key, Paid, Parts
from distributions.calc.terms import Style, Terms, check_terms
from distributions.calc.tiers import Step, run_tiers


@dataclass(frozen=True, slots=True)
class Event:
    """A distribution, worked out: its parts, its steps, and the account as it stood before."""

    on: date
    amount: Decimal
    deal: Key | None
    parts: Parts
    steps: tuple[Step, ...]
    before: Account

    def as_paid(self, event: Key | None = None) -> Paid:
        """The fact that this becomes for later distributions."""
        return Paid(self.on, self.parts, self.deal, event)


def distribute(
    history: History, terms: Terms, *, on: date, amount: Decimal, deal: Key | None = None
) -> Event:
    """Run `amount`, distributed on a day, through the waterfall of one account.

    The flows of that day in `history` come before it. Raises TermsRefused, OutOfOrder, and MoneyError if an
    amount is negative or no whole number of units.
    """
    return pay_out(
        account_before(history, terms, on=on, deal=deal),
        terms,
        amount=checked_amount(amount, terms.unit),
        deal=deal,
    )


def pay_out(before: Account, terms: Terms, *, amount: Decimal, deal: Key | None = None) -> Event:
    """Run an amount that has been checked through an account, on that account's day."""
    parts, steps = run_tiers(before, amount, terms)
    return Event(before.on, amount, deal, parts, steps, before)


def checked_amount(amount: Decimal, unit: Decimal) -> Decimal:
    """An amount to distribute, in whole units; raises MoneyError if it is negative or finer."""
    check_units([amount], unit)
    if amount < 0:
        raise MoneyError("amount.min_value", "A distribution cannot be negative.")
    return amount.quantize(unit)


def account_before(
    history: History,
    terms: Terms,
    *,
    on: date,
    deal: Key | None = None,
    trace: Callable[[Accrual], None] | None = None,
) -> Account:
    """The account that a distribution on a day would meet: deal by deal, only what is due for `deal`.

    Raises TermsRefused, OutOfOrder, and MoneyError for a fact that is not in whole units.
    """
    check_terms(terms)
    check_history(history, on, terms.unit)
    if terms.style == Style.AMERICAN:
        return realised_account(history, terms, on, deal, trace=trace)
    return account_at(history, terms, on, trace=trace)
