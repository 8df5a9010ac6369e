"""What a workbook starts from: the frozen facts of a distribution, laid out as lines of accounts. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import groupby

from distributions.calc.accrual import PRECISE
from distributions.calc.american import due_shares
from distributions.calc.facts import NO_PARTS, History, Parts, TierPaid, add_tiers
from distributions.calc.openings import Role, pool_histories
from distributions.calc.terms import Scope, Style, Terms

ZERO = Decimal("0.00")
#: The kinds of a line, in the order of one day.
STARTS, PAID_IN, GIVEN_BACK, PAID_OUT, TODAY = "starts", "paid in", "given back", "declared", "today"
_ORDER = (STARTS, PAID_IN, GIVEN_BACK, PAID_OUT, TODAY)


@dataclass(frozen=True, slots=True)
class Flow:
    """One movement of one partner. `due` is the part of `amount` that counts, None for all of it (whole fund)."""

    reference: str
    investor: str
    on: date
    kind: str
    amount: Decimal = ZERO
    earns_from: date | None = None
    deal: int | None = None
    parts: Parts = NO_PARTS
    due: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A moment in an account, and the flows that make it. A `starts` line has the flows whose return starts then."""

    on: date
    kind: str
    flows: tuple[Flow, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One account: a partner's own, or all limited partners' together. `terms` are its own."""

    label: str
    reference: str
    terms: Terms
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """A partner with its flows. `weight` is given where shares are fixed, None where they follow from the flows."""

    reference: str
    investor: str
    role: str
    weight: Decimal | None
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """All that the formulas of a distribution start from."""

    terms: Terms
    on: date
    amount: Decimal
    deal: int | None
    is_excess: bool
    partners: tuple[PartnerFacts, ...]
    accounts: tuple[AccountFacts, ...]

    @property
    def is_aggregate(self) -> bool:
        return self.terms.scope == Scope.AGGREGATE

    @property
    def is_american(self) -> bool:
        return self.terms.style == Style.AMERICAN


def lay_out(
    partners: Sequence[Mapping], terms: Terms, *, on: date, amount: Decimal, deal: int | None, is_excess: bool
) -> WorkbookFacts:
    """`partners` are {reference, investor, role, terms or None, history}, in their order."""
    if is_excess:
        accounts: tuple[AccountFacts, ...] = ()
        shown = [_partner(one, None, _flows(one, terms)) for one in partners]
    elif terms.scope == Scope.AGGREGATE:
        accounts, shown = _pooled(partners, terms, on, deal)
    else:
        accounts, shown = _separate(partners, terms, on, deal)
    return WorkbookFacts(terms, on, amount, deal, is_excess, tuple(shown), accounts)


def _pooled(partners, terms, on, deal):
    limited = [one for one in partners if one["role"] == Role.LP]
    with localcontext(PRECISE):
        pool = pool_histories([one["history"] for one in limited])
        share_of = _share_of(pool, terms, on, deal)
        flows = {one["reference"]: _flows(one, terms, share_of) for one in partners}
    together = [flow for one in limited for flow in flows[one["reference"]]]
    account = AccountFacts("All limited partners", "", terms, _lines(_counting(together, terms, deal), on))
    shown = [_partner(one, one["history"].commitment or ZERO, flows[one["reference"]]) for one in partners]
    return (account,), shown


def _separate(partners, terms, on, deal):
    accounts, shown = [], []
    for one in partners:
        own = one["terms"] or terms
        with localcontext(PRECISE):
            flows = _flows(one, own, _share_of(one["history"], own, on, deal))
        shown.append(_partner(one, None, flows))
        if one["role"] == Role.LP:
            lines = _lines(_counting(flows, own, deal), on)
            accounts.append(AccountFacts(one["investor"], one["reference"], own, lines))
    return tuple(accounts), shown


def _partner(one, weight, flows) -> PartnerFacts:
    return PartnerFacts(one["reference"], one["investor"], str(one["role"]), weight, tuple(flows))


def _share_of(history: History, terms: Terms, on: date, deal):
    """Deal by deal, which part of a contribution is due; None for the whole fund."""
    return due_shares(history, terms, on, deal) if terms.style == Style.AMERICAN else None


def _flows(one, terms: Terms, share_of=None) -> list[Flow]:
    history: History = one["history"]
    who = (one["reference"], one["investor"])
    flows = [
        Flow(
            *who,
            fact.on,
            PAID_IN if fact.amount >= 0 else GIVEN_BACK,
            fact.amount,
            fact.accrues_from or fact.on,
            fact.deal,
            due=None if share_of is None else fact.amount * share_of(fact.deal),
        )
        for fact in history.contributions
    ]
    flows += [
        Flow(*who, paid.on, PAID_OUT, deal=paid.deal, parts=_with_tiers(paid.parts, len(terms.tiers)))
        for paid in history.paid
    ]
    return flows


def _with_tiers(parts: Parts, count: int) -> Parts:
    """Parts with as many tiers as the terms have now: what further ones paid counts as the last one's."""
    tiers = [*parts.tiers, *[TierPaid()] * (count - len(parts.tiers))]
    together = (*tiers[: count - 1], add_tiers(tiers[count - 1 :]))
    return Parts(parts.return_of_capital, parts.preferred_return, together)


def _counting(flows: Iterable[Flow], terms: Terms, deal) -> list[Flow]:
    """Deal by deal without carrying losses forward, only what the deal itself paid counts."""
    alone = terms.style == Style.AMERICAN and not terms.loss_carryforward
    return [flow for flow in flows if flow.kind != PAID_OUT or not alone or flow.deal == deal]


def _lines(flows: Sequence[Flow], on: date) -> tuple[Line, ...]:
    """The account's moments in their order; flows of one moment that earn from one day are one line."""

    def moment(flow):
        deal = flow.deal or 0 if flow.kind == PAID_OUT else 0
        return flow.on, _ORDER.index(flow.kind), flow.earns_from or flow.on, deal

    lines = []
    for _, found in groupby(sorted(flows, key=moment), key=moment):
        same = tuple(found)
        lines.append(Line(same[0].on, same[0].kind, same))
        starts = same[0].earns_from
        if same[0].kind == PAID_IN and starts and same[0].on < starts <= on:
            lines.append(Line(starts, STARTS, same))
    lines.sort(key=lambda line: (line.on, _ORDER.index(line.kind)))
    return (*lines, Line(on, TODAY))
