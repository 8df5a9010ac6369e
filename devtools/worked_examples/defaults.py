"""Worked examples of kind default: interest, what the others are asked for, and what the defaulting partner loses."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from blackgem.lib.rates import DayCount
from closings.calc.default import (
    HALF,
    CapBase,
    DefaultInterest,
    DefaultRefused,
    Item,
    Other,
    call_shortfall,
    default_interest,
    forced_sale,
    forfeit,
    pass_on,
)
from closings.calc.terms import ZERO
from devtools.worked_examples.reading import (
    Case,
    money,
    read_choice,
    read_date,
    read_number,
    read_unit,
)
from devtools.worked_examples.shapes import (
    Terms,
    read_amount_of,
    read_named_objects,
    read_object,
    read_objects,
    read_share,
    show_amounts,
)

_FORFEITED = ("capital_account", "commitment", "item")


def compute_default(case: Case) -> dict[str, Any]:
    """A default with every remedy that the case names."""
    terms, unit = case.terms, read_unit(case.terms)
    item, others = _item(terms), _others(terms)
    costs = read_amount_of(terms, "costs", "terms", terms, default=ZERO)
    interest = default_interest(
        item,
        [
            _payment(f"terms.payments[{n}]", own, terms)
            for n, own in enumerate(read_objects(terms, "payments"))
        ],
        read_number(terms.get("rate"), "terms.rate"),
        day_count=read_choice(terms, "day_count", DayCount.ACT_365),
        as_of=None if terms.get("as_of") is None else read_date(terms["as_of"], "terms.as_of"),
        unit=unit,
    )
    passed = pass_on(interest.paid, costs, others, unit=unit)
    found: dict[str, Any] = {
        "payments": [{"days": one.days, "interest": money(one.interest)} for one in interest.payments],
        "unpaid": money(interest.unpaid),
        "accrued": money(interest.accrued),
        "interest": money(interest.paid),
        "costs_covered": money(passed.costs_covered),
        "interest_to_others": show_amounts(passed.others),
    }
    if terms.get("shortfall") is not None:
        found["shortfall"] = _shortfall(terms, item, others, unit)
    if terms.get("forfeit") is not None:
        found["forfeit"] = _forfeit(terms, others, unit)
    if terms.get("sale") is not None:
        found["sale"] = _sale(terms, interest, costs, unit)
    return found


def _item(terms: Terms) -> Item:
    own = read_object(terms, "item")
    return Item(
        read_amount_of(own, "amount", "terms.item", terms),
        read_date(own.get("due"), "terms.item.due"),
        read_amount_of(own, "fee_part", "terms.item", terms, default=ZERO),
    )


def _payment(where: str, own: Terms, terms: Terms) -> tuple[Any, Decimal]:
    return read_date(own.get("on"), f"{where}.on"), read_amount_of(own, "amount", where, terms)


def _others(terms: Terms) -> list[Other]:
    return [_other(name, own, terms) for name, own in read_named_objects(terms, "others").items()]


def _other(name: str, own: Terms, terms: Terms) -> Other:
    where = f"terms.others.{name}"
    commitment = read_amount_of(own, "commitment", where, terms)
    return Other(
        name,
        commitment,
        read_amount_of(own, "remaining", where, terms, default=commitment),
        read_amount_of(own, "item", where, terms, default=ZERO),
        read_amount_of(own, "contributed", where, terms, default=ZERO),
    )


def _shortfall(terms: Terms, item: Item, others: Sequence[Other], unit: Decimal) -> dict[str, Any]:
    where, own = "terms.shortfall", read_object(terms, "shortfall")
    asked = call_shortfall(
        item,
        others,
        amount=read_amount_of(own, "amount", where, terms, default=item.amount - item.fee_part),
        cap=read_share(own, "cap", where, default=HALF),
        cap_base=read_choice(own, "cap_base", CapBase.ITEM),
        unit=unit,
    )
    parts = {name: show_amounts(getattr(asked, name)) for name in ("caps", "extra", "left_under_cap")}
    return parts | {name: money(getattr(asked, name)) for name in ("amount", "called", "uncovered")}


def _forfeit(terms: Terms, others: Sequence[Other], unit: Decimal) -> dict[str, Any]:
    own = read_object(terms, "forfeit")
    share = read_share(own, "share", "terms.forfeit")
    figures = {
        name: read_amount_of(own, name, "terms.forfeit", terms)
        for name in _FORFEITED
        if own.get(name) is not None
    }
    if any(amount < 0 for name, amount in figures.items() if name != "capital_account"):
        raise DefaultRefused("negative_amount", "No commitment and no item that is forfeited is below zero.")
    lost = {name: forfeit(share, amount, others, unit=unit) for name, amount in figures.items()}
    return {
        name: {"moved": money(one.moved), "others": show_amounts(one.others)} for name, one in lost.items()
    }


def _sale(terms: Terms, interest: DefaultInterest, costs: Decimal, unit: Decimal) -> dict[str, str]:
    where, own = "terms.sale", read_object(terms, "sale")
    sale = forced_sale(
        read_amount_of(own, "contributions", where, terms),
        read_amount_of(own, "value", where, terms),
        share=read_share(own, "share", where, default=HALF),
        payable=(interest.paid, interest.accrued, costs),
        unit=unit,
    )
    return {"gross": money(sale.gross), "net": money(sale.net)}
