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

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.money import from_units, to_units, unit_of

ROWS_PER_CHUNK = 500
BYTES_PER_CHUNK = 64 * 1024
ROWS_PER_SHEET = 1_000_000  # a sheet ends at 1,048,576 rows
CHARACTERS_PER_CELL = 32_767

# What makes a spreadsheet read on: formula signs (their full-width forms too), and what can end a cell early.
_DANGEROUS = tuple('=+-@\t\r\n;"|%＝＋－＠')


class Kind(StrEnum):
    """What a column holds. Only text can be dangerous; numbers and dates stay what they are.

    A column of currencies says, row by row, in which one the row's amounts are; without one they have two decimals.
    """

    TEXT = "text"
    CURRENCY = "currency"
    MONEY = "money"
    RATE = "rate"
    INTEGER = "integer"
    DATE = "date"


_TEXTS = {Kind.TEXT, Kind.CURRENCY}
_USUAL = "USD"


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
    """The file in chunks, UTF-8. Text is quoted, numbers are not; amounts have their currency's decimals.

    `bom` marks the encoding for a spreadsheet program; programs that read CSV rarely expect it. Raises MoneyError
    for an amount with more decimals than that.
    """
    currencies = _currencies(columns)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    buffer.write("\ufeff" if bom else "")
    writer.writerow([safe_text(column.header) for column in columns])
    for number, row in enumerate(rows, start=1):
        unit = unit_of(_currency_of(row, currencies))
        cells = zip(columns, row, strict=True)
        writer.writerow([_csv_cell(column.kind, value, unit) for column, value in cells])
        if number % ROWS_PER_CHUNK == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _currencies(columns: Sequence[Column]) -> int | None:
    """Where the column of currencies stands."""
    return next((place for place, column in enumerate(columns) if column.kind == Kind.CURRENCY), None)


def _currency_of(row: Sequence, currencies: int | None) -> str:
    """In which currency the amounts of a row are; one without any names none."""
    return (row[currencies] if currencies is not None else "") or _USUAL


def _csv_cell(kind: Kind, value: object, unit: Decimal) -> object:
    if value is None or kind in _TEXTS:
        return safe_text(value)
    if kind == Kind.MONEY:
        return _exact_amount(value, unit)
    return value.isoformat() if isinstance(value, date) else value


def _exact_amount(value, unit: Decimal) -> Decimal:
    return from_units(to_units(value, unit), unit)


def write_xlsx(
    columns: Sequence[Column], rows: Iterable[Sequence], *, sheet: str, at: datetime
) -> Iterator[bytes]:
    """The workbook in chunks; rows are kept on disk, not in memory. `at` is the time it is dated with.

    A long export runs on over further sheets. Raises MoneyError for an amount finer than its currency.
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
    styles, currencies = _styles(book), _currencies(columns)
    page = _new_sheet(book, columns, name, styles)
    at_row = sheets = 1
    for row in rows:
        if at_row == ROWS_PER_SHEET:
            sheets += 1
            page, at_row = _new_sheet(book, columns, f"{name} {sheets}", styles), 1
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            currency = _currency_of(row, currencies)
            _write_cell(page, at_row, place, column.kind, value, currency, styles)
        at_row += 1


def _styles(book: xlsxwriter.Workbook) -> dict[str, object]:
    formats = {
        Kind.RATE: {"num_format": "0.00######%"},
        Kind.INTEGER: {"num_format": "0"},
        Kind.DATE: {"num_format": "yyyy-mm-dd"},
        "header": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"},
    }
    formats |= {code: {"num_format": amount_format(code)} for code in CURRENCIES}
    return {name: book.add_format(properties) for name, properties in formats.items()}


def amount_format(currency: str) -> str:
    """How a spreadsheet shows an amount: its currency's decimals, negative in parentheses."""
    places = CURRENCIES[currency].exponent
    shown = "#,##0." + "0" * places if places else "#,##0"
    return f"{shown}_);({shown})"


def _new_sheet(book: xlsxwriter.Workbook, columns: Sequence[Column], name: str, styles: dict[str, object]):
    page = book.add_worksheet(name)
    page.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, safe_text(column.header), styles["header"])
    return page


def _write_cell(
    page, row: int, place: int, kind: Kind, value: object, currency: str, styles: dict[str, object]
) -> None:
    if value is None:
        return
    if kind in _TEXTS:
        page.write_string(row, place, safe_text(value)[:CHARACTERS_PER_CELL])
    elif kind == Kind.DATE:
        page.write_datetime(row, place, value, styles[kind])
    elif kind == Kind.MONEY:
        page.write_number(row, place, _exact_amount(value, unit_of(currency)), styles[currency])
    else:
        page.write_number(row, place, value, styles[kind])
