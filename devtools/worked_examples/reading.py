"""Reading worked examples: which keys a case may have, and its values as exact numbers and dates."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.money import CENT, json_decimal, parse_amount, to_units, unit_of

_CASE_KEYS = frozenset(
    {"id", "kind", "terms", "flows", "expected", "tolerance", "source", "note", "published"}
)
_FLOW_KEYS = frozenset({"date", "type", "amount", "investor", "deal", "status", "purpose"})
_OWN_TERMS = frozenset(
    {"pref_rate", "catch_up", "carry", "tiers", "compounding", "day_count", "order", "pref_due"}
)
_MONEY = frozenset({"currency", "unit"})
_TERM_KEYS = {
    "waterfall": _OWN_TERMS
    | _MONEY
    | {"style", "scope", "investors", "commitment", "loss_carryforward", "fee_allocation", "fee_base"},
    "clawback": _MONEY.union(
        {"carry", "carry_received", "profit", "lp_shortfall", "carry_entitled", "gross_clawback", "pref_rate"}
        | {"compounding", "day_count", "final_date", "lp_floor_multiple", "tax_rate", "tax_treatment"}
    ),
    "xirr": frozenset({"day_count"}),
    "multiple": _MONEY | {"commitment", "recallable_treatment"},
    "prorata": _MONEY | {"method", "total", "weights"},
    "excuse": _MONEY | {"amount", "partners", "excused", "limit", "first_key", "revised_key"},
    "next_call_key": _MONEY | {"amount", "partners", "excused", "sharing"},
    "equalisation": _MONEY.union(
        {"closings", "lines", "distributions", "distributions_rule", "partners", "gp", "pref", "no_interest"}
        | {"rate", "rates", "spread", "compounding", "day_count", "count_both_ends"}
        | {"interest_end", "fee_interest"}
    ),
    "transfer": _MONEY.union(
        {"commitment", "rows", "transfers", "open_items", "capital_account", "offset_balance", "income"}
    ),
    "default": _MONEY.union(
        {"item", "rate", "day_count", "payments", "as_of", "costs", "others", "shortfall", "forfeit", "sale"}
    ),
    "setoff": _MONEY | {"partners", "call", "distribution", "withholding", "agreed", "limits"},
    "fee": _MONEY.union(
        {"start", "until", "frequency", "in_advance", "time_rule", "phases", "lps", "income", "offset_share"}
        | {"offset_brought_forward", "discount_order", "waivers", "calls", "inside", "late_rule"}
        | {"fee_interest", "fee_interest_rate", "fee_interest_day_count", "fee_interest_end"}
    ),
}
#: The keys of the objects that stand in a term, or in a list that is one.
_KEYS_INSIDE = {
    "equalisation": {
        "closings": frozenset({"on", "pay_on", "admit", "exclude", "at_value", "fees", "net_with"}),
        "lines": frozenset(
            {"id", "amount", "due", "issued_on", "kind", "deal", "excused", "items", "outside"}
        ),
        "distributions": frozenset({"id", "on", "amount", "deal", "excused", "recallable"}),
        "rates": frozenset({"from", "rate"}),
        "gp": frozenset({"name", "percent"}),
        "pref": frozenset({"rate", "on", "compounding", "day_count"}),
    },
    "transfer": {
        "rows": frozenset({"due", "kind", "amount", "deal", "outside"}),
        "transfers": frozenset({"share", "amount", "effective_on", "to"}),
        "income": frozenset({"amount", "from", "to"}),
    },
    "default": {
        "item": frozenset({"amount", "due", "fee_part"}),
        "payments": frozenset({"on", "amount"}),
        "shortfall": frozenset({"amount", "cap", "cap_base"}),
        "forfeit": frozenset({"share", "capital_account", "commitment", "item"}),
        "sale": frozenset({"contributions", "value", "share"}),
    },
    "setoff": {
        "call": frozenset({"amount", "excused", "items"}),
        "distribution": frozenset({"amount", "excused", "items"}),
    },
    "fee": {
        "phases": frozenset({"from", "basis", "rate", "known_on"}),
        "income": frozenset({"received_on", "category", "amount", "offset"}),
        "waivers": frozenset({"on", "amount"}),
        "calls": frozenset({"on", "amount"}),
    },
}
#: The keys of what a term says of each partner.
_PARTNER_KEYS = {
    "excuse": {"partners": frozenset({"commitment", "remaining"})},
    "next_call_key": {"partners": frozenset({"commitment", "remaining", "contributed"})},
    "default": {"others": frozenset({"commitment", "remaining", "item", "contributed"})},
    "waterfall": {"investors": _OWN_TERMS | {"role", "weight", "commitment"}},
    "fee": {"lps": frozenset({"commitment", "tranches", "rate", "rates", "discount", "fee_free", "bases"})},
}
#: The keys of the objects of a list that stands in what a term says of a partner.
_KEYS_OF_PARTNERS_LISTS = {
    "tranches": frozenset({"amount", "admitted_on", "pay_on"}),
    "rates": frozenset({"from", "rate", "known_on"}),
    "bases": frozenset({"as_of", "amount", "deals", "known_on"}),
}
#: Kinds that are described, and that nothing here computes yet.
_KINDS_TO_COME = frozenset({"capital_account", "search_round"})
_TIER_KEYS = frozenset({"hurdle", "catch_up", "carry"})
_FLOW_TYPES = {
    "waterfall": frozenset({"contribution", "distribution", "recallable_distribution", "writeoff"}),
    "clawback": frozenset({"contribution", "lp_distribution", "carry_paid"}),
    "xirr": frozenset({"cashflow"}),
    "multiple": frozenset({"contribution", "distribution", "recallable_distribution", "nav", "reversal"}),
    "prorata": frozenset({"call"}),
}
_STATUSES = frozenset({None, "posted", "reversed"})

_QUOTIENT = re.compile(r"(-?[0-9]{1,20})/([1-9][0-9]{0,19})")

Choice = TypeVar("Choice", bound=StrEnum)


class CaseError(ValueError):
    """A file or a case that cannot be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A dated movement of a case. `amount` is exact; in whole units except in cases of kind xirr."""

    on: date
    type: str
    amount: Decimal
    investor: str | None
    deal: str | None
    reversed: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A worked example as it was written; `expected` is None where it has none."""

    id: str
    kind: str
    terms: Mapping[str, Any]
    flows: tuple[Mapping[str, Any], ...]
    expected: Mapping[str, Any] | None
    tolerance: Decimal
    unknown: tuple[str, ...] = field(default=())

    @property
    def can_be_computed(self) -> bool:
        """Whether its kind is one that is computed here."""
        return self.kind in _TERM_KEYS

    def read_flows(self) -> list[Flow]:
        """The flows that stand, in the order of the file; raises CaseError and MoneyError."""
        flows = [self._flow(number, flow) for number, flow in enumerate(self.flows)]
        return [flow for flow in flows if not flow.reversed and flow.type != "reversal"]

    def _flow(self, number: int, flow: Mapping[str, Any]) -> Flow:
        where = f"flows[{number}]"
        if flow.get("type") not in _FLOW_TYPES[self.kind]:
            raise CaseError(f"{where}.type {flow.get('type')!r} is unknown in a case of kind {self.kind}")
        if flow.get("status") not in _STATUSES:
            raise CaseError(f"{where}.status {flow['status']!r} is unknown")
        amount = flow.get("amount")
        return Flow(
            on=read_date(flow.get("date"), f"{where}.date"),
            type=flow["type"],
            amount=read_number(amount, f"{where}.amount")
            if self.kind == "xirr"
            else read_amount(amount, self.terms, allow_negative=flow["type"] in ("reversal", "nav")),
            investor=flow.get("investor"),
            deal=flow.get("deal"),
            reversed=flow.get("status") == "reversed",
        )


def load_cases(text: str) -> list[Case]:
    """The cases of a JSON list. Numbers are read exactly. Raises CaseError."""
    try:
        listed = json.loads(text, parse_float=json_decimal)
    except json.JSONDecodeError as error:
        raise CaseError(f"This is no JSON: {error}") from None
    if not isinstance(listed, list):
        raise CaseError("The file has to hold one JSON list of cases.")
    return [_case(number, raw) for number, raw in enumerate(listed)]


def _case(number: int, raw: object) -> Case:
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise CaseError(f"Entry {number + 1} of the list is no case with an id.")
    if raw.get("kind") not in _TERM_KEYS.keys() | _KINDS_TO_COME:
        raise CaseError(f"{raw['id']}: kind {raw.get('kind')!r} is unknown")
    terms, flows, expected = raw.get("terms", {}), raw.get("flows", []), raw.get("expected")
    if not isinstance(terms, dict) or not isinstance(flows, list):
        raise CaseError(f"{raw['id']}: terms has to be an object, flows a list")
    if not all(isinstance(flow, dict) for flow in flows):
        raise CaseError(f"{raw['id']}: every flow has to be an object")
    return Case(
        id=raw["id"],
        kind=raw["kind"],
        terms=terms,
        flows=tuple(flows),
        expected=expected,
        tolerance=_tolerance(raw),
        unknown=tuple(_unknown_keys(raw["kind"], raw, terms, flows)),
    )


def _tolerance(raw: Mapping[str, Any]) -> Decimal:
    expected = raw.get("expected")
    stated = expected.get("tolerance") if isinstance(expected, dict) else None
    if stated is None:
        stated = raw.get("tolerance", "1e-8" if raw["kind"] == "xirr" else "0")
    return read_number(stated, f"{raw['id']}: tolerance")


def _unknown_keys(kind: str, raw: dict, terms: dict, flows: list[dict]) -> Iterator[str]:
    if kind in _KINDS_TO_COME:
        return
    yield from sorted(raw.keys() - _CASE_KEYS)
    if flows and kind not in _FLOW_TYPES:
        yield "flows"
    yield from (f"terms.{key}" for key in sorted(terms.keys() - _TERM_KEYS[kind]))
    yield from _unknown_tier_keys("terms", terms)
    for name, known in _KEYS_INSIDE.get(kind, {}).items():
        yield from _unknown_inside(f"terms.{name}", terms.get(name), known)
    for term, known in _PARTNER_KEYS.get(kind, {}).items():
        for name, own in _objects(terms.get(term)):
            yield from (f"terms.{term}.{name}.{key}" for key in sorted(own.keys() - known))
            for listed, keys in _KEYS_OF_PARTNERS_LISTS.items():
                yield from _unknown_inside(f"terms.{term}.{name}.{listed}", own.get(listed), keys)
    for name, own in _objects(terms.get("investors")):
        yield from _unknown_tier_keys(f"terms.investors.{name}", own)
    for number, flow in enumerate(flows):
        yield from (f"flows[{number}].{key}" for key in sorted(flow.keys() - _FLOW_KEYS))


def _unknown_inside(where: str, value: object, known: frozenset[str]) -> Iterator[str]:
    objects = enumerate(value) if isinstance(value, list) else [(None, value)]
    for number, own in objects:
        place = where if number is None else f"{where}[{number}]"
        yield from (f"{place}.{key}" for key in (sorted(own.keys() - known) if isinstance(own, dict) else ()))


def _unknown_tier_keys(where: str, terms: dict) -> Iterator[str]:
    tiers = terms.get("tiers")
    for number, tier in enumerate(tiers if isinstance(tiers, list) else []):
        if isinstance(tier, dict):
            yield from (f"{where}.tiers[{number}].{key}" for key in sorted(tier.keys() - _TIER_KEYS))


def _objects(value: object) -> Iterator[tuple[str, dict]]:
    if isinstance(value, dict):
        yield from ((name, own) for name, own in value.items() if isinstance(own, dict))


def read_number(value: object, where: str) -> Decimal:
    """An exact number, written as JSON number or text. Raises CaseError."""
    try:
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            number = Decimal(value)
            if number.is_finite():
                return number
    except InvalidOperation:
        pass
    raise CaseError(f"{where} has to be a number, not {value!r}")


def read_fraction(value: object, where: str) -> Fraction:
    """An exact share, written as a number or as a quotient of whole numbers: 1/3. Raises CaseError."""
    if isinstance(value, str) and (quotient := _QUOTIENT.fullmatch(value)):
        return Fraction(int(quotient[1]), int(quotient[2]))
    return Fraction(read_number(value, where))


def read_unit(terms: Mapping[str, Any]) -> Decimal:
    """The smallest amount: that of the case's `currency`, or its `unit`; a cent where it states neither."""
    currency = terms.get("currency")
    if currency is not None and currency not in CURRENCIES:
        raise CaseError(f"terms.currency {currency!r} is unknown")
    unit = read_number(terms.get("unit", unit_of(currency) if currency else CENT), "terms.unit")
    if unit <= 0:
        raise CaseError("terms.unit has to be more than zero")
    return unit


def read_amount(value: object, terms: Mapping[str, Any], *, allow_negative: bool = False) -> Decimal:
    """An amount in whole units of the case. Raises MoneyError."""
    amount = parse_amount(value, currency=None, allow_negative=allow_negative, allow_zero=True)
    to_units(amount, read_unit(terms))
    return amount


def read_optional(terms: Mapping[str, Any], key: str) -> Decimal | None:
    """A number of the terms, None where it is not given."""
    return None if terms.get(key) is None else read_number(terms[key], f"terms.{key}")


def read_date(value: object, where: str) -> date:
    """A date as YYYY-MM-DD. Raises CaseError."""
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise CaseError(f"{where} has to be a date like 2025-10-01, not {value!r}") from None


def read_choice(terms: Mapping[str, Any], key: str, default: Choice) -> Choice:
    """One of the values that `default`'s enumeration has. Raises CaseError."""
    value = terms.get(key, default)
    try:
        return type(default)(value)
    except ValueError:
        raise CaseError(f"terms.{key} has to be one of {', '.join(type(default))}, not {value!r}") from None


def read_flag(terms: Mapping[str, Any], key: str, *, default: bool) -> bool:
    """A JSON true or false. Raises CaseError."""
    value = terms.get(key, default)
    if isinstance(value, bool):
        return value
    raise CaseError(f"terms.{key} has to be true or false, not {value!r}")


def money(amount: Decimal) -> str:
    """An amount as the examples print it: two decimals, or as many as its own unit has beyond them."""
    places = max(2, -int(amount.as_tuple().exponent))
    return f"{amount:.{places}f}"
