"""A table of partners as it is pasted from a spreadsheet or a CSV file: rows of cells by column, nothing lost."""

import csv
import io
from dataclasses import dataclass, field

MOST_CHARACTERS = 100_000
MOST_ROWS = 200
#: The columns in the order in which a table without headings has them.
COLUMNS = ("name", "kind", "amount", "closing_date", "contact_name", "email", "address")
_HEADINGS = {
    "name": ("name", "investor", "investorname", "lp", "lpname", "partner", "limitedpartner"),
    "kind": ("kind", "type", "investortype"),
    "amount": ("amount", "commitment", "commitmentamount", "committed"),
    "closing_date": ("closingdate", "closing", "date"),
    "contact_name": ("contact", "contactname", "contactperson"),
    "email": ("email", "mail", "emailaddress", "contactemail"),
    "address": ("address", "postaladdress"),
}
_COLUMN_OF = {heading: column for column, headings in _HEADINGS.items() for heading in headings}


@dataclass
class Pasted:
    """The rows that were read, what could not be read, and the headings of columns that are not taken."""

    rows: list[dict[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_pasted(text: str) -> Pasted:
    """Read a table whose cells are separated by tabs, else semicolons or commas, with quotes as CSV has them.

    A first row of headings says which column is which. A row with more cells than there are columns is a problem: an
    amount with commas outside quotes, mostly. Work is linear, and bounded by `MOST_CHARACTERS`.
    """
    pasted = Pasted()
    if len(text) > MOST_CHARACTERS:
        pasted.problems.append(f"At most {MOST_CHARACTERS:,} characters at a time, please.")
        return pasted
    try:
        lines = [
            line
            for line in csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
            if any(line)
        ]
    except csv.Error:
        pasted.problems.append("A quotation mark is opened and not closed.")
        return pasted
    columns = _columns_of(lines[0], pasted) if lines else None
    _take(pasted, lines[1:] if columns else lines, columns or COLUMNS, first=2 if columns else 1)
    return pasted


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return "\t" if "\t" in text else ";" if ";" in first else ","


def _columns_of(line: list[str], pasted: Pasted) -> list[str | None] | None:
    """Which column each heading names; None for one that is not taken. No list where the row is none of headings."""
    columns = [_COLUMN_OF.get("".join(sign for sign in cell.lower() if sign.isalnum())) for cell in line]
    if "name" not in columns or "amount" not in columns:
        return None
    pasted.left_out += [
        cell.strip() for cell, column in zip(line, columns, strict=True) if not column and cell.strip()
    ]
    return columns


def _take(pasted: Pasted, lines, columns, *, first: int) -> None:
    if len(lines) > MOST_ROWS:
        pasted.problems.append(f"At most {MOST_ROWS} rows at a time, please: these are {len(lines)}.")
        return
    for number, line in enumerate(lines, first):
        cells = [cell.strip() for cell in line]
        if any(cells[len(columns) :]):
            pasted.problems.append(
                f"Row {number} has {len(cells)} cells, and there are {len(columns)} columns. Put amounts with commas "
                "in quotation marks, or paste from the spreadsheet itself."
            )
        pasted.rows.append({column: cell for column, cell in zip(columns, cells, strict=False) if column})
