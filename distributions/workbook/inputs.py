"""The sheets that are given: the terms, and every movement of every partner."""

from collections.abc import Mapping
from dataclasses import dataclass

from distributions.workbook.cells import (
    DAY,
    MONEY,
    NUMBER,
    RATE,
    TERMS,
    Columns,
    Formula,
    head,
    note,
    put,
    title,
)
from distributions.workbook.facts import PAID_OUT, STARTS, TODAY, Flow, WorkbookFacts

INPUTS = "Inputs"
TIER_PARTS = ("catch_up_lp", "catch_up_gp", "split_lp", "split_gp")
_PART_TITLES = ("catch-up to LP", "catch-up to GP", "split to LP", "split to GP")
#: Where single terms stand on their sheet.
COMPOUNDING, PERIODS, DAY_COUNT, YEAR_DAYS = (f"'{TERMS}'!$B${row}" for row in (4, 5, 6, 7))
ORDER, NETTING, AMOUNT, DATE, DEAL = (f"'{TERMS}'!$B${row}" for row in (8, 9, 10, 11, 12))
FIRST_ROW = 4


@dataclass(frozen=True)
class Inputs:
    """The sheet of movements: its columns, and on which row each flow stands."""

    columns: Columns
    rows: Mapping[int, int]
    last: int

    def row(self, flow: Flow) -> int:
        return self.rows[id(flow)]

    def span(self, name: str, flows) -> str:
        """A column over flows, which stand together."""
        rows = [self.row(flow) for flow in flows]
        return self.columns.span(name, min(rows), max(rows))


def tier_columns(number: int) -> list[str]:
    """The columns of what a tier, counted from 1, paid before."""
    return [f"{name}_{number}" for name in TIER_PARTS]


def write_terms(sheet, facts: WorkbookFacts, deals: Mapping[int, str]) -> None:
    terms = facts.terms
    title(sheet, 1, "Terms of the fund")
    note(sheet, 2, "Blue cells are given; change one, and everything is worked out anew.")
    rows = (
        ("Compounding (annual, quarterly, simple)", str(terms.compounding), "General"),
        ("Compounding periods a year", Formula('IF(B4="quarterly",4,1)'), NUMBER),
        ("Day count (act/365, act/360, 30E/360)", str(terms.day_count), "General"),
        ("Days of a year", Formula('IF(B6="act/365",365,360)'), NUMBER),
        ("What is paid first (capital_first, pref_first)", str(terms.order), "General"),
        ("Balances may stand below zero on the way (1: deal by deal)", int(facts.is_american), NUMBER),
        ("Amount declared", facts.amount, MONEY),
        ("Date of the distribution", facts.on, DAY),
        ("Proceeds of deal number (0: none in particular)", facts.deal or 0, NUMBER),
        ("Smallest amount of the currency", terms.unit, MONEY),
    )
    for row, (label, value, style) in enumerate(rows, start=4):
        put(sheet, row, 1, label)
        put(sheet, row, 2, value, style, given=not isinstance(value, Formula))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 58, 18
    _write_tiers(sheet, terms)
    for row, (number, name) in enumerate(deals.items(), start=16 + len(terms.tiers)):
        put(sheet, row, 1, f"Deal number {number}")
        put(sheet, row, 2, name)


def _write_tiers(sheet, terms) -> None:
    for column, text in enumerate(("Tiers of the fund", "Hurdle", "Catch-up", "Carry"), start=1):
        put(sheet, 14, column, text)
    for number, tier in enumerate(terms.tiers, start=1):
        put(sheet, 14 + number, 1, f"Tier {number} (each account has its own copy on the sheet Waterfall)")
        for column, rate in enumerate((tier.hurdle, tier.catch_up, tier.carry), start=2):
            put(sheet, 14 + number, column, rate, RATE)


def write_inputs(sheet, facts: WorkbookFacts) -> Inputs:
    """Every movement, account by account in the order of its lines, so that what makes one line stands together."""
    count = len(facts.terms.tiers)
    columns = Columns(INPUTS, _names(count))
    title(sheet, 1, "Contributions by date, and earlier distributions")
    note(
        sheet,
        2,
        "Deal by deal, the part of each contribution that is due was worked out by the application."
        if facts.is_american
        else "All of each contribution counts.",
    )
    head(sheet, FIRST_ROW - 1, _titles(count))
    rows = {}
    for row, flow in enumerate(_in_order(facts), start=FIRST_ROW):
        rows[id(flow)] = row
        _write_flow(sheet, columns, row, flow, count)
    return Inputs(columns, rows, FIRST_ROW + len(rows) - 1)


def _names(count: int) -> tuple[str, ...]:
    tiers = [name for number in range(1, count + 1) for name in tier_columns(number)]
    fixed = ("reference", "investor", "date", "kind", "amount", "due", "earns_from", "deal")
    return (*fixed, "capital", "preferred", *tiers, "lp_total")


def _titles(count: int) -> list[str]:
    tiers = [f"Tier {number} {name}" for number in range(1, count + 1) for name in _PART_TITLES]
    fixed = ("Partner", "Name", "Date", "What", "Paid in", "Of it counts", "Earns from", "Deal number")
    return [*fixed, "Capital returned", "Preferred return paid", *tiers, "To the LP in all"]


def _in_order(facts: WorkbookFacts) -> list[Flow]:
    in_lines = [
        flow
        for account in facts.accounts
        for line in account.lines
        if line.kind not in (STARTS, TODAY)
        for flow in line.flows
    ]
    seen = {id(flow) for flow in in_lines}
    rest = [flow for partner in facts.partners for flow in partner.flows if id(flow) not in seen]
    return in_lines + rest


def _write_flow(sheet, columns: Columns, row: int, flow: Flow, count: int) -> None:
    def fill(name, value, style=MONEY):
        put(
            sheet,
            row,
            columns.names.index(name) + 1,
            value,
            style,
            given=not isinstance(value, Formula),
        )

    fill("reference", flow.reference)
    fill("investor", flow.investor)
    fill("date", flow.on, DAY)
    fill("kind", flow.kind)
    fill("deal", flow.deal or 0, NUMBER)
    if flow.kind == PAID_OUT:
        _write_parts(fill, columns, row, flow, count)
    else:
        fill("amount", flow.amount)
        fill("due", Formula(columns.at("amount", row)) if flow.due is None else flow.due)
        fill("earns_from", flow.earns_from, DAY)


def _write_parts(fill, columns: Columns, row: int, flow: Flow, count: int) -> None:
    fill("capital", flow.parts.return_of_capital)
    fill("preferred", flow.parts.preferred_return)
    for number in range(1, count + 1):
        tier = flow.parts.tiers[number - 1]
        for name, column in zip(TIER_PARTS, tier_columns(number), strict=True):
            fill(column, getattr(tier, name))
    lp = [columns.at(name, row) for name in columns.names if "_lp_" in name]
    fill("lp_total", Formula("+".join([columns.at("capital", row), columns.at("preferred", row), *lp])))
