"""Worked examples of kinds excuse and next_call_key: who is asked for how much of a call."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from capital.calc.excuses import HALF, revise
from capital.calc.keys import KeyRefused, SplitBy, Standing, next_call
from devtools.worked_examples.reading import (
    Case,
    CaseError,
    money,
    read_amount,
    read_choice,
    read_fraction,
    read_unit,
)


def compute_excuse(case: Case) -> dict[str, Any]:
    """A call before and after partners were excused from it."""
    terms, partners = case.terms, _partners(case.terms)
    excused = _object(terms, "excused")
    found = revise(
        _amount(terms, "amount", "terms.amount"),
        partners,
        {name: read_fraction(share, f"terms.excused.{name}") for name, share in excused.items()},
        limit=read_fraction(terms["limit"], "terms.limit") if "limit" in terms else HALF,
        first_key=_key(terms, "first_key", SplitBy.COMMITMENT),
        revised_key=_key(terms, "revised_key", SplitBy.REMAINING),
        unit=read_unit(terms),
    )
    after = {one.key: one.remaining - found.revised[one.key] for one in partners}
    shown = {name: _shown(getattr(found, name)) for name in ("first", "revised", "change", "limits")}
    totals = {"called": money(found.called), "uncovered": money(found.uncovered)}
    return shown | totals | {"remaining_after": _shown(after)}


def compute_next_call_key(case: Case) -> dict[str, Any]:
    """The same call by each key."""
    terms = case.terms
    excused, sharing = terms.get("excused", []), terms.get("sharing")
    if not isinstance(excused, list) or not all(isinstance(name, str) for name in excused):
        raise CaseError("terms.excused has to be a list of names")
    if sharing is not None:
        shares = _object(terms, "sharing").items()
        sharing = {name: read_fraction(share, f"terms.sharing.{name}") for name, share in shares}
    found = next_call(
        _amount(terms, "amount", "terms.amount"),
        _partners(terms),
        excused=frozenset(excused),
        sharing=sharing,
        unit=read_unit(terms),
    )
    figures = ["by_commitment", "by_remaining", "remaining_after"] + ["by_sharing"] * (sharing is not None)
    return {name: _shown(getattr(found, name)) for name in figures}


def _partners(terms: Mapping[str, Any]) -> list[Standing]:
    partners = _object(terms, "partners")
    return [_partner(name, own, terms) for name, own in partners.items()]


def _partner(name: str, own: object, terms: Mapping[str, Any]) -> Standing:
    """What remains is stated, or it is the commitment less what was contributed."""
    where = f"terms.partners.{name}"
    if not isinstance(own, dict):
        raise CaseError(f"{where} has to be an object")
    commitment = _amount(own, "commitment", f"{where}.commitment", terms)
    contributed = _amount(own, "contributed", f"{where}.contributed", terms, default=Decimal(0))
    if min(commitment, contributed) < 0:
        raise KeyRefused("negative_amount", f"{where} has an amount below zero.")
    if contributed > commitment:
        raise KeyRefused("contributed_exceeds_commitment", f"{where}.contributed is above the commitment.")
    remaining = _amount(own, "remaining", f"{where}.remaining", terms, default=commitment - contributed)
    return Standing(name, commitment, remaining)


def _amount(
    values: Mapping[str, Any],
    key: str,
    where: str,
    terms: Mapping[str, Any] | None = None,
    *,
    default: Decimal | None = None,
) -> Decimal:
    """An amount, which may be below zero here: whoever splits it refuses that."""
    if values.get(key) is not None:
        return read_amount(values[key], values if terms is None else terms, allow_negative=True)
    if default is None:
        raise CaseError(f"{where} is missing")
    return default


def _object(terms: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = terms.get(key, {})
    if not isinstance(value, dict):
        raise CaseError(f"terms.{key} has to be an object")
    return value


def _key(terms: Mapping[str, Any], key: str, default: SplitBy) -> SplitBy:
    """By commitment or by what remains of it; no other key has a weight of its own here."""
    chosen = read_choice(terms, key, default)
    if chosen not in (SplitBy.COMMITMENT, SplitBy.REMAINING):
        raise CaseError(f"terms.{key} has to be commitment or remaining, not {chosen.value!r}")
    return chosen


def _shown(amounts: Mapping[Any, Decimal]) -> dict[Any, str]:
    return {key: money(amount) for key, amount in amounts.items()}
