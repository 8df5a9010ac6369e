"""SWIFT MT940: statements in fields such as `:61:`, on one or more pages."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from banking.readers.form import (
    PROVED,
    Balance,
    Collected,
    Entry,
    Progress,
    Read,
    Refused,
    Statement,
    days_of,
    known_account,
    prove,
    reference_or_none,
)
from banking.readers.mt940_text import details_of
from banking.readers.numbers import amount_or_refuse, short_day, with_comma
from banking.readers.words import cleaned
from banking.readers.xml import decode

_TAG = re.compile(r":([0-9]{2}[A-Z]?|NS):(.*)")
_BALANCE = re.compile(r"([A-Z]+)([0-9]{6})([A-Z]{3})(.*)")
_MARK = re.compile(r"(R?[CD])([A-Z]?)(?=[0-9,.])")
_ENTRY_KIND = re.compile(r"[A-Z][A-Z0-9]{3}")
_PAGE_NUMBER = re.compile(r"[0-9]{1,9}")
_LINE = re.compile(r"([0-9]{6})([0-9]{4})?(.*)")
_IBAN_AND_CURRENCY = re.compile(r"([A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}?)([A-Z]{3})")
_SIGN = {"C": 1, "D": -1, "RC": -1, "RD": 1}


@dataclass
class Field:
    tag: str
    line: int
    lines: list[str]

    @property
    def name(self) -> str:
        return f":{self.tag}:"


def read(data: bytes, accounts, progress: Progress | None = None) -> Read:
    """The statements of a file. Raises Refused: `mt940.field`, `file.encoding`."""
    lines = text_of(data).splitlines()
    last_line = max((n for n, line in enumerate(lines, 1) if line.strip()), default=1)
    collected = Collected("mt940")
    messages = _messages(lines)
    for done, pages in enumerate(_joined(messages), 1):
        collected.add(_statement, pages, accounts, last_line)
        if progress:
            progress(len(data) * done // len(messages), len(data))
    return collected.done()


def text_of(data: bytes) -> str:
    """UTF-8, else Windows-1252: the format says nothing about it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode(data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(data, "cp1252")


def _messages(lines: list[str]) -> list[list[Field]]:
    """The fields of each message; one begins with `:20:`."""
    messages: list[list[Field]] = []
    inside = False
    for number, line in enumerate(lines, 1):
        found = _TAG.match(line)
        if found and found[1] == "20":
            messages.append([])
            inside = True
        if found and inside:
            messages[-1].append(Field(found[1], number, [found[2]]))
        elif line.strip() in ("-", "-}") or line.startswith(("{", "-}")):
            inside = False
        elif inside:
            messages[-1][-1].lines.append(line)
        elif line.strip(" \t\x03\x01\x1a"):
            raise Refused("mt940.field", number, line.strip()[:8], "the line belongs to no field")
    if not messages:
        raise Refused("mt940.field", max(1, len(lines)), ":20:", "no statement begins")
    return messages


def _one(message: list[Field], *tags: str) -> Field | None:
    return next((field for field in message if field.tag in tags), None)


def _number(message: list[Field]) -> tuple[str | None, int | None]:
    """The statement's number, and the page."""
    field = _one(message, "28C", "28")
    if field is None:
        return None, None
    number, _, page = field.lines[0].strip().partition("/")
    return number or None, int(page) if _PAGE_NUMBER.fullmatch(page) else None


def _joined(messages: list[list[Field]]) -> list[list[list[Field]]]:
    """Messages that are pages of one statement: an intermediate opening goes on with the message before."""
    found: list[list[list[Field]]] = []
    for message in messages:
        if found and _one(message, "60M") and not _one(found[-1][-1], "62F"):
            found[-1].append(message)
        else:
            found.append([message])
    return found


def _statement(pages: list[list[Field]], accounts, last_line: int) -> Statement:
    first = pages[0]
    of = _one(first, "25", "25P")
    if of is None:
        raise Refused("mt940.field", last_line, ":25:", "the statement does not say of which account it is")
    bank, number = _account_number(of.lines[0])
    opened = _one(first, "60F", "60M")
    known_account(accounts, number, None, bank, of.line, of.name)
    if opened is None:
        raise Refused("statement.opening_missing", last_line, ":60F:", "there is no opening balance")
    opening, currency = _balance(opened)
    account = known_account(accounts, number, currency, bank, opened.line, opened.name)
    if opened.tag == "60M":
        raise Refused("statement.page", opened.line, opened.name, "the page before this one is missing")
    entries: list[Entry] = []
    for page in pages:
        entries += _entries(page, account.currency, len(entries))
    closing = _tied(pages, account.currency, last_line)
    prove(opening, entries, closing)
    assert closing.on
    first_day, last_day = days_of(entries, last=closing.on)
    return Statement(
        account_id=number,
        bank=bank,
        currency=currency,
        statement_id=_number(first)[0],
        first_day=first_day,
        last_day=last_day,
        opening=opening,
        closing=closing,
        balance=PROVED,
        entries=tuple(entries),
    )


def _tied(pages: list[list[Field]], currency: str, last_line: int) -> Balance:
    """The closing balance, once every page begins where the one before ended. Raises `statement.page`."""

    def number_of(page: list[Field]) -> tuple:
        of = _one(page, "25", "25P")
        return _number(page)[0], of and of.lines[0].strip()

    before: Balance | None = None
    for place, page in enumerate(pages):
        opened = _one(page, "60F", "60M")
        closed = _one(page, "62F", "62M")
        number = _number(page)[1]
        if place and opened and before:
            earlier = _number(pages[place - 1])
            if number is not None and earlier[1] is not None and number != earlier[1] + 1:
                gist = f"page {number} follows page {earlier[1]}"
                raise Refused("statement.page", opened.line, opened.name, gist)
            if number_of(page) != number_of(pages[0]):
                raise Refused("statement.page", opened.line, opened.name, "the page is of another statement")
            if _balance(opened)[0].amount != before.amount:
                gist = f"the page begins at {_balance(opened)[0].amount:,}, the one before ended at {before.amount:,}"
                raise Refused("statement.page", opened.line, opened.name, gist)
        if closed is None:
            raise Refused("statement.closing_missing", last_line, ":62F:", "there is no closing balance")
        before, found = _balance(closed)
        if found != currency:
            gist = f"the balance is in {found}, the account in {currency}"
            raise Refused("entry.currency", closed.line, closed.name, gist)
        if place == len(pages) - 1 and closed.tag == "62M":
            raise Refused("statement.page", last_line, ":62F:", "the last page is missing")
    assert before
    return before


def _account_number(text: str) -> tuple[str | None, str]:
    """Bank and number: what follows the last `/`, without spaces, and without a currency behind an IBAN."""
    bank, _, number = text.strip().rpartition("/")
    number = "".join(number.split())
    found = _IBAN_AND_CURRENCY.fullmatch(number)
    if found and _is_iban(found[1]) and not _is_iban(number):
        number = found[1]
    return bank.strip() or None, number


def _is_iban(number: str) -> bool:
    turned = number[4:] + number[:4]
    return number.isalnum() and int("".join(str(int(one, 36)) for one in turned)) % 97 == 1


def _balance(field: Field) -> tuple[Balance, str]:
    found = _BALANCE.fullmatch(field.lines[0].strip())
    if not found:
        raise Refused("mt940.field", field.line, field.name, "expected such as C260302USD71250,00")
    if found[1] not in ("C", "D"):
        raise Refused("entry.direction", field.line, field.name, "the balance is neither C nor D")
    day = short_day(found[2], field.line, field.name)
    amount = amount_or_refuse(with_comma(found[4], found[3]), found[4], field.line, field.name, "71250,00")
    return Balance(amount=_SIGN[found[1]] * amount, on=day, line=field.line, element=field.name), found[3]


def _entries(message: list[Field], currency: str, count: int) -> list[Entry]:
    """The entries of a page; an `:86:` belongs to the `:61:` right before it."""
    entries: list[Entry] = []
    for place, field in enumerate(message):
        if field.tag == "61":
            after = message[place + 1] if place + 1 < len(message) else None
            details = details_of(
                after.lines if after and after.tag == "86" else [], field.lines[1:], currency
            )
            entry = _line(field, currency, count + len(entries) + 1)
            entries.append(cleaned(replace(entry, **details)))
    return entries


def _line(field: Field, currency: str, n: int) -> Entry:
    """A `:61:`: value date, entry date, mark, amount, kind, and the two references."""
    text = field.lines[0].strip()
    found = _LINE.match(text)
    if not found:
        raise Refused("mt940.field", field.line, field.name, "expected such as 2603020302C6000,00NTRFNONREF")
    value_date = short_day(found[1], field.line, field.name)
    mark = _MARK.match(found[3])
    if not mark:
        raise Refused(
            "entry.direction", field.line, field.name, "neither C, D, RC nor RD stands before the amount"
        )
    rest = found[3][mark.end() :]
    digits = rest[: len(rest) - len(rest.lstrip("0123456789.,'"))]
    amount = amount_or_refuse(with_comma(digits, currency), digits, field.line, field.name, "such as 5600,00")
    kind = _ENTRY_KIND.match(rest, len(digits))
    if not kind:
        raise Refused("mt940.field", field.line, field.name, "no kind of transaction follows the amount")
    customer, _, bank = rest[kind.end() :].partition("//")
    return Entry(
        n=n,
        line=field.line,
        booking_date=_entry_day(found[2], value_date, field) if found[2] else value_date,
        value_date=value_date,
        amount=Decimal(_SIGN[mark[1]]) * amount,
        reversal=mark[1].startswith("R"),
        reference=reference_or_none(bank),
        customer_reference=reference_or_none(customer),
    )


def _entry_day(text: str, value_date: date, field: Field) -> date:
    """MMDD in the year that brings it nearest to the value date."""
    days = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        try:
            days.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    if not days:
        raise Refused("entry.date", field.line, field.name, f"“{text}” is no day")
    return min(days, key=lambda day: abs(day - value_date))
