"""Worked examples of kind transfer: one transfer after the other, each of what the transferor kept."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

from closings.calc.terms import ZERO
from closings.calc.transfers import (
    Holding,
    OpenItems,
    Row,
    RowKind,
    Transfer,
    TransferRefused,
    check_share,
    income_by_days,
    share_of,
    transfer,
)
from devtools.worked_examples.reading import (
    Case,
    CaseError,
    money,
    read_choice,
    read_date,
    read_flag,
    read_unit,
)
from devtools.worked_examples.shapes import (
    Terms,
    read_amount_of,
    read_object,
    read_objects,
    read_share,
)

_TOTALS = (
    "commitment",
    "contributed",
    "contributed_outside",
    "distributed",
    "recallable",
    "open_call",
    "unfunded",
)
_BALANCES = ("capital_account", "offset_balance")


def compute_transfer(case: Case) -> dict[str, Any]:
    """Every transfer with its rows and totals, and whose the income of the first one's period is."""
    terms, unit = case.terms, read_unit(case.terms)
    open_items = read_choice(terms, "open_items", OpenItems.REFUSE)
    holding, found = _holding(terms), []
    listed = read_objects(terms, "transfers")
    days = [read_date(own.get("effective_on"), f"{_at(n)}.effective_on") for n, own in enumerate(listed)]
    if any(later < day for day, later in pairwise(days)):
        raise TransferRefused("date_order", "No transfer takes effect before the one that went before.")
    for number, (own, day) in enumerate(zip(listed, days, strict=True)):
        share = _share(_at(number), own, terms, holding)
        found.append(transfer(holding, share, day, open_items=open_items, unit=unit))
        holding = found[-1].left
    totals = (*_TOTALS, *(name for name in _BALANCES if terms.get(name) is not None))
    shown: dict[str, Any] = {"transfers": [_shown(one, totals) for one in found]}
    return shown | ({} if terms.get("income") is None else {"income": _income(terms, found)})


def _at(number: int) -> str:
    return f"terms.transfers[{number}]"


def _holding(terms: Terms) -> Holding:
    balances = {name: read_amount_of(terms, name, "terms", terms, default=ZERO) for name in _BALANCES}
    rows = [
        _row(f"terms.rows[{number}]", own, terms) for number, own in enumerate(read_objects(terms, "rows"))
    ]
    return Holding(read_amount_of(terms, "commitment", "terms", terms), tuple(rows), **balances)


def _row(where: str, own: Terms, terms: Terms) -> Row:
    if own.get("kind") not in list(RowKind):
        raise CaseError(f"{where}.kind has to be one of {', '.join(RowKind)}, not {own.get('kind')!r}")
    return Row(
        RowKind(own["kind"]),
        read_date(own.get("due"), f"{where}.due"),
        read_amount_of(own, "amount", where, terms),
        deal=own.get("deal"),
        outside=read_flag(own, "outside", default=False),
    )


def _share(where: str, own: Terms, terms: Terms, holding: Holding) -> Fraction:
    """An exact share of what is left, or an amount of the commitment that is left."""
    if (own.get("share") is None) == (own.get("amount") is None):
        raise CaseError(f"{where} has a share or an amount")
    if own.get("share") is not None:
        return check_share(read_share(own, "share", where))
    return share_of(read_amount_of(own, "amount", where, terms), holding.commitment)


def _income(terms: Terms, found: list[Transfer]) -> dict[str, str]:
    own = read_object(terms, "income")
    if not found:
        raise CaseError("terms.income is shared by a transfer, and there is none")
    start, end = (read_date(own.get(key), f"terms.income.{key}") for key in ("from", "to"))
    amount = read_amount_of(own, "amount", "terms.income", terms)
    income = income_by_days(amount, found[0].share, found[0].effective_on, start, end, read_unit(terms))
    return {name: money(getattr(income, name)) for name in ("share", "transferor", "transferee")}


def _shown(one: Transfer, totals: tuple[str, ...]) -> dict[str, Any]:
    return {
        "rows": [{"moved": money(row.moved), "kept": money(row.kept)} for row in one.rows],
        "totals": {
            name: {side: money(getattr(getattr(one, side), name)) for side in ("before", "moved", "kept")}
            for name in totals
        },
    }
