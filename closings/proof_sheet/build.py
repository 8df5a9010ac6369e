"""The proof sheet whole."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook

from closings.proof_sheet.notices import FEES, NOTICE, NOTICES, write_fees, write_notices
from closings.proof_sheet.parts import LINES, PARTS, blocks_of, checks_of, write_lines, write_parts
from closings.proof_sheet.terms import REGISTER, ProofFacts, write_register, write_terms
from distributions.workbook.cells import (
    DIFFERS,
    MONEY,
    OK,
    TERMS,
    Formula,
    dusted,
    note,
    put,
    show_units,
    title,
)

RESULT = "Result"


def build_proof_sheet(facts: ProofFacts, *, heading: Sequence[str], at: datetime) -> bytes:
    """The XLSX that works a closing out again by live formulas. `heading`: a title and a line below; `at` dates it.

    Text stays text, and is cut to what a cell holds.
    """
    book = Workbook()
    book.properties.created = book.properties.modified = at.replace(tzinfo=None)
    book.properties.creator = "BlackGem"
    book.calculation.fullCalcOnLoad = True
    result = book.active
    result.title = RESULT
    blocks = blocks_of(facts)
    write_terms(book.create_sheet(TERMS), facts)
    write_register(book.create_sheet(REGISTER), facts)
    write_lines(book.create_sheet(LINES), facts, blocks)
    write_parts(book.create_sheet(PARTS), facts, blocks)
    write_fees(book.create_sheet(FEES), facts)
    first, last = write_notices(book.create_sheet(NOTICES), facts, blocks)
    checks = [*checks_of(facts, blocks), NOTICE.span("check", first, last)]
    _write_result(
        result, heading, checks, {name: NOTICE.span(name, first, last) for name in ("pays", "receives")}
    )
    show_units(book.worksheets, facts.unit)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _write_result(sheet, heading: Sequence[str], checks: Sequence[str], cash: dict[str, str]) -> None:
    title(sheet, 1, heading[0])
    for row, text in enumerate(heading[1:3], start=2):
        note(sheet, row, text)
    differing = "+".join(f'COUNTIF({span},"{DIFFERS}")' for span in checks)
    rows = (
        (
            "Recomputed here, and by the application",
            Formula(f'IF({differing}=0,"{OK}","{DIFFERS}")'),
            "General",
        ),
        ("Rows that differ", Formula(differing), "0"),
        ("Comes in", dusted(f"SUM({cash['pays']})"), MONEY),
        ("Goes out", dusted(f"SUM({cash['receives']})"), MONEY),
    )
    for row, (text, value, style) in enumerate(rows, start=5):
        put(sheet, row, 1, text)
        put(sheet, row, 2, value, style)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 52, 20
