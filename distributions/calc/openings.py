"""How the partners stand before a distribution: all of it that does not depend on its amount.

Working this out walks through every flow of a fund's life; what an amount then comes to is a few steps per partner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from blackgem.lib.errors import Kind, Problem
from distributions.calc.accounts import Account, Accrual
from distributions.calc.accrual import ZERO
from distributions.calc.facts import History, Key, Paid, Parts, add_parts
from distributions.calc.terms import Scope, Terms, TermsRefused
from distributions.calc.waterfall import account_before


class Role(StrEnum):
    """Whether a partner's commitment bears carry."""

    LP = "lp"
    GP = "gp"


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner with its facts. `terms` are its own where it has a side letter, else None.

    `weight` is its fixed weight in every distribution; None: its share follows from what it has funded.
    """

    key: Key
    history: History
    role: Role = Role.LP
    terms: Terms | None = None
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PartnerOpening:
    """A partner before a distribution. `weight` measures its share; `paid_in` is for everything, not one deal.

    `account` has the balances that its share runs through by `terms`: None for the GP, and in aggregate scope.
    """

    key: Key
    role: Role
    terms: Terms
    weight: Decimal
    paid_in: Decimal
    capital_returned: Decimal
    account: Account | None


@dataclass(frozen=True, slots=True)
class Opening:
    """Every partner before a distribution on a day. `pool` is the one account of aggregate scope, with the
    `stretches` of time that its preferred return grew over."""

    on: date
    deal: Key | None
    terms: Terms
    partners: tuple[PartnerOpening, ...]
    pool: Account | None = None
    stretches: tuple[Accrual, ...] = ()


def open_partners(partners: Sequence[Partner], terms: Terms, *, on: date, deal: Key | None = None) -> Opening:
    """How the partners stand before a distribution of `deal` (or of no single one) on a day.

    A share is measured by fixed weights where the partners have them, else by what each has funded of the deal, or
    of everything if none is named. Raises TermsRefused, OutOfOrder, and MoneyError for facts that are not in cents.
    """
    pooled = terms.scope == Scope.AGGREGATE
    if pooled:
        _refuse_side_letters(partners)
    fixed = any(partner.weight is not None for partner in partners)
    opened = tuple(_open(partner, terms, on, deal, fixed=fixed, pooled=pooled) for partner in partners)
    if not pooled:
        return Opening(on, deal, terms, opened)
    stretches: list[Accrual] = []
    pool = pool_histories([partner.history for partner in partners if partner.role == Role.LP])
    account = account_before(pool, terms, on=on, deal=deal, trace=stretches.append)
    return Opening(on, deal, terms, opened, account, tuple(stretches))


def _open(
    partner: Partner, terms: Terms, on: date, deal: Key | None, *, fixed: bool, pooled: bool
) -> PartnerOpening:
    history, own = partner.history, partner.terms or terms
    in_pool_or_gp = pooled or partner.role == Role.GP
    return PartnerOpening(
        key=partner.key,
        role=partner.role,
        terms=own,
        weight=(partner.weight or ZERO) if fixed else funded(history, on, deal),
        paid_in=funded(history, on),
        capital_returned=sum((paid.parts.return_of_capital for paid in history.paid), ZERO),
        account=None if in_pool_or_gp else account_before(history, own, on=on, deal=deal),
    )


def funded(history: History, on: date, deal: Key | None = None) -> Decimal:
    """What an account has paid in by a day, for one deal or for everything; given-back money is deducted."""
    paid_in = (fact.amount for fact in history.contributions if fact.on <= on and deal in (None, fact.deal))
    return max(ZERO, sum(paid_in, ZERO))


def unreturned(partners: Sequence[Partner], terms: Terms, on: date) -> dict[Key, Decimal]:
    """By partner, what has been paid in by a day less the capital that was returned: of its own account, or of the one
    that all limited partners share. Never negative."""
    pool = [one for one in partners if terms.scope == Scope.AGGREGATE and one.role == Role.LP]
    shared = _unreturned(pool, on)
    return {one.key: shared if one in pool else _unreturned([one], on) for one in partners}


def _unreturned(partners: Sequence[Partner], on: date) -> Decimal:
    paid_in = sum((funded(one.history, on) for one in partners), ZERO)
    returned = sum((paid.parts.return_of_capital for one in partners for paid in one.history.paid), ZERO)
    return max(ZERO, paid_in - returned)


def pool_histories(histories: Sequence[History]) -> History:
    """One account's history out of several: all contributions, and every distribution's parts added up."""
    by_event: dict[tuple[date, Key, Key], list[Parts]] = {}
    for history in histories:
        for paid in history.paid:
            by_event.setdefault((paid.on, paid.event, paid.deal), []).append(paid.parts)
    return History(
        contributions=tuple(fact for history in histories for fact in history.contributions),
        paid=tuple(Paid(on, add_parts(parts), deal, event) for (on, event, deal), parts in by_event.items()),
        write_downs=tuple(fact for history in histories for fact in history.write_downs),
        commitment=sum((history.commitment or ZERO for history in histories), ZERO) or None,
        pref_due=next((history.pref_due for history in histories if history.pref_due is not None), None),
    )


def _refuse_side_letters(partners: Sequence[Partner]) -> None:
    if any(partner.terms for partner in partners):
        message = "A side letter with its own waterfall needs an account per investor."
        raise TermsRefused.from_problems(
            [Problem("side_letter_in_aggregate", message, "scope", Kind.CONFLICT)]
        )
