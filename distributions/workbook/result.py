"""The first sheet: what was recomputed beside what the application says, and whether they are the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from distributions.workbook.cells import DIFFERS, MONEY, OK, Formula, compared, dusted, head, note, put, title
from distributions.workbook.facts import WorkbookFacts
from distributions.workbook.partners import PartnersSheet
from distributions.workbook.waterfall import Passages

RESULT = "Result"
_AMERICAN = (
    "This distribution is deal by deal (American). Which part of each contribution is due back was worked out by the "
    "application and is given on the sheet Inputs; everything after that is worked out anew here."
)
_EUROPEAN = "Whole fund (European): everything is worked out anew from the movements on the sheet Inputs."
_EXCESS = (
    "Return of excess capital: outside the waterfall, given back in proportion to what each partner paid in."
)
_WITHHELD = "Amounts are gross: tax that is withheld is no part of the waterfall."


@dataclass(frozen=True)
class TierByApp:
    """A step as the application has it."""

    kind: str
    label: str
    tier: int
    lp: Decimal
    gp: Decimal


def write_result(
    sheet,
    heading: Sequence[str],
    facts: WorkbookFacts,
    passages: Passages,
    partners: PartnersSheet,
    tiers: Sequence[TierByApp],
) -> None:
    """`heading` are the lines that say which distribution this is."""
    title(sheet, 1, "Check this yourself")
    for row, line in enumerate(heading[:2], start=2):
        note(sheet, row, line, bold=True)
    note(sheet, 6, _EXCESS if facts.is_excess else _AMERICAN if facts.is_american else _EUROPEAN)
    note(sheet, 7, _WITHHELD)
    note(
        sheet,
        8,
        "The application's figures stand on the right; nothing is copied from them. Change an input and see.",
    )
    titles = ("Step", "To LPs", "To GP", "Application: to LPs", "Application: to GP", "Check")
    head(sheet, 10, titles, (46, 20, 20, 22, 22, 12))
    row = 11
    for tier in tiers:
        _write_step(sheet, row, tier, _recomputed(tier, facts, passages, partners))
        row += 1
    _write_total(sheet, row)
    note(sheet, 5, "All of it, the partners on their sheet included", bold=True)
    checks = partners.columns.span("check", partners.first, partners.last)
    wrong = f'COUNTIF(F11:F{row},"{DIFFERS}")+COUNTIF({checks},"{DIFFERS}")'
    right = f'COUNTIF(F11:F{row},"{OK}")+COUNTIF({checks},"{OK}")'
    everything = row - 10 + len(facts.partners)
    put(sheet, 5, 2, Formula(f'IF(AND({wrong}=0,{right}={everything}),"{OK}","{DIFFERS}")'))


def _write_step(sheet, row: int, tier: TierByApp, recomputed: tuple[Formula, Formula]) -> None:
    put(sheet, row, 1, tier.label)
    for column, value in enumerate((*recomputed, tier.lp, tier.gp), start=2):
        put(sheet, row, column, value, MONEY)
    put(sheet, row, 6, compared(f"(ABS(B{row}-D{row})+ABS(C{row}-E{row}))", "0"))


def _write_total(sheet, row: int) -> None:
    put(sheet, row, 1, "Total")
    for column in "BCDE":
        put(sheet, row, "ABCDE".index(column) + 1, dusted(f"SUM({column}11:{column}{row - 1})"))
    put(sheet, row, 6, compared(f"(ABS(B{row}-D{row})+ABS(C{row}-E{row}))", "0"))


def _recomputed(
    tier: TierByApp, facts, passages: Passages, partners: PartnersSheet
) -> tuple[Formula, Formula]:
    """Where the sheets have this step: to the LPs, to the GP."""
    zero = Formula("0")
    if tier.kind == "excess":
        return _by_role(partners, "LP"), _by_role(partners, "GP")
    if tier.kind == "gp_own":
        return zero, _by_role(partners, "GP")
    if tier.kind in ("return_of_capital", "preferred_return"):
        name = {"return_of_capital": "capital", "preferred_return": "preferred"}[tier.kind]
        return dusted(passages.total(name)), zero
    name = "caught" if tier.kind == "catch_up" else "shared"
    return tuple(dusted(passages.total(f"{name}_{who}_{tier.tier}")) for who in ("lp", "gp"))


def _by_role(partners: PartnersSheet, role: str) -> Formula:
    columns = partners.columns
    roles, portions = (columns.span(name, partners.first, partners.last) for name in ("role", "portion"))
    return dusted(f'SUMIF({roles},"{role}",{portions})')
