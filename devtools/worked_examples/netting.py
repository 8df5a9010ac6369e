"""Worked examples of kind setoff: a call and a distribution of one day, netted partner by partner."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from blackgem.lib.money import split
from closings.calc.setoff import Netted, SetoffRefused, set_off
from closings.calc.terms import ZERO
from devtools.worked_examples.reading import Case, CaseError, money, read_number, read_unit
from devtools.worked_examples.shapes import (
    Terms,
    read_amount_of,
    read_amounts,
    read_names,
    read_object,
)

Amounts = Mapping[Any, Decimal]
_FIGURES = ("called", "distributed", "withholding", "set_off", "pays", "receives")


def compute_setoff(case: Case) -> dict[str, Any]:
    """Both documents gross, what is set off, and the cash that is left."""
    terms = case.terms
    commitments = read_amounts(terms, "partners", terms)
    if any(amount < 0 for amount in commitments.values()):
        raise SetoffRefused("negative_amount", "No commitment is below zero.")
    rates = read_object(terms, "withholding")
    found = set_off(
        _document(terms, "call", commitments),
        _document(terms, "distribution", commitments),
        withholding={name: read_number(rate, f"terms.withholding.{name}") for name, rate in rates.items()},
        agreed=read_names(terms, "agreed") if terms.get("agreed") is not None else None,
        limits=read_amounts(terms, "limits", terms),
        unit=read_unit(terms),
    )
    return {
        "partners": {key: _shown(netted) for key, netted in found.partners.items()},
        "totals": _shown(found.total),
        "cash": money(found.cash),
    }


def _document(terms: Terms, key: str, commitments: Amounts) -> dict[Any, Decimal]:
    """What each partner is called or paid: the amounts that a person set, or by commitments without the excused."""
    where, own = f"terms.{key}", read_object(terms, key)
    items, excused = read_amounts(own, "items", terms, where), read_names(own, "excused", where)
    if strangers := {*items, *excused} - commitments.keys():
        raise SetoffRefused("unknown_partner", f"{where}: {', '.join(sorted(strangers))}: no partner.")
    by_hand = own.get("items") is not None
    if by_hand and excused:
        raise CaseError(f"{where} names amounts, or who is excused, not both")
    default = sum(items.values(), ZERO) if by_hand else None
    amount = read_amount_of(own, "amount", where, terms, default=default)
    if min(amount, *items.values(), ZERO) < 0:
        raise SetoffRefused("negative_amount", f"{where}: nothing is below zero.")
    none = dict.fromkeys(commitments, ZERO)
    if by_hand:
        if sum(items.values(), ZERO) != amount:
            raise SetoffRefused("items_do_not_add_up", f"{where}: its items do not add up to it.")
        return none | items
    pool = {name: weight for name, weight in commitments.items() if name not in excused}
    return none | dict(zip(pool, split(amount, list(pool.values()), read_unit(terms)), strict=True))


def _shown(netted: Netted) -> dict[str, str]:
    return {name: money(getattr(netted, name)) for name in _FIGURES}
