"""Worked examples of kinds clawback, xirr, multiple and prorata."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from blackgem.lib.money import split
from blackgem.lib.rates import DayCount
from capital.calc.prorata import Line, split_lines
from capital.calc.prorata import Partner as CalledPartner
from devtools.worked_examples.reading import (
    Case,
    CaseError,
    Flow,
    money,
    read_amount,
    read_choice,
    read_date,
    read_number,
    read_optional,
    read_unit,
)
from distributions.calc.accrual import ZERO
from distributions.calc.clawback import (
    DatedAmount,
    TaxTreatment,
    clawback,
    entitled_carry,
    hurdle_shortfall,
    multiple_shortfall,
)
from distributions.calc.facts import unfunded_commitment
from distributions.calc.terms import Compounding, Terms, Tier, check_terms
from funds.calc.irr import xirr
from funds.calc.multiples import RecallableTreatment, multiples
from funds.calc.years import YearCount

# ---------------------------------------------------------------- clawback


def compute_clawback(case: Case) -> dict[str, Any]:
    """What the GP owes back, from flows or from figures that the case states."""
    terms, flows = case.terms, case.read_flows()
    final = _final_date(terms, flows)
    flows = [flow for flow in flows if flow.on <= final]
    received, entitled, gross = (
        _received(terms, flows),
        _entitled(terms, flows),
        _stated(terms, "gross_clawback"),
    )
    if gross is None and (received is None or entitled is None):
        raise CaseError("a clawback needs carry_received, and profit or carry_entitled; or gross_clawback")
    shortfall = _stated(terms, "lp_shortfall")
    owed = clawback(
        received=received,
        entitled=entitled,
        lp_shortfall=_shortfall(terms, flows, final) if shortfall is None else shortfall,
        gross=gross,
        tax_rate=read_optional(terms, "tax_rate") or ZERO,
        tax_treatment=read_choice(terms, "tax_treatment", TaxTreatment.CAP_AT_AFTER_TAX_CARRY),
        unit=read_unit(terms),
    )
    return {
        "excess_carry": money(owed.excess_carry),
        "lp_shortfall": money(owed.lp_shortfall),
        "clawback_gross": money(owed.gross),
        "after_tax_cap": None if owed.after_tax_cap is None else money(owed.after_tax_cap),
        "clawback_payable": money(owed.payable),
    }


def _final_date(terms: Mapping[str, Any], flows: list[Flow]) -> date:
    if terms.get("final_date") is not None:
        return read_date(terms["final_date"], "terms.final_date")
    return max((flow.on for flow in flows), default=date.max)


def _stated(terms: Mapping[str, Any], key: str) -> Decimal | None:
    value = terms.get(key)
    return None if value is None else read_amount(value, terms, allow_negative=True)


def _received(terms: Mapping[str, Any], flows: list[Flow]) -> Decimal | None:
    stated = _stated(terms, "carry_received")
    return _total(flows, "carry_paid") if stated is None and flows else stated


def _entitled(terms: Mapping[str, Any], flows: list[Flow]) -> Decimal | None:
    """Carry earned: stated, or the share `carry` of a profit that is stated or that the flows made.

    Where only a shortfall is stated, the carry itself is not in question: all that was received.
    """
    carry, profit = read_optional(terms, "carry"), _stated(terms, "profit")
    if profit is None and flows:
        paid_out = _total(flows, "lp_distribution") + _total(flows, "carry_paid")
        profit = paid_out - _total(flows, "contribution")
    earned = None if profit is None or carry is None else entitled_carry(carry, profit, unit=read_unit(terms))
    stated = _stated(terms, "carry_entitled")
    if stated is None and earned is None and terms.get("lp_shortfall") is not None:
        return _received(terms, flows)
    return earned if stated is None else stated


def _shortfall(terms: Mapping[str, Any], flows: list[Flow], final: date) -> Decimal:
    """What the LPs miss to their hurdle, or to a multiple of what they paid in."""
    rate, multiple = read_optional(terms, "pref_rate"), read_optional(terms, "lp_floor_multiple")
    misses = [ZERO]
    if rate is not None:
        hurdle = Terms(
            (Tier(rate, ZERO, ZERO),),
            compounding=read_choice(terms, "compounding", Compounding.ANNUAL),
            day_count=read_choice(terms, "day_count", DayCount.ACT_365),
            unit=read_unit(terms),
        )
        paid_in, paid_out = _dated(flows, "contribution"), _dated(flows, "lp_distribution")
        misses.append(hurdle_shortfall(paid_in, paid_out, check_terms(hurdle), final))
    if multiple is not None:
        paid_in_all, paid_out_all = _total(flows, "contribution"), _total(flows, "lp_distribution")
        misses.append(multiple_shortfall(paid_in_all, paid_out_all, multiple, unit=read_unit(terms)))
    return max(misses)


def _total(flows: list[Flow], kind: str) -> Decimal:
    return sum((flow.amount for flow in flows if flow.type == kind), ZERO)


def _dated(flows: list[Flow], kind: str) -> list[DatedAmount]:
    return [DatedAmount(flow.on, flow.amount) for flow in flows if flow.type == kind]


# ---------------------------------------------------------------- rates of return and multiples


def compute_xirr(case: Case) -> dict[str, Any]:
    """The internal rate of return with all its roots; rates as numbers."""
    day_count = read_choice(case.terms, "day_count", YearCount.ACT_365)
    found = xirr(((flow.on, flow.amount) for flow in case.read_flows()), day_count)
    return {"irr": found.irr, "roots": list(found.roots), "reason": found.reason}


def compute_multiple(case: Case) -> dict[str, Any]:
    """The multiples of what was paid in; quotients as text with six decimals, or null."""
    flows, commitment = case.read_flows(), read_optional(case.terms, "commitment")
    contributed, recallable = _total(flows, "contribution"), _total(flows, "recallable_distribution")
    found = multiples(
        contributed=contributed,
        distributed=_total(flows, "distribution") + recallable,
        nav=_latest_nav(flows),
        commitment=commitment,
        recallable=recallable,
        recallable_treatment=read_choice(case.terms, "recallable_treatment", RecallableTreatment.ALL_IN),
    )
    computed: dict[str, Any] = {
        name: money(getattr(found, name)) for name in ("paid_in", "distributed", "nav")
    }
    computed |= {name: _six_places(getattr(found, name)) for name in ("dpi", "rvpi", "tvpi")}
    if commitment is not None:
        computed["unfunded_commitment"] = money(unfunded_commitment(commitment, contributed, recallable))
        computed["pic"] = _six_places(found.pic)
    return computed


def _latest_nav(flows: list[Flow]) -> Decimal:
    """The net asset value on the latest date that has one; nothing where there is none."""
    entries = [flow for flow in flows if flow.type == "nav"]
    latest = max((flow.on for flow in entries), default=None)
    return sum((flow.amount for flow in entries if flow.on == latest), ZERO)


def _six_places(quotient: Decimal | None) -> str | None:
    return None if quotient is None else f"{quotient:.6f}"


# ---------------------------------------------------------------- splitting cents


def compute_prorata(case: Case) -> dict[str, Any]:
    """One amount split over weights, or a series of calls on the same commitments."""
    weights, unit = _weights(case.terms), read_unit(case.terms)
    method = case.terms.get("method", "single")
    if method == "single":
        total = read_number(case.terms.get("total"), "terms.total")
        parts = split(total, list(weights.values()), unit)
        return {"allocation": {name: money(part) for name, part in zip(weights, parts, strict=True)}}
    if method == "cumulative":
        return _cumulative(weights, [flow.amount for flow in case.read_flows()], unit)
    raise CaseError(f"terms.method has to be single or cumulative, not {method!r}")


def _weights(terms: Mapping[str, Any]) -> dict[str, Decimal]:
    weights = terms.get("weights")
    if not isinstance(weights, dict):
        raise CaseError("terms.weights has to be an object of names and numbers")
    return {name: read_number(weight, f"terms.weights.{name}") for name, weight in weights.items()}


def _cumulative(weights: dict[str, Decimal], totals: list[Decimal], unit: Decimal) -> dict[str, Any]:
    lines = [Line(number, total) for number, total in enumerate(totals)]
    series = split_lines(lines, [CalledPartner(name, weight) for name, weight in weights.items()], unit=unit)
    return {
        "calls": [{part.key: money(part.amount) for part in line.parts} for line in series.lines],
        "cumulative": {name: money(amount) for name, amount in series.items.items()},
    }
