"""A distribution over all partners of a fund, by the scope that its terms name.

Per investor: every partner's share runs through that partner's own account and terms, and the fund's figures are
sums. Aggregate: one account for all limited partners, whose result is allocated by ownership. Either way the
GP's own commitment takes its share whole and bears no carry. The parts add up to the amount, in whole units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from blackgem.lib.money import CENT, split
from distributions.calc.accrual import ZERO
from distributions.calc.explain import sum_steps
from distributions.calc.facts import NO_PARTS, Key, Paid, Parts, TierPaid, add_parts
from distributions.calc.openings import Opening, Partner, PartnerOpening, Role, open_partners
from distributions.calc.terms import Terms
from distributions.calc.tiers import Step
from distributions.calc.waterfall import Event, checked_amount, pay_out


@dataclass(frozen=True, slots=True)
class PartnerShare:
    """What a partner gets, and what carry its share bears.

    `apportioned` is its part of the amount. For the GP it is `gp_own`, and `parts` are empty; for a limited
    partner it is the sum of `parts`, and `event` has the working (None in aggregate scope).
    """

    key: Key
    role: Role
    apportioned: Decimal
    parts: Parts = NO_PARTS
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

    Raises ZeroWeights if nothing measures their shares, and as `waterfall.distribute` and `open_partners`.
    """
    return distribute_from(open_partners(partners, terms, on=on, deal=deal), amount)


def distribute_from(opening: Opening, amount: Decimal) -> FundEvent:
    """Distribute `amount` to partners who stand as `opening` says. Raises ZeroWeights and MoneyError."""
    unit = opening.terms.unit
    amount = checked_amount(amount, unit)
    portions = split(amount, [partner.weight for partner in opening.partners], unit)
    run = _as_one_account if opening.pool else _each_on_its_own
    shares, steps = run(opening, portions)
    assert sum(share.apportioned for share in shares) == amount, (
        "the shares of a distribution equal the whole"
    )
    return FundEvent(opening.on, amount, opening.deal, tuple(shares), steps)


def split_excess(amount: Decimal, paid_by: Mapping[Key, Decimal], unit: Decimal = CENT) -> dict[Key, Decimal]:
    """Give unused money of a call back to those who paid it, in proportion, outside the waterfall.

    Raises ZeroWeights if nobody paid. As long as `amount` is no more than was paid, nobody gets more than it paid.
    """
    return dict(zip(paid_by, split(amount, list(paid_by.values()), unit), strict=True))


def _each_on_its_own(
    opening: Opening, portions: Sequence[Decimal]
) -> tuple[list[PartnerShare], tuple[Step, ...]]:
    shares = []
    for partner, portion in zip(opening.partners, portions, strict=True):
        if partner.account is None:
            shares.append(_gp_share(partner, portion))
            continue
        event = pay_out(partner.account, partner.terms, amount=portion, deal=opening.deal)
        shares.append(PartnerShare(partner.key, Role.LP, portion, event.parts, event=event))
    return shares, sum_steps(share.event.steps for share in shares if share.event)


def _as_one_account(
    opening: Opening, portions: Sequence[Decimal]
) -> tuple[list[PartnerShare], tuple[Step, ...]]:
    limited = [i for i, partner in enumerate(opening.partners) if partner.role == Role.LP]
    whole = sum((portions[i] for i in limited), ZERO)
    event = pay_out(opening.pool, opening.terms, amount=whole, deal=opening.deal)
    weights = [opening.partners[i].weight for i in limited]
    allocated = dict(zip(limited, allocate_parts(event.parts, weights, opening.terms.unit), strict=True))
    shares = [
        PartnerShare(partner.key, Role.LP, allocated[i].total, allocated[i])
        if i in allocated
        else _gp_share(partner, portions[i])
        for i, partner in enumerate(opening.partners)
    ]
    return shares, event.steps


def _gp_share(partner: PartnerOpening, portion: Decimal) -> PartnerShare:
    return PartnerShare(partner.key, Role.GP, portion, gp_own=portion)


def allocate_parts(parts: Parts, weights: Sequence[Decimal], unit: Decimal) -> list[Parts]:
    """Allocate a distribution's parts by ownership, each part in whole units, so that both rows and columns add up."""
    if not parts.total:
        return [parts] * len(weights)
    capital, pref = (
        split(parts.return_of_capital, weights, unit),
        split(parts.preferred_return, weights, unit),
    )
    tiers = [_allocate_tier(tier, weights, unit) for tier in parts.tiers]
    return [Parts(capital[i], pref[i], tuple(tier[i] for tier in tiers)) for i in range(len(weights))]


def _allocate_tier(tier: TierPaid, weights: Sequence[Decimal], unit: Decimal) -> list[TierPaid]:
    columns = (tier.catch_up_lp, tier.catch_up_gp, tier.split_lp, tier.split_gp)
    return [TierPaid(*row) for row in zip(*(split(column, weights, unit) for column in columns), strict=True)]
