"""Worked examples of kind waterfall: one account, or all partners of a fund."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from blackgem.lib.money import split
from devtools.worked_examples.reading import Case, CaseError, Flow, money, read_choice, read_optional
from devtools.worked_examples.waterfall_terms import read_own_terms, read_terms
from distributions.calc.accounts import account_at
from distributions.calc.accrual import ZERO, rounded
from distributions.calc.facts import (
    Contribution,
    History,
    Paid,
    Parts,
    WriteDown,
    add_parts,
    unfunded_commitment,
)
from distributions.calc.openings import Partner, Role, funded, pool_histories
from distributions.calc.partners import FundEvent, distribute_to_partners
from distributions.calc.terms import Scope, Style, Terms
from distributions.calc.waterfall import distribute

_FEE = "fee"  # the "deal" of a fee
_ORDER_OF_A_DAY = {"contribution": 0, "writeoff": 1}
_AFTER = 2
_PROFIT_PARTS = ("catch_up_lp", "catch_up_gp", "split_lp", "split_gp")
_PARTS = ("return_of_capital", "preferred_return", *_PROFIT_PARTS, "lp_total", "gp_carry")


def compute_waterfall(case: Case) -> dict[str, Any]:
    """Every distribution of a case in its turn, their totals, and the account in the end."""
    flows = sorted(case.read_flows(), key=lambda flow: (flow.on, _ORDER_OF_A_DAY.get(flow.type, _AFTER)))
    named = bool(case.terms.get("investors")) or any(flow.investor for flow in flows)
    terms = read_terms(case.terms, default_scope=Scope.PER_INVESTOR if named else Scope.AGGREGATE)
    if case.terms.get("investors") or (named and terms.scope == Scope.PER_INVESTOR):
        return _compute_fund(case, terms, flows)
    return _compute_account(case, terms, flows)


# ---------------------------------------------------------------- facts as they happen


@dataclass(slots=True)
class _Facts:
    """A history while its flows happen."""

    history: History

    def contribute(self, on: date, amount: Decimal, deal: str | None) -> None:
        fact = Contribution(on, amount, None if deal == _FEE else deal)
        self.history = replace(self.history, contributions=(*self.history.contributions, fact))

    def write_down(self, on: date, amount: Decimal, deal: str) -> None:
        fact = WriteDown(on, amount, deal)
        self.history = replace(self.history, write_downs=(*self.history.write_downs, fact))

    def pay(self, paid: Paid) -> None:
        self.history = replace(self.history, paid=(*self.history.paid, paid))

    def record(self, flow: Flow, amount: Decimal, terms: Terms) -> None:
        """Book a contribution or a write-down; raises CaseError where it has to name a deal and does not."""
        if flow.deal is None and (terms.style == Style.AMERICAN or flow.type == "writeoff"):
            raise CaseError(f"the {flow.type} of {flow.on} names no deal")
        if flow.type == "contribution":
            self.contribute(flow.on, amount, flow.deal)
        else:
            self.write_down(flow.on, amount, flow.deal or "")


@dataclass(slots=True)
class _Commitment:
    """What is unfunded of a commitment: contributions lower it, recallable returns of capital raise it."""

    amount: Decimal | None
    contributed: Decimal = ZERO
    recallable: Decimal = ZERO

    def note(self, flow: Flow, parts: Parts) -> None:
        if flow.type == "contribution":
            self.contributed += flow.amount
        elif flow.type == "recallable_distribution":
            self.recallable += parts.return_of_capital

    def show(self) -> dict[str, str]:
        if self.amount is None:
            return {}
        unfunded = unfunded_commitment(self.amount, self.contributed, self.recallable)
        return {"unfunded_commitment": money(unfunded)}


def _with_state(computed: dict[str, Any], state: dict[str, str]) -> dict[str, Any]:
    return computed | ({"state": state} if state else {})


def _show_account(history: History, terms: Terms, flows: list[Flow]) -> dict[str, str]:
    """Where one account stands in the end. Deal by deal there is no one balance to show."""
    if terms.style == Style.AMERICAN or not flows:
        return {}
    account = account_at(history, terms, flows[-1].on)
    return {
        "unreturned_capital": money(account.capital),
        "accrued_pref": money(rounded(account.accrued, terms.unit)),
    }


# ---------------------------------------------------------------- one account


def _compute_account(case: Case, terms: Terms, flows: list[Flow]) -> dict[str, Any]:
    commitment = _Commitment(read_optional(case.terms, "commitment"))
    facts = _Facts(History(commitment=commitment.amount, pref_due=read_optional(case.terms, "pref_due")))
    shown = []
    for flow in flows:
        parts = Parts()
        if flow.type in _ORDER_OF_A_DAY:
            facts.record(flow, flow.amount, terms)
        else:
            event = distribute(facts.history, terms, on=flow.on, amount=flow.amount, deal=flow.deal)
            facts.pay(event.as_paid())
            parts = event.parts
            shown.append(_show_event(flow) | _show(parts, tiers="tiers" in case.terms))
        commitment.note(flow, parts)
    totals = _show(add_parts(paid.parts for paid in facts.history.paid), tiers=False)
    state = _show_account(facts.history, terms, flows) | commitment.show()
    return _with_state({"events": shown, "totals": totals}, state)


# ---------------------------------------------------------------- all partners of a fund


def _compute_fund(case: Case, terms: Terms, flows: list[Flow]) -> dict[str, Any]:
    if case.terms.get("pref_due") is not None:
        raise CaseError("terms.pref_due is for one account; with several, give each investor its own")
    investors = _read_investors(case, flows)
    partners = [_partner(name, own, terms) for name, own in investors.items()]
    facts = {str(partner.key): _Facts(partner.history) for partner in partners}
    with_tiers = {name for name, own in investors.items() if "tiers" in case.terms or "tiers" in own}
    commitment = _Commitment(read_optional(case.terms, "commitment"))
    events: list[FundEvent] = []
    shown = []
    for flow in flows:
        parts = Parts()
        if flow.type in _ORDER_OF_A_DAY:
            _record(flow, terms, facts, partners)
        else:
            now = [replace(partner, history=facts[str(partner.key)].history) for partner in partners]
            event = distribute_to_partners(
                _sharing(now, flow.investor), terms, on=flow.on, amount=flow.amount, deal=flow.deal
            )
            for name, paid in event.as_paid(len(events)).items():
                facts[str(name)].pay(paid)
            events.append(event)
            parts = event.parts
            shown.append(_show_fund_event(flow, event, terms, with_tiers))
        commitment.note(flow, parts)
    state = _show_pool(facts, partners, terms, flows) | commitment.show()
    return _with_state({"events": shown, "totals": _show_sums(events, terms)}, state)


def _read_investors(case: Case, flows: list[Flow]) -> dict[str, Mapping[str, Any]]:
    named = dict.fromkeys(flow.investor for flow in flows if flow.investor)
    investors = case.terms.get("investors") or {name: {} for name in named}
    if not isinstance(investors, dict) or not all(isinstance(own, dict) for own in investors.values()):
        raise CaseError("terms.investors has to be an object of objects")
    for name in named:
        if name not in investors:
            raise CaseError(f"the investor {name!r} of a flow is not in terms.investors")
    return investors


def _partner(name: str, own: Mapping[str, Any], terms: Terms) -> Partner:
    return Partner(
        key=name,
        history=History(commitment=read_optional(own, "commitment"), pref_due=read_optional(own, "pref_due")),
        role=read_choice(own, "role", Role.LP),
        terms=read_own_terms(own, terms),
        weight=read_optional(own, "weight"),
    )


def _record(flow: Flow, terms: Terms, facts: dict[str, _Facts], partners: list[Partner]) -> None:
    """Book a flow with the investor that it names, else with all: by weight, a loss by what they funded."""
    if flow.investor is not None:
        facts[flow.investor].record(flow, flow.amount, terms)
        return
    if flow.type == "contribution":
        weights = [partner.weight or ZERO for partner in partners]
    else:
        weights = [funded(fact.history, flow.on, flow.deal) for fact in facts.values()]
    for fact, amount in zip(facts.values(), split(flow.amount, weights, terms.unit), strict=True):
        fact.record(flow, amount, terms)


def _sharing(partners: list[Partner], name: str | None) -> list[Partner]:
    """Those who share in a distribution: all, or the one investor that it names."""
    if name is None:
        return partners
    return [replace(partner, weight=Decimal(1)) for partner in partners if partner.key == name]


def _show_pool(
    facts: dict[str, _Facts], partners: list[Partner], terms: Terms, flows: list[Flow]
) -> dict[str, str]:
    """The one account that all limited partners have in aggregate scope."""
    if terms.scope != Scope.AGGREGATE:
        return {}
    limited = [facts[str(partner.key)].history for partner in partners if partner.role == Role.LP]
    return _show_account(pool_histories(limited), terms, flows)


# ---------------------------------------------------------------- showing


def _show_event(flow: Flow) -> dict[str, Any]:
    return {"date": flow.on.isoformat(), "amount": money(flow.amount)}


def _show(parts: Parts, *, tiers: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {name: money(getattr(parts, name)) for name in _PARTS}
    if tiers:
        shown["tiers"] = [
            {name: money(getattr(tier, name)) for name in _PROFIT_PARTS} for tier in parts.tiers
        ]
    return shown


def _show_fund_event(flow: Flow, event: FundEvent, terms: Terms, with_tiers: set[str]) -> dict[str, Any]:
    investors: dict[Any, dict[str, Any]] = {
        share.key: {"apportioned": money(share.apportioned)} for share in event.shares
    }
    for share in event.shares:
        if share.role == Role.GP:
            investors[share.key]["gp_own"] = money(share.gp_own)
        else:
            investors[share.key] |= _show(share.parts, tiers=share.key in with_tiers)
    shown = _show_event(flow) | {"investors": investors} | _show_sums([event], terms)
    if terms.scope == Scope.AGGREGATE and with_tiers:
        shown |= _show(event.parts, tiers=True)
    return shown


def _show_sums(events: Iterable[FundEvent], terms: Terms) -> dict[str, str]:
    """Sums over the partners; every part only where there is one account, whose parts they are."""
    listed = list(events)
    shown = _show(add_parts(event.parts for event in listed), tiers=False)
    if terms.scope == Scope.PER_INVESTOR:
        shown = {name: shown[name] for name in ("lp_total", "gp_carry")}
    return shown | {"gp_own": money(sum((event.gp_own for event in listed), ZERO))}
