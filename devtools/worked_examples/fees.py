"""Worked examples of kind fee: every instalment of a fund's management fee, and what late closers catch up with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from devtools.worked_examples.fee_terms import (
    read_dated_amounts,
    read_fee_terms,
    read_income,
    read_partners,
    read_waivers,
)
from devtools.worked_examples.reading import Case, money
from devtools.worked_examples.shapes import show_amounts
from fees.calc.charges import Part
from fees.calc.course import Course, run
from fees.calc.deemed import DeemedCall, deem
from fees.calc.instalments import FeeLine, Instalment
from fees.calc.late import CatchUp
from fees.calc.terms import ZERO, FeeRefused, FeeTerms, Partner

_LINE = ("gross", "discount", "true_up", "waiver", "offset", "net")


def compute_fee(case: Case) -> dict[str, Any]:
    """The fee from its first day to its last, with the calls of the case."""
    fee, partners, waivers = read_fee_terms(case.terms), read_partners(case.terms), read_waivers(case.terms)
    course = run(fee, partners, income=read_income(case.terms), waivers=waivers)
    calls = _calls(fee, partners, course, read_dated_amounts(case.terms, "calls"))
    paying = [partner for partner in partners if not partner.fee_free]
    found = {
        "instalments": [_instalment(one) for one in course.instalments],
        "catch_ups": [_catch_up(one) for one in course.catch_ups],
        "calls": [_call(on, call) for on, call in calls],
        "totals": {str(partner.key): _totals(course, partner) for partner in paying},
        "fund_total": money(_sum(course.fee_of(partner.key) for partner in paying)),
        "offsets": _offsets(course),
        "credits_carried": {
            str(partner.key): money(course.state.partners[partner.key].credit) for partner in paying
        },
    }
    if waivers:
        return found | {"waiver_account": _waiver_account(course, calls)}
    return found | _accounts(fee, partners, course, [call for _, call in calls])


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _instalment(one: Instalment) -> dict[str, Any]:
    return {
        "on": one.period.on.isoformat(),
        "from": one.period.start.isoformat(),
        "to": one.period.end.isoformat(),
        "recognised": money(one.recognised),
        "fund": money(one.net),
        "lps": {str(key): _line(line) for key, line in one.lines.items()},
    }


def _line(line: FeeLine) -> dict[str, Any]:
    figures = (*_LINE, "offset_carried", "credit_carried")
    shown = {name: money(getattr(line, name)) for name in figures}
    return {"parts": [_part(part) for part in line.parts]} | shown


def _part(part: Part) -> dict[str, Any]:
    return {
        "from": part.start.isoformat(),
        "to": part.end.isoformat(),
        "basis": part.basis.value,
        "base": money(part.base),
        "rate": f"{part.rate.normalize():f}",
        "days": part.days,
        "of_days": part.of_days,
        "gross": money(part.gross),
        "discount": money(part.discount),
    }


def _catch_up(one: CatchUp) -> dict[str, Any]:
    return {
        "on": one.on.isoformat(),
        "pay_on": one.pay_on.isoformat(),
        "lp": one.key,
        "amount": money(one.amount),
        "interest": money(one.interest),
        "periods": [
            {
                "from": row.start.isoformat(),
                "to": row.end.isoformat(),
                "amount": money(row.amount),
                "interest": money(row.interest),
            }
            for row in one.periods
        ],
    }


def _totals(course: Course, partner: Partner) -> dict[str, str]:
    lines = [one.lines[partner.key] for one in course.instalments if partner.key in one.lines]
    late = [one for one in course.catch_ups if one.key == partner.key]
    totals = {name: money(_sum(getattr(line, name) for line in lines)) for name in _LINE}
    return totals | {
        "catch_up": money(_sum(one.amount for one in late)),
        "interest": money(_sum(one.interest for one in late)),
    }


def _offsets(course: Course) -> dict[str, Any]:
    stand = course.state.partners
    return {
        "beginning": money(_sum(own.brought_forward for own in stand.values())),
        "recognised": money(_sum(own.recognised for own in stand.values())),
        "applied": money(_sum(own.applied for own in stand.values())),
        "ending": money(_sum(own.offset_left for own in stand.values())),
        "carried": show_amounts({key: own.offset_left for key, own in stand.items()}),
    }


# ---------------------------------------------------------------- calls


def _calls(
    fee: FeeTerms, partners: Sequence[Partner], course: Course, calls: Sequence[tuple[date, Decimal]]
) -> list[tuple[date, DeemedCall]]:
    """The calls by the register of their day; the first partner that pays no fee is the GP."""
    gp = next((partner.key for partner in partners if partner.fee_free), None)
    used, found = ZERO, []
    for on, amount in sorted(calls, key=lambda call: call[0]):
        if amount < 0:
            raise FeeRefused("negative_amount", "No call is below zero.")
        register = {one.key: one.commitment_on(on) for one in partners if one.is_admitted(on)}
        call = deem(amount, register, gp, _waived_by(course, on), used, fee.unit)
        used += call.deemed
        found.append((on, call))
    return found


def _waived_by(course: Course, day: date) -> dict[Any, Decimal]:
    waived: dict[Any, Decimal] = {}
    for one in course.instalments:
        for key, line in one.lines.items():
            if one.period.on <= day:
                waived[key] = waived.get(key, ZERO) + line.waiver
    return waived


def _call(on: date, call: DeemedCall) -> dict[str, Any]:
    return {
        "on": on.isoformat(),
        "share": show_amounts(call.share),
        "deemed": money(call.deemed),
        "for_gp": show_amounts(call.for_gp),
        "gp_cash": money(call.gp_cash),
        "lps_cash": money(call.lps_cash),
    }


def _waiver_account(course: Course, calls: Sequence[tuple[date, DeemedCall]]) -> dict[str, str]:
    waived = _sum(own.waived for own in course.state.partners.values())
    used = _sum(call.deemed for _, call in calls)
    return {"waived": money(waived), "used": money(used), "available": money(waived - used)}


def _accounts(
    fee: FeeTerms, partners: Sequence[Partner], course: Course, calls: Sequence[DeemedCall]
) -> Mapping[str, dict[str, str]]:
    """What is unfunded and paid in, fees and the calls of the case together."""
    unfunded, paid_in = {}, {}
    for partner in partners:
        fees = course.fee_of(partner.key)
        called = _sum(call.share.get(partner.key, ZERO) for call in calls)
        committed = _sum(tranche.amount for tranche in partner.tranches)
        unfunded[partner.key] = committed - called - (fees if fee.inside else ZERO)
        paid_in[partner.key] = fees + called
    return {"unfunded": show_amounts(unfunded), "paid_in": show_amounts(paid_in)}
