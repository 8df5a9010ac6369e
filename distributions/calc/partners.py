"""A distribution over all partners of a fund, by the scope that its terms name.

Per investor: every partner's share runs through that partner's own account and terms, and the fund's figures are
sums. Aggregate: one account for all limited partners, whose result is allocated by ownership. Either way the
GP's own commitment takes its share whole and bears no carry. The parts add up to the amount, to the cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from blackgem.lib.errors import Problem
from blackgem.lib.money import split
from distributions.calc.accrual import ZERO
from distributions.calc.explain import sum_steps
from distributions.calc.facts import History, Key, Paid, Parts, TierPaid, add_parts
from distributions.calc.terms import Scope, Terms, TermsRefused
from distributions.calc.tiers import Step
from distributions.calc.waterfall import Event, checked_amount, distribute


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
class PartnerShare:
    """What a partner gets, and what carry its share bears.

    `apportioned` is its part of the amount. For the GP it is `gp_own`, and `parts` are empty; for a limited
    partner it is the sum of `parts`, and `event` has the working (None in aggregate scope).
    """

    key: Key
    role: Role
    apportioned: Decimal
    parts: Parts = Parts()  # noqa: RUF009 — a frozen value
    gp_own: Decimal = ZERO
    event: Event | None = None

    @property
    def gross(self) -> Decimal:
        """What goes to the partner itself; the carry goes to the GP."""
        return self.parts.lp_total + self.gp_own


@dataclass(frozen=True, slots=True)
class FundEvent:
    """A distribution of a fund: every partner's share in the partners' order, and the steps over all."""

    on: date
    amount: Decimal
    deal: Key | None
    shares: tuple[PartnerShare, ...]
    steps: tuple[Step, ...]

    @property
    def parts(self) -> Parts:
        """The parts over all limited partners."""
        return add_parts(share.parts for share in self.shares)

    @property
    def gp_own(self) -> Decimal:
        return sum((share.gp_own for share in self.shares), ZERO)

    def as_paid(self, event: Key | None = None) -> dict[Key, Paid]:
        """By partner, the fact that this becomes for later distributions."""
        return {share.key: Paid(self.on, share.parts, self.deal, event) for share in self.shares}


def distribute_to_partners(
    partners: Sequence[Partner], terms: Terms, *, on: date, amount: Decimal, deal: Key | None = None
) -> FundEvent:
    """Distribute `amount` on a day to all partners of a fund.

    It is apportioned by fixed weights where the partners have them, else by what each has funded of `deal`, or
    of everything if no deal is named. Raises ZeroWeights if that is nothing, and as `waterfall.distribute`.
    """
    amount = checked_amount(amount)
    weights = _weights(partners, on, deal)
    portions = split(amount, weights)
    run = _as_one_account if terms.scope == Scope.AGGREGATE else _each_on_its_own
    shares, steps = run(partners, portions, weights, terms, on=on, deal=deal)
    assert sum(share.apportioned for share in shares) == amount, (
        "the shares of a distribution equal the whole"
    )
    return FundEvent(on, amount, deal, tuple(shares), steps)


def funded(history: History, on: date, deal: Key | None = None) -> Decimal:
    """What an account has paid in by a day, for one deal or for everything; given-back money is deducted."""
    paid_in = (fact.amount for fact in history.contributions if fact.on <= on and deal in (None, fact.deal))
    return max(ZERO, sum(paid_in, ZERO))


def split_excess(amount: Decimal, paid_by: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Give unused money of a call back to those who paid it, in proportion, outside the waterfall.

    Raises ZeroWeights if nobody paid. As long as `amount` is no more than was paid, nobody gets more than it paid.
    """
    return dict(zip(paid_by, split(amount, list(paid_by.values())), strict=True))


def _weights(partners: Sequence[Partner], on: date, deal: Key | None) -> list[Decimal]:
    if any(partner.weight is not None for partner in partners):
        return [partner.weight or ZERO for partner in partners]
    return [funded(partner.history, on, deal) for partner in partners]


def _each_on_its_own(
    partners: Sequence[Partner],
    portions: Sequence[Decimal],
    weights: Sequence[Decimal],
    terms: Terms,
    *,
    on: date,
    deal: Key | None,
) -> tuple[list[PartnerShare], tuple[Step, ...]]:
    shares = []
    for partner, portion in zip(partners, portions, strict=True):
        if partner.role == Role.GP:
            shares.append(PartnerShare(partner.key, Role.GP, portion, gp_own=portion))
            continue
        event = distribute(partner.history, partner.terms or terms, on=on, amount=portion, deal=deal)
        shares.append(PartnerShare(partner.key, Role.LP, portion, event.parts, event=event))
    return shares, sum_steps(share.event.steps for share in shares if share.event)


def _as_one_account(
    partners: Sequence[Partner],
    portions: Sequence[Decimal],
    weights: Sequence[Decimal],
    terms: Terms,
    *,
    on: date,
    deal: Key | None,
) -> tuple[list[PartnerShare], tuple[Step, ...]]:
    _refuse_side_letters(partners)
    limited = [i for i, partner in enumerate(partners) if partner.role == Role.LP]
    pool = pool_histories([partners[i].history for i in limited])
    event = distribute(pool, terms, on=on, amount=sum((portions[i] for i in limited), ZERO), deal=deal)
    allocated = dict(zip(limited, allocate_parts(event.parts, [weights[i] for i in limited]), strict=True))
    shares = [
        PartnerShare(partner.key, Role.LP, allocated[i].total, allocated[i])
        if i in allocated
        else PartnerShare(partner.key, Role.GP, portions[i], gp_own=portions[i])
        for i, partner in enumerate(partners)
    ]
    return shares, event.steps


def _refuse_side_letters(partners: Sequence[Partner]) -> None:
    if any(partner.terms for partner in partners):
        message = "A side letter with its own waterfall needs an account per investor."
        raise TermsRefused.from_problems([Problem("side_letter_in_aggregate", message, "scope")])


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


def allocate_parts(parts: Parts, weights: Sequence[Decimal]) -> list[Parts]:
    """Allocate a distribution's parts by ownership, each part to the cent, so that both rows and columns add up."""
    if not parts.total:
        return [parts] * len(weights)
    capital, pref = split(parts.return_of_capital, weights), split(parts.preferred_return, weights)
    tiers = [_allocate_tier(tier, weights) for tier in parts.tiers]
    return [Parts(capital[i], pref[i], tuple(tier[i] for tier in tiers)) for i in range(len(weights))]


def _allocate_tier(tier: TierPaid, weights: Sequence[Decimal]) -> list[TierPaid]:
    columns = (tier.catch_up_lp, tier.catch_up_gp, tier.split_lp, tier.split_gp)
    return [TierPaid(*row) for row in zip(*(split(column, weights) for column in columns), strict=True)]
