"""CSV: a table whose columns a person named once for the account. A header other than the one named is refused."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn

from banking.readers.form import (
    PROVED,
    UNPROVED,
    Account,
    Balance,
    Entry,
    Progress,
    Read,
    Refused,
    Statement,
    reference_or_none,
)
from banking.readers.numbers import for_people
from banking.readers.words import cleaned
from banking.readers.xml import decode

_LONGEST_CELL = 1_000_000
_PART_OF_DAY = re.compile(r"(YYYY|YY|MM|DD|M|D)")
_PARTS_OF_DAY = {"YYYY", "YY", "MM", "DD", "M", "D"}


@dataclass(frozen=True)
class Row:
    line: int
    cells: list[str]


class Table:
    """Rows of a file under the mapping's header, cells found by the name that the mapping gives."""

    def __init__(self, data: bytes, mapping: dict):
        self.mapping = mapping
        text = _decoded(data, str(mapping.get("encoding") or "utf-8"))
        skip = int(mapping.get("skip_rows") or 0)
        lines = io.StringIO(text, newline="").readlines() if "\n" in text else text.splitlines(keepends=True)
        self.last_line = max((n for n, line in enumerate(lines, 1) if line.strip()), default=1)
        rows = _rows(lines[skip:], skip, str(mapping.get("delimiter") or ","))
        if not rows:
            raise Refused("csv.header", self.last_line, "header", "there is no header")
        self.header = [cell.strip().lstrip("\ufeff") for cell in rows[0].cells]
        self.header_line, self.rows = rows[0].line, rows[1:]
        self._check_header()
        for row in self.rows:
            if len(row.cells) != len(self.header):
                gist = f"{len(row.cells)} cells, the header has {len(self.header)}"
                raise Refused(
                    "csv.cells", row.line, "row", gist, column=min(len(row.cells), len(self.header)) + 1
                )

    def _check_header(self) -> None:
        remembered = self.mapping.get("header")
        if remembered and [str(name) for name in remembered] != self.header:
            raise Refused("csv.header", self.header_line, "header", "the header is not the one remembered")
        for name in self._named():
            if self.header.count(name) != 1:
                gist = f"the header has {self.header.count(name) or 'no'} “{name}”"
                raise Refused("csv.header", self.header_line, name, gist)

    def _named(self) -> list[str]:
        amount = self.mapping.get("amount") or {}
        columns = self.mapping.get("columns") or {}
        directed = amount.get("direction")
        named = [amount["column"]] if amount.get("column") else [amount.get("debit"), amount.get("credit")]
        named += [directed] if directed and amount.get("column") else []
        return [str(name) for name in [*named, *columns.values()] if name]

    def column(self, name: str) -> int:
        """The place of the cell, from 1."""
        return self.header.index(name) + 1

    def cell(self, row: Row, kind: str) -> str:
        """What stands in the column that the mapping gives for it; empty where it gives none."""
        name = (self.mapping.get("columns") or {}).get(kind)
        return row.cells[self.column(name) - 1].strip() if name else ""


def _decoded(data: bytes, encoding: str) -> str:
    plain = encoding.lower().replace("_", "-")
    if plain in ("utf-8", "utf8"):
        plain = "utf-8-sig"
    if plain in ("utf-16-le", "utf-16-be", "utf-16le", "utf-16be") and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        plain = "utf-16"
    return decode(data, plain)


def _rows(lines: list[str], skip: int, delimiter: str) -> list[Row]:
    """The rows with anything in them, each with the line on which it begins."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[Row] = []
    line = skip + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, cells))
            line = skip + reader.line_num + 1
    except csv.Error as error:
        raise Refused("csv.cells", line, "row", str(error)) from error
    return rows


def read(data: bytes, account: Account, mapping: dict, progress: Progress | None = None) -> Read:
    """The one statement of a file. Raises Refused: `csv.…`, `entry.…`, `statement.balance`, `file.…`."""
    table = Table(data, mapping)
    if not table.rows:
        raise Refused("file.empty", table.last_line, "row", "there are no rows under the header")
    entries = tuple(_entry(table, row, account, n) for n, row in enumerate(table.rows, 1))
    opening, closing = _balances(table, account, [entry.amount for entry in entries])
    days = [entry.booking_date for entry in entries]
    if progress:
        progress(len(data), len(data))
    statement = Statement(
        account_id="".join(account.id.split()),
        currency=account.currency,
        first_day=min(days),
        last_day=max(days),
        opening=opening,
        closing=closing,
        balance=PROVED if opening else UNPROVED,
        entries=entries,
    )
    return Read("csv", (statement,))


def _entry(table: Table, row: Row, account: Account, n: int) -> Entry:
    currency = table.cell(row, "currency")
    if currency and currency.upper() != account.currency:
        name = table.mapping["columns"]["currency"]
        gist = f"the entry is in {currency[:10]}, the account in {account.currency}"
        raise Refused("entry.currency", row.line, name, gist, column=table.column(name))
    days = [day for kind in ("booking_date", "value_date") if (day := _day(table, row, kind))]
    if not days:
        name = table.mapping["columns"].get("booking_date", "booking_date")
        column = table.column(name) if name in table.header else None
        raise Refused("entry.date", row.line, name, "the entry has no day", column=column)
    words: dict = {kind: table.cell(row, kind) or None for kind in ("name", "account", "text")}
    references: dict = {
        kind: reference_or_none(table.cell(row, kind))
        for kind in ("reference", "customer_reference", "end_to_end_id", "creditor_reference")
    }
    amount = _amount(table, row, account.currency)
    return cleaned(
        Entry(
            n=n,
            line=row.line,
            booking_date=days[0],
            value_date=days[-1],
            amount=amount,
            **words,
            **references,
        )
    )


def _day(table: Table, row: Row, kind: str) -> date | None:
    text = table.cell(row, kind)
    if not text:
        return None
    form = str(table.mapping.get("date") or "YYYY-MM-DD")
    name = table.mapping["columns"][kind]
    read = _parts_of_day(text, _PART_OF_DAY.split(form), (2,) if form.isalpha() else (2, 1)) or {}
    try:
        year = read["Y"]
        return date(year if year > 99 else 2000 + year, read["M"], read["D"])
    except (KeyError, ValueError):
        gist = f"“{text[:40]}” is no day written {form}"
        raise Refused("entry.date", row.line, name, gist, column=table.column(name)) from None


def _parts_of_day(text: str, pieces: list[str], widths: tuple[int, ...]) -> dict[str, int] | None:
    """Year, month and day of a text that is written as the pieces say, days and months in so many digits."""
    if not pieces:
        return None if text else {}
    piece, *later = pieces
    if piece not in _PARTS_OF_DAY:
        return _parts_of_day(text[len(piece) :], later, widths) if text.startswith(piece) else None
    for width in (len(piece),) if piece[0] == "Y" else widths:
        digits = text[:width]
        if len(digits) == width and not digits.strip("0123456789"):
            read = _parts_of_day(text[width:], later, widths)
            if read is not None and piece[0] not in read:
                return {piece[0]: int(digits), **read}
    return None


def _amount(table: Table, row: Row, currency: str) -> Decimal:
    """One signed column; one with a direction beside it; or two, of which a debit's sign is as the mapping says."""
    how = table.mapping.get("amount") or {}
    if how.get("column"):
        amount = _number(table, row, str(how["column"]), currency)
        if amount is None:
            _no_amount(table, row, str(how["column"]), "")
        return amount * _direction(table, row, how) if how.get("direction") else amount
    debit, credit = (_number(table, row, str(how[side]), currency) for side in ("debit", "credit"))
    if debit is None and credit is None:
        _no_amount(table, row, str(how["credit"]), "")
    if debit and credit:
        _no_amount(table, row, str(how["credit"]), "a debit and a credit at once")
    out = debit or Decimal(0)
    return (credit or Decimal(0)) + (out if how.get("debit_is") == "negative" else -out)


def _direction(table: Table, row: Row, how: dict) -> int:
    name = str(how["direction"])
    said = row.cells[table.column(name) - 1].strip().casefold()
    for word, sign in (("credit", 1), ("debit", -1)):
        if said == str(how.get(word, word)).strip().casefold():
            return sign
    raise Refused(
        "entry.direction", row.line, name, f"“{said[:40]}” is no direction", column=table.column(name)
    )


def _number(table: Table, row: Row, name: str, currency: str) -> Decimal | None:
    """The amount of a cell, or None where it is empty."""
    text = row.cells[table.column(name) - 1].strip()
    if not text:
        return None
    amount = for_people(text, currency, str(table.mapping.get("decimal") or "."))
    if amount is None:
        _no_amount(table, row, name, text)
    return amount


def _no_amount(table: Table, row: Row, name: str, text: str) -> NoReturn:
    expected = "5.600,00 or 5600,00" if table.mapping.get("decimal") == "," else "5,600.00 or 5600.00"
    gist = f"“{text[:40]}” is no amount; expected {expected}"
    raise Refused("entry.amount", row.line, name, gist, column=table.column(name))


def _balances(
    table: Table, account: Account, amounts: list[Decimal]
) -> tuple[Balance | None, Balance | None]:
    """Opening and closing by the balance column, whichever way the rows run; none where there is no such column.

    Raises `statement.balance` at the row where the better of the two ways breaks.
    """
    name = (table.mapping.get("columns") or {}).get("balance")
    if not name:
        return None, None
    stated = [_number(table, row, name, account.currency) for row in table.rows]
    if all(one is None for one in stated):
        return None, None
    down = _run(amounts, stated)
    up = _run(amounts[::-1], stated[::-1])
    for opening, closing, broken in (down, up):
        if broken is None:
            return Balance(amount=opening), Balance(amount=closing)
    upwards = _newest_first(table)
    broken = (up if upwards else down)[2] or 0
    place = len(amounts) - 1 - broken if upwards else broken
    gist = f"the balance {stated[place]:,} does not follow from the row before"
    raise Refused("statement.balance", table.rows[place].line, name, gist, column=table.column(name))


def _newest_first(table: Table) -> bool:
    """Whether the rows run from the newest day to the oldest."""
    days = [_day(table, row, "booking_date") for row in (table.rows[0], table.rows[-1])]
    return bool(days[0] and days[1] and days[0] > days[1])


def _run(amounts: list[Decimal], stated: list[Decimal | None]) -> tuple[Decimal, Decimal, int | None]:
    """The balances before and after the rows, by the first that is stated; the first row that contradicts it."""
    total, opening, broken = Decimal(0), None, None
    for place, (amount, balance) in enumerate(zip(amounts, stated, strict=True)):
        total += amount
        if balance is None:
            continue
        if opening is None:
            opening = balance - total
        elif balance != opening + total and broken is None:
            broken = place
    assert opening is not None
    return opening, opening + total, broken
