"""The sheet on which amounts are split over partners by largest remainder, and compared with the application's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from distributions.workbook.cells import (
    MONEY,
    NUMBER,
    UNIT,
    Columns,
    Formula,
    compared,
    dusted,
    head,
    note,
    put,
    title,
)
from distributions.workbook.facts import PAID_OUT, PartnerFacts, WorkbookFacts
from distributions.workbook.inputs import AMOUNT, DEAL, Inputs
from distributions.workbook.waterfall import Passages

PARTNERS = "Partners"
FIRST_ROW = 5
FIGURES = ("capital", "preferred", "profit", "carry", "gross")
_FIGURE_TITLES = ("return of capital", "preferred return", "share of profit", "carried interest", "gross")
_SHARE_DIGITS = 7  # of a unit: below it lies what binary numbers leave behind
_MOST_PARTNERS = 10_000


@dataclass(frozen=True)
class ByApp:
    """What the application says that a partner gets."""

    capital: Decimal
    preferred: Decimal
    profit: Decimal
    carry: Decimal
    gross: Decimal


@dataclass(frozen=True)
class PartnersSheet:
    """The sheet's columns and rows. Partners stand as they come, limited ones and the general one."""

    columns: Columns
    first: int
    last: int

    def row(self, index: int) -> int:
        return self.first + index


def partners_of(facts: WorkbookFacts) -> PartnersSheet:
    """Where everything will stand."""
    columns = Columns(PARTNERS, tuple(name for name, _ in _shape(facts)))
    return PartnersSheet(columns, FIRST_ROW, FIRST_ROW + len(facts.partners) - 1)


def _pieces(facts: WorkbookFacts) -> list[tuple[str, str]]:
    """What is allocated to the limited partners where all have one account: (name, heading)."""
    if not facts.is_aggregate or facts.is_excess:
        return []
    pieces = [("capital_of_all", "Capital"), ("preferred_of_all", "Preferred return")]
    for number in range(1, len(facts.terms.tiers) + 1):
        for name in ("caught_lp", "caught_gp", "shared_lp", "shared_gp"):
            pieces.append((f"{name}_{number}", f"Tier {number} {name.replace('_', ' to ')}"))
    return pieces


def _shape(facts: WorkbookFacts):
    yield from (("reference", "Partner"), ("investor", "Name"), ("role", "Role"), ("weight", "Weight"))
    for name, text in (("portion", "Part of the amount"), *_pieces(facts)):
        yield f"{name}_share", f"{text}: share in units"
        yield f"{name}_whole", f"{text}: whole units"
        yield f"{name}_key", f"{text}: order of remainders"
        yield name, text
    yield from zip(FIGURES, (text.capitalize() for text in _FIGURE_TITLES), strict=True)
    for name, text in zip(FIGURES, _FIGURE_TITLES, strict=True):
        yield f"{name}_by_app", f"Application: {text}"
    yield "check", "Check"


def write_partners(
    sheet,
    facts: WorkbookFacts,
    place: PartnersSheet,
    inputs: Inputs,
    passages: Passages,
    by_app: Sequence[ByApp],
) -> None:
    title(sheet, 1, "What every partner gets")
    note(
        sheet,
        2,
        "An amount is split by largest remainder: whole units first, the units left over to the largest remainders; "
        "ties go to the larger weight, then to who stands first.",
    )
    head(sheet, FIRST_ROW - 1, [text for _, text in _shape(facts)])
    writer = _Writer(sheet, facts, place, inputs, passages)
    accounts = {account.reference: number for number, account in enumerate(facts.accounts)}
    for index, partner in enumerate(facts.partners):
        writer.write(index, partner, accounts.get(partner.reference), by_app[index])


class _Writer:
    def __init__(self, sheet, facts, place, inputs, passages):
        self.sheet, self.facts, self.place = sheet, facts, place
        self.inputs, self.passages = inputs, passages
        self.pieces = [name for name, _ in _pieces(facts)]

    def write(self, index: int, partner: PartnerFacts, account: int | None, by_app: ByApp) -> None:
        row = self.place.row(index)
        cells = self._who(partner) | self._splits(row, index, partner) | self._figures(row, partner, account)
        columns = self.place.columns
        for name in FIGURES:
            cells[f"{name}_by_app"] = getattr(by_app, name)
        same = "+".join(
            f"ABS({columns.at(name, row)}-{columns.at(f'{name}_by_app', row)})" for name in FIGURES
        )
        cells["check"] = compared(same, "0")
        for name, value in cells.items():
            style = (
                NUMBER
                if name.endswith(("_key", "_whole"))
                else "0.0000000"
                if name.endswith("_share")
                else MONEY
            )
            put(self.sheet, row, columns.names.index(name) + 1, value, style, given=name == "weight")

    def _who(self, partner: PartnerFacts) -> dict[str, object]:
        weight = partner.weight if partner.weight is not None else self._funded(partner)
        texts = {"reference": partner.reference, "investor": partner.investor, "role": partner.role.upper()}
        return {**texts, "weight": weight}

    def _funded(self, partner: PartnerFacts) -> Formula | Decimal:
        """What it paid in, given-back money deducted: for the deal that the proceeds come from, or for everything."""
        paid = [flow for flow in partner.flows if flow.kind != PAID_OUT]
        if not paid:
            return Decimal("0.00")
        amounts = self.inputs.span("amount", paid)
        if self.facts.deal is None or self.facts.is_excess:
            return dusted(f"MAX(0,SUM({amounts}))")
        return dusted(f"MAX(0,SUMIF({self.inputs.span('deal', paid)},{DEAL},{amounts}))")

    # ------------------------------------------------------------ largest remainder

    def _splits(self, row: int, index: int, partner: PartnerFacts) -> dict[str, object]:
        cells = self._split("portion", AMOUNT, row, index, everybody=True)
        for name in self.pieces:
            if partner.role == "lp":
                cells |= self._split(name, self._piece(name), row, index, everybody=False)
        return cells

    def _piece(self, name: str) -> str:
        """What of all limited partners is to be allocated."""
        column = {"capital_of_all": "capital", "preferred_of_all": "preferred"}.get(name, name)
        return self.passages.total(column)

    def _split(self, name: str, total: str, row: int, index: int, *, everybody: bool) -> dict[str, object]:
        place, columns = self.place, self.place.columns
        weights, all_weights = columns.span("weight", place.first, place.last), self._weights(everybody)
        wholes, keys = (columns.span(f"{name}_{one}", place.first, place.last) for one in ("whole", "key"))
        share, whole, key = (columns.at(f"{name}_{one}", row) for one in ("share", "whole", "key"))
        left = f"ROUND({total}/{UNIT},0)-SUM({wholes})"
        ranked = f"ROUND(({share}-{whole})*1E{_SHARE_DIGITS},0)*{_MOST_PARTNERS**2}"
        ranked += (
            f"+RANK({columns.at('weight', row)},{weights},1)*{_MOST_PARTNERS}+{_MOST_PARTNERS - 1 - index}"
        )
        return {
            f"{name}_share": Formula(
                f"ROUND(ROUND({total}/{UNIT},0)*{columns.at('weight', row)}/{all_weights},{_SHARE_DIGITS})"
            ),
            f"{name}_whole": Formula(f"INT({share})"),
            f"{name}_key": Formula(ranked),
            name: dusted(f"({whole}+IF(RANK({key},{keys},0)<={left},1,0))*{UNIT}"),
        }

    def _weights(self, everybody: bool) -> str:
        place, columns = self.place, self.place.columns
        weights = columns.span("weight", place.first, place.last)
        if everybody:
            return f"SUM({weights})"
        return f'SUMIF({columns.span("role", place.first, place.last)},"LP",{weights})'

    # ------------------------------------------------------------ what comes to each

    def _figures(self, row: int, partner: PartnerFacts, account: int | None) -> dict[str, object]:
        columns, here = self.place.columns, lambda name: self.place.columns.at(name, row)
        if self.facts.is_excess:
            figures: Mapping[str, object] = {"capital": Formula(here("portion"))}
        elif partner.role == "gp":
            figures = self._of_the_gp(row, partner)
        elif account is None:
            figures = self._allocated(here)
        else:
            figures = self._own(account)
        gross = "+".join(columns.at(name, row) for name in FIGURES[:-1])
        zeros: dict[str, object] = {name: Decimal("0.00") for name in FIGURES[:-1]}
        return {**zeros, **figures, "gross": dusted(gross)}

    def _of_the_gp(self, row: int, partner: PartnerFacts) -> dict[str, object]:
        """Its own commitment's share whole, capital first; and everybody's carry."""
        portion = self.place.columns.at("portion", row)
        paid = [flow for flow in partner.flows if flow.kind != PAID_OUT]
        back = [flow for flow in partner.flows if flow.kind == PAID_OUT]
        paid_in = f"SUM({self.inputs.span('amount', paid)})" if paid else "0"
        returned = f"SUM({self.inputs.span('capital', back)})" if back else "0"
        tiers = range(1, self.passages.tiers + 1)
        carry = [self.passages.total(f"{name}_{one}") for one in tiers for name in ("caught_gp", "shared_gp")]
        return {
            "capital": dusted(f"MIN({portion},MAX(0,{paid_in}-{returned}))"),
            "profit": dusted(f"{portion}-{self.place.columns.at('capital', row)}"),
            "carry": dusted("+".join(carry)),
        }

    def _allocated(self, here) -> dict[str, object]:
        to_lp = [here(name) for name in self.pieces if "_lp_" in name]
        return {
            "capital": Formula(here("capital_of_all")),
            "preferred": Formula(here("preferred_of_all")),
            "profit": dusted("+".join(to_lp)),
        }

    def _own(self, account: int) -> dict[str, object]:
        columns, row = self.passages.columns, self.passages.first + account
        tiers = range(1, self.passages.tiers + 1)
        to_lp = [columns.far(f"{name}_{one}", row) for one in tiers for name in ("caught_lp", "shared_lp")]
        return {
            "capital": Formula(columns.far("capital", row)),
            "preferred": Formula(columns.far("preferred", row)),
            "profit": dusted("+".join(to_lp)),
        }
