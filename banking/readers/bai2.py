"""BAI2, the cash management format of US banks: records of fields between commas, proved by totals and counts."""

import re
from collections import deque
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from banking.readers.form import (
    BOOKED,
    INFO,
    PROVED,
    Account,
    Balance,
    Collected,
    Entry,
    Progress,
    Read,
    Refused,
    Statement,
    known_account,
    prove,
    reference_or_none,
)
from banking.readers.mt940 import text_of
from banking.readers.numbers import WHOLE_NUMBER, amount_or_refuse, in_units, short_day
from banking.readers.words import cleaned

_CODES = ("01", "02", "03", "16", "49", "98", "99")
_COUNT_OF_RECORDS = re.compile(r"[0-9]{1,9}")
_COUNT_OF_DAYS = re.compile(r"[0-9]{1,3}")
_TYPE_CODE = re.compile(r"[0-9]{3}")
_OPENING, _CLOSING = "010", "015"


class Record:
    """A record and those that go on with it (88): its fields, then its text."""

    def __init__(self, code: str, line: int, content: str):
        self.code, self.line, self.physical = code, line, 1
        self.rest = deque([content])

    def go_on(self, content: str) -> None:
        self.rest.append(content)
        self.physical += 1

    def take(self) -> str | None:
        """The next field, or None when there is no more."""
        if not self.rest:
            return None
        field, comma, after = self.rest.popleft().partition(",")
        if comma and (after or not self.rest):
            self.rest.appendleft(after)
        return field.strip()

    def text(self) -> str:
        return " ".join(part for part in self.rest if part.strip())


@dataclass
class Statement03:
    account: Record
    entries: list[Record]


def read(data: bytes, accounts, progress: Progress | None = None) -> Read:
    """The statements of a file. Raises Refused: `bai2.control_total`, `bai2.count`, `file.format`, `file.encoding`."""
    lines = text_of(data).splitlines()
    records = _records(lines)
    last_line = max((n for n, line in enumerate(lines, 1) if line.strip()), default=1)
    collected = Collected("bai2")
    for group, found in _groups(records, last_line):
        for statement in found:
            collected.add(_statement, group, statement, accounts, last_line)
    if progress:
        progress(len(data), len(data))
    return collected.done()


def _records(lines: list[str]) -> list[Record]:
    records: list[Record] = []
    for number, line in enumerate(lines, 1):
        line = line.strip(" \t\x1a\x00")
        if not line:
            continue
        code, _, content = line.partition(",")
        code = code.rstrip("/").strip()
        content = content.removesuffix("/")
        if code == "88" and records:
            records[-1].go_on(content)
        elif code in _CODES:
            records.append(Record(code, number, content))
        else:
            raise Refused("file.format", number, code[:8], "there is no record of this kind")
    return records


@dataclass
class _Sums:
    """What the control records must say: the sum of amounts and the number of records since the last opening."""

    total: Decimal = Decimal(0)
    records: int = 0
    parts: int = 0

    def add(self, other: "_Sums") -> None:
        self.total += other.total
        self.records += other.records
        self.parts += 1


def _groups(records: list[Record], last_line: int) -> list[tuple[list[str], list[Statement03]]]:
    """The accounts of each group, with the fields of its 02; every total and count is checked on the way."""
    groups: list[tuple[list[str], list[Statement03]]] = []
    file, group, account = _Sums(), _Sums(), _Sums()
    expected: tuple[str, ...] = ("01",)
    for record in records:
        if record.code not in expected:
            gist = f"a record {record.code} stands where {' or '.join(expected)} is due"
            raise Refused("bai2.count", record.line, record.code, gist)
        if record.code == "01":
            file.records, expected = record.physical, ("02", "99")
        elif record.code == "02":
            group, expected = _Sums(records=record.physical), ("03", "98")
            groups.append((_fields(record), []))
        elif record.code == "03":
            account, expected = _Sums(_amounts(record), record.physical), ("16", "49")
            groups[-1][1].append(Statement03(record, []))
        elif record.code == "16":
            account.total += _amounts(record)
            account.records += record.physical
            groups[-1][1][-1].entries.append(record)
        elif record.code == "49":
            _check_control(record, account)
            group.add(account)
            expected = ("03", "98")
        elif record.code == "98":
            _check_control(record, group)
            file.add(group)
            expected = ("02", "99")
        else:
            _check_control(record, file)
            expected = ()
    if expected:
        raise Refused("bai2.count", last_line, "99", "the file ends before its last control record")
    return groups


def _fields(record: Record) -> list[str]:
    copy, found = _copy(record), []
    while (field := copy.take()) is not None:
        found.append(field)
    return found


def _copy(record: Record) -> Record:
    copy = Record(record.code, record.line, "")
    copy.rest = deque(record.rest)
    return copy


def _amounts(record: Record) -> Decimal:
    """The sum of the amounts as they are written, in the smallest unit."""
    if record.code == "16":
        fields = _copy(record)
        fields.take()
        return _units(fields.take())
    return sum((_units(amount) for _, amount in _summaries(record)[2]), Decimal(0))


def _units(text: str | None) -> Decimal:
    return Decimal(int(text)) if text and WHOLE_NUMBER.fullmatch(text) else Decimal(0)


def _check_control(record: Record, sums: _Sums) -> None:
    """49: total, records. 98 and 99: total, accounts or groups, records. The record itself counts."""
    sums.records += record.physical
    fields = [*_fields(record), "", "", ""]
    if not WHOLE_NUMBER.fullmatch(fields[0]) or Decimal(int(fields[0])) != sums.total:
        gist = f"control total {fields[0][:20] or 'none'} stated, {sums.total} computed"
        raise Refused("bai2.control_total", record.line, record.code, gist)
    counts = [fields[1]] if record.code == "49" else [fields[1], fields[2]]
    computed = [sums.records] if record.code == "49" else [sums.parts, sums.records]
    for stated, counted in zip(counts, computed, strict=True):
        if not _COUNT_OF_RECORDS.fullmatch(stated) or int(stated) != counted:
            gist = f"{stated[:20] or 'none'} stated, {counted} counted"
            raise Refused("bai2.count", record.line, record.code, gist)


def _summaries(record: Record) -> tuple[str, str, list[tuple[str, str]]]:
    """Number, currency, and the type code and amount of each balance or summary of an 03."""
    fields = _copy(record)
    number, currency = fields.take() or "", fields.take() or ""
    found: list[tuple[str, str]] = []
    while (kind := fields.take()) is not None:
        if not kind:
            continue
        amount = fields.take() or ""
        fields.take()
        _funds(fields)
        found.append((kind, amount))
    return number, currency, found


def _funds(fields: Record) -> str | None:
    """Skip the funds type and what belongs to it; the value date, where it says one."""
    kind = (fields.take() or "").upper()
    if kind == "V":
        day = fields.take()
        fields.take()
        return day
    more = 3 if kind == "S" else 0
    if kind == "D":
        count = fields.take() or ""
        more = 2 * int(count) if _COUNT_OF_DAYS.fullmatch(count) else 0
    for _ in range(more):
        fields.take()
    return None


def _statement(group: list[str], found: Statement03, accounts, last_line: int) -> Statement:
    group = [*group, "", "", "", "", "", ""]
    record = found.account
    number, currency, summaries = _summaries(record)
    account = known_account(accounts, number, currency or group[5] or None, group[1], record.line, "03")
    day = short_day(group[3], record.line, "02")
    balances = {}
    for kind, name in ((_OPENING, "opening"), (_CLOSING, "closing")):
        stated = next((amount for code, amount in summaries if code == kind and amount), None)
        if stated is None:
            raise Refused(
                f"statement.{name}_missing", last_line, kind, f"there is no {name} balance ({kind})"
            )
        amount = amount_or_refuse(in_units(stated, account.currency), stated, record.line, kind)
        balances[kind] = Balance(amount=amount, line=record.line, element="03")
    entries = tuple(_entry(row, account, n, day) for n, row in enumerate(found.entries, 1))
    prove(balances[_OPENING], entries, balances[_CLOSING])
    return Statement(
        account_id="".join(number.split()),
        bank=group[1] or None,
        currency=account.currency,
        first_day=day,
        last_day=day,
        opening=balances[_OPENING],
        closing=balances[_CLOSING],
        balance=PROVED,
        entries=entries,
    )


def _entry(record: Record, account: Account, n: int, day: date) -> Entry:
    fields = _copy(record)
    kind, stated = fields.take() or "", fields.take() or ""
    value = _funds(fields)
    code = int(kind) if _TYPE_CODE.fullmatch(kind) else 0
    if not (100 <= code <= 699 or code >= 890):
        raise Refused(
            "entry.direction", record.line, "16", f"type {kind[:10]} is neither a credit nor a debit"
        )
    info = code >= 890
    amount = in_units(stated or ("0" if info else ""), account.currency)
    read = amount_or_refuse(amount, stated, record.line, "16", "the amount in cents")
    bank, customer = fields.take(), fields.take()
    return cleaned(
        Entry(
            n=n,
            line=record.line,
            status=INFO if info else BOOKED,
            booking_date=day,
            value_date=short_day(value, record.line, "16") if value else day,
            amount=-read if 400 <= code <= 699 else read,
            reference=reference_or_none(bank),
            customer_reference=reference_or_none(customer),
            text=fields.text() or None,
        )
    )
