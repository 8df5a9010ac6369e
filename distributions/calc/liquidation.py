"""What the fund's own waterfall would pay every partner if all it holds were sold at its value on one day.

This is what a partner's share of the net asset value is worth, and the GP's part of it is the carried interest accrued.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from blackgem.lib.money import ZeroWeights, split
from distributions.calc.accounts import Account, account_at, check_history
from distributions.calc.accrual import ZERO
from distributions.calc.american import liquidated_account, realised_account
from distributions.calc.facts import NO_PARTS, History, Key, Paid, Parts, add_parts
from distributions.calc.openings import Partner, Role, funded, pool_histories
from distributions.calc.partners import allocate_parts
from distributions.calc.terms import Scope, Style, Terms, check_terms
from distributions.calc.tiers import run_tiers

#: The part of a value that no deal is worth.
OTHER = None


@dataclass(frozen=True, slots=True)
class Worth:
    """What a partner would get, and the carried interest that its share would bear first."""

    net: Decimal = ZERO
    carry: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        return self.net + self.carry


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is sold on a day: the value of each deal (OTHER: other net assets, which may be negative), and by partner
    the keys by which other net assets are shared. `borne` is what of all that single partners bear alone, such as fees:
    it comes off their own parts, before the waterfall. All in the fund's currency; the sum is zero or more."""

    on: date
    values: Mapping[Key | None, Decimal]
    other_keys: Mapping[Key, Decimal]
    borne: Mapping[Key, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum(self.values.values(), ZERO) - sum(self.borne.values(), ZERO)


def liquidate(partners: Sequence[Partner], terms: Terms, holdings: Holdings) -> dict[Key, Worth]:
    """What each partner would get. The net amounts and the carry add up to all holdings.

    A deal is shared by what each has funded of it, other net assets by their keys, all of it by fixed weights where the
    partners have them. Raises ZeroWeights if nothing measures a share, TermsRefused, OutOfOrder, MoneyError.
    """
    check_terms(terms)
    for partner in partners:
        check_history(partner.history, holdings.on, terms.unit)
    portions = _portions(partners, holdings, terms.unit)
    if terms.scope == Scope.AGGREGATE:
        return _from_one_account(partners, terms, holdings.on, portions)
    return {
        partner.key: _of_partner(partner, partner.terms or terms, holdings.on, portions[partner.key])
        for partner in partners
    }


# ---------------------------------------------------------------- whose what is

Portions = Mapping[Key, Mapping[Key | None, Decimal]]


def _portions(partners: Sequence[Partner], holdings: Holdings, unit: Decimal) -> Portions:
    """By partner, its part of the value of every deal."""
    parts: dict[Key, dict[Key | None, Decimal]] = {partner.key: {} for partner in partners}
    values = dict(holdings.values)
    short = min(values.get(OTHER, ZERO), ZERO)
    if short:  # debts are paid out of what the deals bring, by how much of it each would get
        values.pop(OTHER)
    for deal, value in values.items():
        weights = _weights(partners, holdings, deal)
        for key, part in zip(parts, split(value, weights, unit), strict=True):
            parts[key][deal] = part
    if short:
        _less(parts, parts, -short, unit)
    missing = ZERO
    for key, amount in holdings.borne.items():
        own = sum(parts.get(key, {}).values(), ZERO)
        _less(parts, [key], min(amount, own), unit)
        missing += amount - min(amount, own)
    return _less(parts, parts, missing, unit)


def _weights(partners: Sequence[Partner], holdings: Holdings, deal: Key | None) -> list[Decimal]:
    if any(partner.weight is not None for partner in partners):
        return [partner.weight or ZERO for partner in partners]
    keys = [holdings.other_keys.get(partner.key, ZERO) for partner in partners]
    if deal is OTHER:
        return keys
    bought = [funded(partner.history, holdings.on, deal) for partner in partners]
    return bought if any(bought) else keys


def _less(
    parts: dict[Key, dict[Key | None, Decimal]], of: Iterable[Key], debts: Decimal, unit: Decimal
) -> Portions:
    """What is left when debts are paid out of the parts of some partners, in proportion."""
    if not debts:
        return parts
    places = [(key, deal) for key in of for deal in parts[key]]
    paid = split(debts, [parts[key][deal] for key, deal in places], unit)
    for (key, deal), amount in zip(places, paid, strict=True):
        parts[key][deal] -= amount
    return parts


# ---------------------------------------------------------------- through the waterfall


def _of_partner(partner: Partner, terms: Terms, on: date, portion: Mapping[Key | None, Decimal]) -> Worth:
    if partner.role == Role.GP:
        return Worth(net=sum(portion.values(), ZERO))
    parts = _sold(partner.history, terms, on, portion)
    return Worth(parts.lp_total, parts.gp_carry)


def _from_one_account(
    partners: Sequence[Partner], terms: Terms, on: date, portions: Portions
) -> dict[Key, Worth]:
    limited = [partner for partner in partners if partner.role == Role.LP]
    worth = {
        partner.key: _of_partner(partner, terms, on, portions[partner.key])
        for partner in partners
        if partner.role == Role.GP
    }
    pooled: dict[Key | None, Decimal] = {}
    for partner in limited:
        for deal, part in portions[partner.key].items():
            pooled[deal] = pooled.get(deal, ZERO) + part
    parts = _sold(pool_histories([partner.history for partner in limited]), terms, on, pooled)
    weights = [partner.weight or ZERO for partner in limited]
    shared = allocate_parts(parts, weights, terms.unit) if parts.total else [NO_PARTS] * len(limited)
    worth |= {
        partner.key: Worth(mine.lp_total, mine.gp_carry)
        for partner, mine in zip(limited, shared, strict=True)
    }
    return {partner.key: worth[partner.key] for partner in partners}


def _sold(history: History, terms: Terms, on: date, portion: Mapping[Key | None, Decimal]) -> Parts:
    """An account's part of everything: in one go, but deal by deal where each deal stands on its own."""
    if terms.style == Style.AMERICAN and not terms.loss_carryforward:
        return _sold_one_by_one(history, terms, on, portion)
    amount = sum(portion.values(), ZERO)
    return run_tiers(_whole_account(history, terms, on), amount, terms)[0]


def _whole_account(history: History, terms: Terms, on: date) -> Account:
    if terms.style == Style.AMERICAN:
        return liquidated_account(history, terms, on)
    return account_at(history, terms, on)


def _sold_one_by_one(
    history: History, terms: Terms, on: date, portion: Mapping[Key | None, Decimal]
) -> Parts:
    sold = []
    for deal, amount in portion.items():
        account = realised_account(history, terms, on, deal)
        parts, _ = run_tiers(account, amount, terms)
        sold.append(parts)
        history = replace(history, paid=(*history.paid, Paid(on, parts, deal)))
    return add_parts(sold)


def estimate(
    total: Decimal, unrealised: Mapping[Key | None, Decimal], unit: Decimal
) -> dict[Key | None, Decimal]:
    """A value that nobody divided between the deals, by what is unrealised of the cost of each; all of it OTHER where
    nothing was bought."""
    try:
        return dict(zip(unrealised, split(total, list(unrealised.values()), unit), strict=True))
    except ZeroWeights:
        return {OTHER: total}
