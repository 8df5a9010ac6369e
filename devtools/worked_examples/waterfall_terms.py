"""The terms of a worked example of kind waterfall."""

from collections.abc import Mapping
from typing import Any

from blackgem.lib.rates import DayCount
from devtools.worked_examples.reading import (
    CaseError,
    read_choice,
    read_flag,
    read_number,
    read_optional,
    read_unit,
)
from distributions.calc.terms import (
    Compounding,
    FeeAllocation,
    FeeBase,
    Order,
    Scope,
    Style,
    Terms,
    Tier,
    check_terms,
    with_side_letter,
)


def read_terms(raw: Mapping[str, Any], *, default_scope: Scope) -> Terms:
    """The terms of a case. Raises CaseError, and TermsRefused for what the engine refuses."""
    terms = Terms(
        tiers=_read_tiers(raw),
        style=read_choice(raw, "style", Style.EUROPEAN),
        scope=read_choice(raw, "scope", default_scope),
        compounding=read_choice(raw, "compounding", Compounding.ANNUAL),
        day_count=read_choice(raw, "day_count", DayCount.ACT_365),
        order=read_choice(raw, "order", Order.CAPITAL_FIRST),
        loss_carryforward=read_flag(raw, "loss_carryforward", default=True),
        fee_allocation=read_choice(raw, "fee_allocation", FeeAllocation.PRO_RATA),
        fee_base=read_choice(raw, "fee_base", FeeBase.INVESTED),
        unit=read_unit(raw),
    )
    return check_terms(terms)


def _read_tiers(raw: Mapping[str, Any]) -> tuple[Tier, ...]:
    """The list `tiers`, or one tier of `pref_rate`, `catch_up` and `carry`; what is left out is 0."""
    listed = raw.get("tiers")
    if listed is None:
        listed = [{"hurdle": raw.get("pref_rate", 0), **{k: raw.get(k, 0) for k in ("catch_up", "carry")}}]
    if not isinstance(listed, list) or not all(isinstance(tier, dict) for tier in listed):
        raise CaseError("terms.tiers has to be a list of objects")
    return tuple(
        Tier(*(read_number(tier.get(key, 0), f"terms.{key}") for key in ("hurdle", "catch_up", "carry")))
        for tier in listed
    )


def read_own_terms(own: Mapping[str, Any], terms: Terms) -> Terms | None:
    """A side letter's terms, None where the investor has none of its own. Raises as `read_terms`."""
    changes: dict[str, Any] = {
        "hurdle": read_optional(own, "pref_rate"),
        "catch_up": read_optional(own, "catch_up"),
        "carry": read_optional(own, "carry"),
        "tiers": _read_tiers(own) if "tiers" in own else None,
        "compounding": read_choice(own, "compounding", terms.compounding),
        "day_count": read_choice(own, "day_count", terms.day_count),
        "order": read_choice(own, "order", terms.order),
    }
    changed = with_side_letter(terms, **changes)
    return None if changed == terms else check_terms(changed)
