"""The terms of a waterfall, and which of them the engine refuses.

Rates are fractions per year (0.08 is 8 %), shares are fractions of an amount (carry 0.20, catch-up 1.00).
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from blackgem.lib.errors import InvalidInput, Problem
from blackgem.lib.money import CENT
from blackgem.lib.rates import DayCount
from funds.calc.tiers import Tier, tier_problems, tiers_with_letter


class Style(StrEnum):
    """Whole fund, or deal by deal."""

    EUROPEAN = "european"
    AMERICAN = "american"


class Scope(StrEnum):
    """Whose account runs through the waterfall: each partner's own, or one for all limited partners."""

    PER_INVESTOR = "per_investor"
    AGGREGATE = "aggregate"


class Compounding(StrEnum):
    """How the preferred return grows. Hurdles after the first always compound annually (they are IRRs)."""

    ANNUAL = "annual"
    QUARTERLY = "quarterly"
    SIMPLE = "simple"


class Order(StrEnum):
    """Which of the first two steps comes first."""

    CAPITAL_FIRST = "capital_first"
    PREF_FIRST = "pref_first"


class FeeAllocation(StrEnum):
    """Deal by deal: whether a realisation has to return its share of the fees called."""

    PRO_RATA = "pro_rata"
    NONE = "none"


class FeeBase(StrEnum):
    """Deal by deal: what the share of the fees is measured against."""

    INVESTED = "invested"
    COMMITMENT = "commitment"


class PrefStart(StrEnum):
    """The day from which a contribution earns the preferred return."""

    PAID = "paid"
    DUE = "due"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the partnership agreement, or one partner's side letter, says of distributions.

    `unit` is the smallest amount of the fund's currency: every amount is a whole number of it.
    """

    tiers: tuple[Tier, ...]
    style: Style = Style.EUROPEAN
    scope: Scope = Scope.PER_INVESTOR
    compounding: Compounding = Compounding.ANNUAL
    day_count: DayCount = DayCount.ACT_365
    order: Order = Order.CAPITAL_FIRST
    pref_start: PrefStart = PrefStart.PAID
    loss_carryforward: bool = True
    fee_allocation: FeeAllocation = FeeAllocation.PRO_RATA
    fee_base: FeeBase = FeeBase.INVESTED
    unit: Decimal = CENT

    @property
    def pref_rate(self) -> Decimal:
        return self.tiers[0].hurdle


class TermsRefused(InvalidInput):
    """Terms under which no waterfall can be computed. `problems` lists every reason."""


def terms_problems(terms: Terms) -> list[Problem]:
    """Every reason to refuse `terms`: `tiers_missing`, or the codes and fields of `tier_problems`."""
    if not terms.tiers:
        return [Problem("tiers_missing", "A waterfall needs at least one tier.", "tiers")]
    return tier_problems(terms.tiers)


def check_terms(terms: Terms) -> Terms:
    """Return `terms`, or raise TermsRefused with every reason."""
    if problems := terms_problems(terms):
        raise TermsRefused.from_problems(problems)
    return terms


def with_side_letter(
    terms: Terms,
    *,
    hurdle: Decimal | None = None,
    catch_up: Decimal | None = None,
    carry: Decimal | None = None,
    **rest: Any,
) -> Terms:
    """The fund's terms as one partner's side letter changes them; what it leaves out stays.

    `hurdle`, `catch_up` and `carry` as in `tiers_with_letter`; `tiers` and any other field of Terms go in by name. The
    result is not yet checked.
    """
    changed = replace(terms, **{name: value for name, value in rest.items() if value is not None})
    tiers = tiers_with_letter(changed.tiers, hurdle=hurdle, catch_up=catch_up, carry=carry)
    return replace(changed, tiers=tiers)


def pref_starts_on(start: PrefStart, *, paid_on: date, due_on: date | None) -> date:
    """The day from which a contribution earns the preferred return. Without a due date: the day paid."""
    if due_on is None or start == PrefStart.PAID:
        return paid_on
    return due_on if start == PrefStart.DUE else max(paid_on, due_on)
