"""Deal by deal: which money is due back at a realisation.

Due are the cost of the deals realised so far, what was written down of the others, and their share of the
fees called. All of it earns the preferred return from the day it was drawn, and what earlier distributions
returned is netted. So the account of a realisation is the ordinary one over just these contributions.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

from distributions.calc.accounts import Account, Accrual, account_at
from distributions.calc.accrual import PRECISE
from distributions.calc.facts import Contribution, History, Key
from distributions.calc.terms import FeeAllocation, FeeBase, Terms

_NONE, _WHOLE = Decimal(0), Decimal(1)


def realised_account(
    history: History,
    terms: Terms,
    on: date,
    deal: Key | None,
    *,
    trace: Callable[[Accrual], None] | None = None,
) -> Account:
    """The account that a realisation of `deal` runs through.

    Without the term `loss_carryforward` every deal stands on its own: its cost, its fees, its distributions.
    A distribution that names no deal realises none.
    """
    with localcontext(PRECISE):
        due = replace(history, contributions=_due(history, terms, on, {deal}))
        if not terms.loss_carryforward:
            due = replace(due, paid=tuple(paid for paid in history.paid if paid.deal == deal))
        return account_at(due, terms, on, netting=True, trace=trace)


def liquidated_account(history: History, terms: Terms, on: date) -> Account:
    """The account that runs through the waterfall when every deal is realised at once, losses carried forward.

    Where no deal was bought, there is none that fees could be charged to: all that was paid in is due.
    """
    with localcontext(PRECISE):
        bought = {fact.deal for fact in history.contributions if fact.deal is not None and fact.on <= on}
        if bought:
            history = replace(history, contributions=_due(history, terms, on, bought))
        return account_at(history, terms, on, netting=True)


def _due(history: History, terms: Terms, on: date, deals: Collection[Key | None]) -> tuple[Contribution, ...]:
    share_of = _shares_due(history, terms, on, deals)
    return tuple(
        replace(contribution, amount=contribution.amount * share)
        for contribution in history.contributions
        if contribution.on <= on and (share := share_of(contribution.deal))
    )


def due_shares(history: History, terms: Terms, on: date, deal: Key | None) -> Callable[[Key | None], Decimal]:
    """The share of what was drawn for a deal (None: for fees) that is due back at a realisation of `deal`.

    Call it in a context of forty digits.
    """
    return _shares_due(history, terms, on, {deal})


def _shares_due(
    history: History, terms: Terms, on: date, deals: Collection[Key | None]
) -> Callable[[Key | None], Decimal]:
    cost = _cost_by_deal([contribution for contribution in history.contributions if contribution.on <= on])
    shares = _realised_shares(history, terms, on, deals, cost)
    exited = sum((cost[name] * share for name, share in shares.items()), _NONE)
    fees = _fee_share(history, terms, exited, sum(cost.values(), _NONE))
    return lambda name: fees if name is None else shares.get(name, _NONE)


def _cost_by_deal(drawn: list[Contribution]) -> dict[Key, Decimal]:
    cost: dict[Key, Decimal] = {}
    for contribution in drawn:
        if contribution.deal is not None:
            cost[contribution.deal] = cost.get(contribution.deal, _NONE) + contribution.amount
    return cost


def _realised_shares(
    history: History, terms: Terms, on: date, deals: Collection[Key | None], cost: dict[Key, Decimal]
) -> dict[Key, Decimal]:
    """The share of each deal's cost that is due: all of it once realised, else what was written down."""
    realised = {*deals} | ({paid.deal for paid in history.paid} if terms.loss_carryforward else set())
    shares = {name: _WHOLE for name in cost if name in realised}
    if terms.loss_carryforward:
        for name in cost.keys() - realised:
            lost = sum(
                (loss.amount for loss in history.write_downs if loss.deal == name and loss.on <= on), _NONE
            )
            shares[name] = min(_WHOLE, lost / cost[name]) if cost[name] > 0 else _NONE
    return shares


def _fee_share(history: History, terms: Terms, exited: Decimal, invested: Decimal) -> Decimal:
    """The share of all fees called that the realised and written-down cost has to bear."""
    if terms.fee_allocation == FeeAllocation.NONE:
        return _NONE
    base = history.commitment if terms.fee_base == FeeBase.COMMITMENT else invested
    return min(_WHOLE, exited / base) if base else _NONE
