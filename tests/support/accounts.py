"""Accounts for stories of the waterfall: money paid in on New Year's Days, under the usual terms."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from distributions.calc.facts import Contribution, History
from distributions.calc.terms import Compounding, DayCount, Terms, Tier

STANDARD = Tier(Decimal("0.08"), Decimal(1), Decimal("0.2"))
TERMS = Terms((STANDARD,), day_count=DayCount.THIRTY_E_360)
SIMPLE = replace(TERMS, compounding=Compounding.SIMPLE)
NEW_YEAR = date(2020, 1, 1)


def new_year(later: int) -> date:
    return NEW_YEAR.replace(year=NEW_YEAR.year + later)


def paid_in(*amounts: int | str, deal: str | None = None) -> History:
    """A contribution on each New Year's Day from 2020."""
    return History(
        tuple(Contribution(new_year(n), Decimal(amount), deal) for n, amount in enumerate(amounts) if amount)
    )


def after(history: History, event) -> History:
    return replace(history, paid=(*history.paid, event.as_paid()))
