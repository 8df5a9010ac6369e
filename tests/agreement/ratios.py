"""Multiples and rates of return: the same wherever they stand, net of accrued carry where they say net."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import fsum

from tests.agreement.facts import NOW, Said

MULTIPLE, RATE = re.compile(r"([-(]?)([\d.,]+)×"), re.compile(r"([-(]?)([\d.,]+)%")
#: By the words of a statement, of an investor's page and of the returns page.
LABELS = {
    "pic": ("PIC", "Paid in of commitment (PIC)"),
    "dpi": ("DPI", "Paid out of paid in (DPI)"),
    "rvpi": ("Net RVPI", "Net remaining value (RVPI)", "RVPI"),
    "tvpi": ("Net TVPI", "Net total value (TVPI)", "TVPI"),
    "irr": ("Net IRR", "IRR"),
}
NAMES = {label: name for name, labels in LABELS.items() for label in labels}
CENTS = Decimal("0.01")


def stated(figures, about, day, where) -> Iterator[Said]:
    """The terms of a statement."""
    for one in figures:
        yield from printed(about, one.row, one.text, day, where, column=one.column)


def of_investor(figures, about, fund) -> Iterator[Said]:
    """The row of a fund on an investor's page."""
    for one in figures:
        if one.place == "Multiples" and one.row.startswith(fund.name):
            yield from printed(about, one.column, one.text, NOW, "investor page")


def of_returns(figures, about, day) -> Iterator[Said]:
    """The table of the returns page, net beside gross."""
    for one in figures:
        if one.place == "Multiples and IRR" and one.column.startswith(("Net", "Gross")):
            kind = "gross " if one.column.startswith("Gross") else ""
            yield from printed(about, one.row, kind + one.text, day, "returns")


def printed(about, label, text, day, where, *, column="") -> Iterator[Said]:
    """A figure, and the gross one that is noted beside it."""
    if label not in NAMES:
        return
    for kind, part in zip(("net", "gross"), re.split("gross ", text, maxsplit=1), strict=False):
        found = MULTIPLE.search(part) or RATE.search(part)
        if found and not (column == "note" and kind == "net"):
            value = Decimal(found[2].replace(",", ""))
            yield Said(about, f"{kind} {NAMES[label]}", day, -value if found[1] else value, where)


def told(about, answer, day, where) -> Iterator[Said]:
    """An answer's figures, rounded as pages round them."""
    rate = answer["irr"] and answer["irr"]["irr"]
    gross = answer["gross"] or {}
    figures = {f"net {name}": value for name, value in answer["multiples"].items()}
    figures |= {f"gross {name}": gross.get(name) for name in ("rvpi", "tvpi")}
    figures |= {"net irr": rate and rate * 100, "gross irr": gross.get("irr") and gross["irr"] * 100}
    for name, value in figures.items():
        if value is not None:
            yield Said(about, name, day, value.quantize(CENTS, ROUND_HALF_UP), where)


def assert_fits(answer: dict, day) -> None:
    """Net is to gross as the net asset values are; the rate brings flows and value of one day to nothing."""
    nav, gross, net = answer["nav"], answer["gross"], answer["multiples"]
    if nav is None:
        return
    assert (nav["gross"] - nav["accruedCarry"], gross["nav"]) == (nav["amount"], nav["gross"])
    if net["rvpi"] is not None:
        assert abs(net["rvpi"] * nav["gross"] - gross["rvpi"] * nav["amount"]) <= nav["gross"] * Decimal(
            "1e-5"
        )
        assert abs(net["tvpi"] - net["dpi"] - net["rvpi"]) <= Decimal("2e-6")
    for value, rate in ((nav["amount"], answer["irr"]["irr"]), (nav["gross"], gross["irr"])):
        if rate is not None:
            assert abs(left_at(rate, value, answer)) < 1e-6, (answer["commitmentId"], day, rate)


def left_at(rate: Decimal, value: Decimal, answer: dict) -> float:
    """The present value of a partner's flows and of what it holds, as a part of all that moved."""
    flows = [
        (date.fromisoformat(one["date"]), one["distributed"] - one["contributed"])
        for one in answer["movements"]
    ]
    flows.append((date.fromisoformat(answer["asOf"]), value))
    first = min(day for day, _ in flows)
    present = [float(amount) * (1 + float(rate)) ** (-(day - first).days / 365) for day, amount in flows]
    return fsum(present) / fsum(map(abs, present))
