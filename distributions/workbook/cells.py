"""Cells, columns and formulas of a workbook. Text never becomes a formula; only what is written as one does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from blackgem.lib.export import CHARACTERS_PER_CELL, safe_text
from blackgem.lib.money import MOST_DECIMALS

MONEY, EXACT, RATE, DAY, NUMBER = "#,##0.00", "#,##0.000000", "0.00######%", "yyyy-mm-dd", "0"
_GIVEN = Font(name="Calibri", color="1F4E9E")
_HEAD, _TITLE = Font(name="Calibri", bold=True), Font(name="Calibri", bold=True, size=14)
_UNDER = Border(bottom=Side(style="thin"))
_TINT = PatternFill("solid", fgColor="F2F4F7")
OK, DIFFERS = "OK", "DIFFERS"
TERMS = "Terms"
#: Where the smallest amount of the currency stands.
UNIT = f"'{TERMS}'!$B$13"
#: Two amounts nearer to each other than this are the same: half of the finest unit.
SAME = "0.0005"


class Formula(str):
    """Text that is meant as a formula, without its equals sign."""

    __slots__ = ()


@dataclass(frozen=True)
class Columns:
    """The named columns of one sheet, as addresses."""

    sheet: str
    names: tuple[str, ...]

    def letter(self, name: str) -> str:
        return get_column_letter(self.names.index(name) + 1)

    def at(self, name: str, row: int) -> str:
        """An address within the sheet."""
        return f"${self.letter(name)}{row}"

    def far(self, name: str, row: int) -> str:
        """The same from another sheet."""
        return f"'{self.sheet}'!{self.at(name, row)}"

    def span(self, name: str, first: int, last: int) -> str:
        """A column's rows, from any sheet."""
        letter = self.letter(name)
        return f"'{self.sheet}'!${letter}${first}:${letter}${last}"


def put(sheet, row: int, column: int, value, style: str = MONEY, *, given: bool = False) -> None:
    """Write a cell: a Formula, a number, a day, or text that stays text. What was given is blue."""
    if value is None:
        return
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, Formula):
        cell.value = f"={value}"
    elif isinstance(value, Decimal | int | date):
        cell.value = value
    else:
        cell.value = safe_text(value)[:CHARACTERS_PER_CELL]
        cell.data_type = "s"
        style = "General"
    cell.number_format = style
    if given:
        cell.font = _GIVEN


def head(sheet, row: int, titles: Sequence[str], widths: Sequence[int] | int = 16) -> None:
    """A row of column headings; what is below it scrolls."""
    for column, title in enumerate(titles, start=1):
        put(sheet, row, column, title)
        cell = sheet.cell(row=row, column=column)
        cell.font, cell.border, cell.fill = _HEAD, _UNDER, _TINT
        cell.alignment = Alignment(wrap_text=True, vertical="bottom")
        width = widths if isinstance(widths, int) else widths[column - 1]
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = sheet.cell(row=row + 1, column=1)


def title(sheet, row: int, text: str) -> None:
    put(sheet, row, 1, text)
    sheet.cell(row=row, column=1).font = _TITLE


def note(sheet, row: int, text: str, *, bold: bool = False) -> None:
    put(sheet, row, 1, text)
    if bold:
        sheet.cell(row=row, column=1).font = _HEAD


def in_units(expression: str) -> Formula:
    """Rounded to whole units, half away from zero; what binary numbers leave behind the sixth decimal is dust."""
    return dusted(f"ROUND(ROUND(({expression})/{UNIT},6),0)*{UNIT}")


def dusted(expression: str) -> Formula:
    """A sum of whole units, without the dust: no currency has more than three decimals."""
    return Formula(f"ROUND({expression},{MOST_DECIMALS})")


def compared(recomputed: str, by_app: str) -> Formula:
    """OK where both are the same amount."""
    return Formula(f'IF(ABS({recomputed}-{by_app})<{SAME},"{OK}","{DIFFERS}")')


def show_units(sheets, unit: Decimal) -> None:
    """Give every cell of money the decimals of its currency."""
    shown = f"#,##{unit:f}".replace("1", "0")
    for sheet in sheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.number_format == MONEY:
                    cell.number_format = shown
