"""A workbook as IronCalc, a spreadsheet engine that is not ours, recalculates it: cells by their column's heading."""

from decimal import Decimal

import ironcalc
from openpyxl import load_workbook

CENT = Decimal("0.01")


class Recalculated:
    """`path` is the file. Every formula is worked out anew; nothing that the file says of results is read."""

    def __init__(self, path):
        self.book = load_workbook(path)
        self.model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        self.model.evaluate()
        self.sheets = {name: index for index, name in enumerate(self.book.sheetnames)}

    def cell(self, sheet: str, row: int, column: int):
        return self.model.get_cell_value(self.sheets[sheet], row, column)

    @property
    def verdict(self) -> str:
        return self.cell("Result", 5, 2)

    def rows(self, sheet: str, head: int) -> list[dict]:
        """Every row below the headings."""
        page = self.book[sheet]
        titles = [page.cell(row=head, column=column).value for column in range(1, page.max_column + 1)]
        return [
            {title: self.cell(sheet, row, column) for column, title in enumerate(titles, start=1)}
            for row in range(head + 1, page.max_row + 1)
        ]

    def steps(self) -> dict[str, tuple[Decimal, Decimal, str]]:
        """What each step pays, recomputed: to the LPs, to the GP, and the check."""
        return {
            row["Step"]: (cents(row["To LPs"]), cents(row["To GP"]), row["Check"])
            for row in self.rows("Result", 10)
        }

    def partners(self) -> dict[str, dict]:
        return {row["Partner"]: row for row in self.rows("Partners", 4)}

    def errors(self) -> list[tuple[str, str]]:
        """Formulas that end in an error."""
        found = []
        for name in self.book.sheetnames:
            for row in self.book[name].iter_rows():
                for cell in row:
                    value = self.cell(name, cell.row, cell.column) if cell.value is not None else ""
                    if isinstance(value, str) and value.startswith("#"):
                        found.append((f"{name}!{cell.coordinate}", value))
        return found


def cents(number) -> Decimal:
    """A number of the engine, which is binary, as the amount that it shows."""
    return Decimal(repr(number or 0)).quantize(CENT)
