"""Worked examples of kinds excuse and next_call_key: who is asked for how much of a call."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from capital.calc.excuses import HALF, revise
from capital.calc.keys import KeyRefused, SplitBy, Standing, next_call
from devtools.worked_examples.reading import Case, CaseError, money, read_choice, read_fraction, read_unit
from devtools.worked_examples.shapes import (
    read_amount_of,
    read_named_objects,
    read_names,
    read_object,
    read_share,
    show_amounts,
)


def compute_excuse(case: Case) -> dict[str, Any]:
    """A call before and after partners were excused from it."""
    terms, partners = case.terms, _partners(case.terms)
    excused = read_object(terms, "excused")
    found = revise(
        read_amount_of(terms, "amount", "terms", terms),
        partners,
        {name: read_fraction(share, f"terms.excused.{name}") for name, share in excused.items()},
        limit=read_share(terms, "limit", "terms", default=HALF),
        first_key=_key(terms, "first_key", SplitBy.COMMITMENT),
        revised_key=_key(terms, "revised_key", SplitBy.REMAINING),
        unit=read_unit(terms),
    )
    after = {one.key: one.remaining - found.revised[one.key] for one in partners}
    parts = {name: show_amounts(getattr(found, name)) for name in ("first", "revised", "change", "limits")}
    totals = {"called": money(found.called), "uncovered": money(found.uncovered)}
    return parts | totals | {"remaining_after": show_amounts(after)}


def compute_next_call_key(case: Case) -> dict[str, Any]:
    """The same call by each key."""
    terms = case.terms
    sharing = terms.get("sharing")
    if sharing is not None:
        shares = read_object(terms, "sharing").items()
        sharing = {name: read_fraction(share, f"terms.sharing.{name}") for name, share in shares}
    found = next_call(
        read_amount_of(terms, "amount", "terms", terms),
        _partners(terms),
        excused=frozenset(read_names(terms, "excused")),
        sharing=sharing,
        unit=read_unit(terms),
    )
    figures = ["by_commitment", "by_remaining", "remaining_after"] + ["by_sharing"] * (sharing is not None)
    return {name: show_amounts(getattr(found, name)) for name in figures}


def _partners(terms: Mapping[str, Any]) -> list[Standing]:
    return [_partner(name, own, terms) for name, own in read_named_objects(terms, "partners").items()]


def _partner(name: str, own: Mapping[str, Any], terms: Mapping[str, Any]) -> Standing:
    """What remains is stated, or it is the commitment less what was contributed."""
    where = f"terms.partners.{name}"
    commitment = read_amount_of(own, "commitment", where, terms)
    contributed = read_amount_of(own, "contributed", where, terms, default=Decimal(0))
    if min(commitment, contributed) < 0:
        raise KeyRefused("negative_amount", f"{where} has an amount below zero.")
    if contributed > commitment:
        raise KeyRefused("contributed_exceeds_commitment", f"{where}.contributed is above the commitment.")
    remaining = read_amount_of(own, "remaining", where, terms, default=commitment - contributed)
    return Standing(name, commitment, remaining)


def _key(terms: Mapping[str, Any], key: str, default: SplitBy) -> SplitBy:
    """By commitment or by what remains of it; no other key has a weight of its own here."""
    chosen = read_choice(terms, key, default)
    if chosen not in (SplitBy.COMMITMENT, SplitBy.REMAINING):
        raise CaseError(f"terms.{key} has to be commitment or remaining, not {chosen.value!r}")
    return chosen
