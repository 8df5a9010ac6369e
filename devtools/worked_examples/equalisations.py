"""Worked examples of kind equalisation: calls, distributions and closings replayed in their order."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from blackgem.lib.money import split
from closings.calc.equalise import Equalisation, LineChange, equalise
from closings.calc.interest import EqualisationRefused, interest_factor, interest_on
from closings.calc.terms import ZERO, Beside, ClosingDays, HeldLine, Resplit
from devtools.worked_examples.closing_terms import (
    CaseLine,
    Closing,
    Fund,
    check_known,
    read_equalisation_terms,
    read_fund,
    read_lines,
    read_pref,
)
from devtools.worked_examples.reading import Case, money
from devtools.worked_examples.shapes import show_amounts

Amounts = Mapping[Any, Decimal]


def compute_equalisation(case: Case) -> dict[str, Any]:
    """Every closing of a case from its second on, and how the partners stand in the end."""
    fund = read_fund(case.terms)
    lines, terms, pref = (
        read_lines(case.terms, fund),
        read_equalisation_terms(case.terms, fund),
        read_pref(case.terms),
    )
    books = {line.id: _called(line, fund) for line in lines}
    shown, interest = [], dict.fromkeys(fund.partners, ZERO)
    for number, closing in enumerate(fund.closings[1:], start=1):
        held = [_as_held(line, closing, books) for line in lines if line.issued_on < closing.on]
        before, after = fund.register_after(number), fund.register_after(number + 1)
        found = equalise(
            held,
            before,
            after,
            terms,
            ClosingDays(closing.on, closing.pay_on, fund.closings[0].on),
            beside=_beside(closing, after, lines, books),
            unit=fund.unit,
        )
        _book(found, held, books)
        shown.append(_show_closing(closing, found))
        for key, notice in found.notices.items():
            interest[key] += notice.interest
    return {"closings": shown, "interest_total": show_amounts(interest)} | _stand(fund, lines, books, pref)


# ---------------------------------------------------------------- what happens


Book = tuple[Amounts, Amounts]  # what each partner holds of a line, and what of that is inside its commitment


def _called(line: CaseLine, fund: Fund) -> Book:
    """A line as it was called of the register of its day, or a distribution as it was made."""
    register = fund.register_on(line.issued_on)
    if line.items is None:
        weights = {name: weight for name, weight in register.items() if name not in line.excused}
        held = dict(zip(weights, split(line.amount, list(weights.values()), fund.unit), strict=True))
    else:
        weights = held = dict(line.items)
        _check_items(line, register)
    inside = dict(zip(weights, split(line.inside, list(weights.values()), fund.unit), strict=True))
    return held, inside


def _check_items(line: CaseLine, register: Amounts) -> None:
    items = line.items or {}
    check_known(items, register)
    if any(amount < 0 for amount in items.values()):
        raise EqualisationRefused("negative_amount", f"{line.id}: no item is below zero.")
    if sum(items.values(), ZERO) != line.amount:
        raise EqualisationRefused("items_do_not_add_up", f"{line.id}: its items do not add up to it.")


def _as_held(line: CaseLine, closing: Closing, books: Mapping[str, Book]) -> HeldLine:
    held, inside = books[line.id]
    kept = line.is_fee or line.id in closing.exclude or line.deal in closing.exclude
    shared = Resplit.COMMITMENT if line.items is None else Resplit.FIXED
    return HeldLine(
        line.id,
        line.amount,
        line.due_on,
        held,
        inside,
        excused=line.excused,
        resplit=Resplit.KEPT if kept else shared,
        value=closing.at_value.get(line.id),
        is_distribution=line.is_distribution,
    )


def _beside(
    closing: Closing, register: Amounts, lines: Iterable[CaseLine], books: Mapping[str, Book]
) -> dict[Any, Beside]:
    """Fees, calls that are netted, and what is unfunded before the closing, by commitments after it."""
    check_known(closing.fees, register)
    issued = [line for line in lines if line.issued_on < closing.on]
    netted = [line for line in lines if line.id in closing.net_with]
    unfunded = _unfunded(register, issued, books)
    return {
        key: Beside(
            closing.fees.get(key, ()),
            sum((books[line.id][0].get(key, ZERO) for line in netted), ZERO),
            sum((books[line.id][1].get(key, ZERO) for line in netted if line not in issued), ZERO),
            unfunded[key],
        )
        for key in register
    }


def _unfunded(register: Amounts, lines: Iterable[CaseLine], books: Mapping[str, Book]) -> dict[Any, Decimal]:
    """Commitments less what is held of calls inside them, and what may be recalled of distributions on top."""
    found = dict(register)
    for line in lines:
        for key, inside in books[line.id][1].items():
            found[key] += inside if line.is_distribution else -inside
    return found


def _book(found: Equalisation, held: Iterable[HeldLine], books: dict[str, Book]) -> None:
    signs = {line.key: line.sign for line in held}
    for change in found.lines:
        _, inside = books[change.key]
        sign = signs[change.key]
        moved = {key: inside.get(key, ZERO) + sign * part for key, part in change.inside.items()}
        books[change.key] = change.held, moved


# ---------------------------------------------------------------- showing


def _show_closing(closing: Closing, found: Equalisation) -> dict[str, Any]:
    notices = found.notices
    named = {
        name: _of(notices, name) for name in ("interest", "premium", "unfunded_before", "unfunded_after")
    }
    return {
        "on": closing.on.isoformat(),
        "pay_on": closing.pay_on.isoformat(),
        "lines": {change.key: _show_line(change) for change in found.lines},
        "totals": {
            "delta": _of(notices, "capital"),
            "interest": named["interest"],
            "premium": named["premium"],
        },
        "notices": {
            key: {
                name: money(getattr(notice, name))
                for name in (
                    "capital",
                    "interest",
                    "premium",
                    "fee",
                    "fee_interest",
                    "call",
                    "pays",
                    "receives",
                )
            }
            for key, notice in notices.items()
        },
        "cash_in": money(found.cash_in),
        "cash_out": money(found.cash_out),
        "unfunded_before": named["unfunded_before"],
        "unfunded_after": named["unfunded_after"],
    }


def _of(notices: Mapping[Any, Any], name: str) -> dict[Any, str]:
    return {key: money(getattr(notice, name)) for key, notice in notices.items()}


def _show_line(change: LineChange) -> dict[str, Any]:
    shown = {name: show_amounts(getattr(change, name)) for name in ("delta", "interest", "premium")}
    return {"days": change.days} | shown


def _stand(fund: Fund, lines: list[CaseLine], books: Mapping[str, Book], pref: Any) -> dict[str, Any]:
    """Commitments, what is held, what is unfunded, and the preferred return, in the end."""
    register = fund.register_after(len(fund.closings))
    held = {line.id: {key: books[line.id][0].get(key, ZERO) for key in register} for line in lines}
    calls = [line for line in lines if not line.is_distribution]
    stand = {
        "commitments": show_amounts(register),
        "held": {key: show_amounts(amounts) for key, amounts in held.items()},
        "held_total": show_amounts(_sums(register, [held[line.id] for line in calls])),
        "distributed_total": show_amounts(
            _sums(register, [held[line.id] for line in lines if line not in calls])
        ),
        "unfunded": show_amounts(_unfunded(register, lines, books)),
    }
    if pref is None:
        return stand
    interest, on = pref
    earned = {
        line.id: {
            key: interest_on(amount, interest_factor(interest, line.due_on, on), fund.unit)
            for key, amount in held[line.id].items()
        }
        for line in calls
    }
    shown = {key: show_amounts(amounts) for key, amounts in earned.items()}
    return stand | {"pref": shown, "pref_total": show_amounts(_sums(register, earned.values()))}


def _sums(register: Amounts, amounts: Iterable[Amounts]) -> dict[Any, Decimal]:
    listed = list(amounts)
    return {key: sum((one.get(key, ZERO) for one in listed), ZERO) for key in register}
