"""CSV and XLSX downloads, written row by row, with text that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from tempfile import TemporaryFile

import xlsxwriter

from blackgem.lib.money import from_units, to_units

ROWS_PER_CHUNK = 500
BYTES_PER_CHUNK = 64 * 1024
ROWS_PER_SHEET = 1_000_000  # a sheet ends at 1,048,576 rows
CHARACTERS_PER_CELL = 32_767

# What makes a spreadsheet read on: formula signs (their full-width forms too), and what can end a cell early.
_DANGEROUS = tuple('=+-@\t\r\n;"|%＝＋－＠')


class Kind(StrEnum):
    """What a column holds. Only text can be dangerous; numbers and dates stay what they are."""

    TEXT = "text"
    MONEY = "money"
    RATE = "rate"
    INTEGER = "integer"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export; `width` is in characters."""

    header: str
    kind: Kind = Kind.TEXT
    width: int = 18


def safe_text(value: object) -> str:
    """Text for a cell: with a leading apostrophe where a spreadsheet could take it for a formula."""
    text = "" if value is None else str(value)
    dangerous = text.startswith(_DANGEROUS) or text.lstrip().startswith(_DANGEROUS)
    return f"'{text}" if dangerous else text


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence], *, bom: bool = False) -> Iterator[bytes]:
    """The file in chunks, UTF-8. Text is quoted, numbers are not; amounts have two decimals and no separators.

    `bom` marks the encoding for a spreadsheet program; programs that read CSV rarely expect it. Raises MoneyError
    for an amount with more than two decimals.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    buffer.write("\ufeff" if bom else "")
    writer.writerow([safe_text(column.header) for column in columns])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_csv_cell(column.kind, value) for column, value in zip(columns, row, strict=True)])
        if number % ROWS_PER_CHUNK == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _csv_cell(kind: Kind, value: object) -> object:
    if value is None or kind == Kind.TEXT:
        return safe_text(value)
    if kind == Kind.MONEY:
        return _exact_amount(value)
    return value.isoformat() if isinstance(value, date) else value


def _exact_amount(value) -> Decimal:
    return from_units(to_units(value))


def write_xlsx(
    columns: Sequence[Column], rows: Iterable[Sequence], *, sheet: str, at: datetime
) -> Iterator[bytes]:
    """The workbook in chunks; rows are kept on disk, not in memory. `at` is the time it is dated with.

    A long export runs on over further sheets. Raises MoneyError for an amount with more than two decimals.
    """
    with TemporaryFile() as file:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            book.set_properties({"created": at})
            _fill_sheets(book, columns, rows, sheet)
        file.seek(0)
        while chunk := file.read(BYTES_PER_CHUNK):
            yield chunk


def _fill_sheets(
    book: xlsxwriter.Workbook, columns: Sequence[Column], rows: Iterable[Sequence], name: str
) -> None:
    styles = _styles(book)
    page = _new_sheet(book, columns, name, styles)
    at_row = sheets = 1
    for row in rows:
        if at_row == ROWS_PER_SHEET:
            sheets += 1
            page, at_row = _new_sheet(book, columns, f"{name} {sheets}", styles), 1
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write_cell(page, at_row, place, column.kind, value, styles)
        at_row += 1


def _styles(book: xlsxwriter.Workbook) -> dict[str, object]:
    formats = {
        Kind.MONEY: {"num_format": "#,##0.00_);(#,##0.00)"},
        Kind.RATE: {"num_format": "0.00######%"},
        Kind.INTEGER: {"num_format": "0"},
        Kind.DATE: {"num_format": "yyyy-mm-dd"},
        "header": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"},
    }
    return {name: book.add_format(properties) for name, properties in formats.items()}


def _new_sheet(book: xlsxwriter.Workbook, columns: Sequence[Column], name: str, styles: dict[str, object]):
    page = book.add_worksheet(name)
    page.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, safe_text(column.header), styles["header"])
    return page


def _write_cell(page, row: int, place: int, kind: Kind, value: object, styles: dict[str, object]) -> None:
    if value is None:
        return
    if kind == Kind.TEXT:
        page.write_string(row, place, safe_text(value)[:CHARACTERS_PER_CELL])
    elif kind == Kind.DATE:
        page.write_datetime(row, place, value, styles[kind])
    else:
        page.write_number(row, place, _exact_amount(value) if kind == Kind.MONEY else value, styles[kind])
