"""OFX 1 (SGML) and 2 (XML). There is no opening balance: nothing in the file proves it."""

import html
import re
from datetime import date
from decimal import Decimal

from banking.readers import xml
from banking.readers.form import (
    BOOKED,
    PENDING,
    UNPROVED,
    Account,
    Balance,
    Collected,
    Entry,
    Progress,
    Read,
    Refused,
    Statement,
    days_of,
    known_account,
    reference_or_none,
)
from banking.readers.numbers import amount_or_refuse, exponent_of, short_day, with_either
from banking.readers.words import cleaned
from banking.readers.xml import Node

_TOKEN = re.compile(r"<(/?)([A-Za-z0-9._]+)>([^<]*)")
_END_TAG = re.compile(r"</([A-Za-z0-9._]+)>")
_HEADER = re.compile(r"^[^\S\n]*([A-Z]+):(.*)$", re.MULTILINE)
_CODE_PAGE = re.compile(r"[0-9]{3,4}")
_CURRENCY_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_POSTED_DAY = re.compile(r"[0-9]{8}($|[0-9\[.:T ])")
_STATEMENTS = ("STMTRS", "CCSTMTRS")


def read_xml(data: bytes, accounts, progress: Progress | None = None) -> Read:
    """OFX 2. Raises Refused: `xml.…`, `file.encoding`."""
    xml.check_well_formed(data)
    kept: list[Node] = []

    def root(_: str, name: str, line: int) -> None:
        if name.upper() != "OFX":
            raise Refused("file.format", line, name, "this XML is no bank statement")

    xml.walk(
        data,
        root=root,
        taken=frozenset(_STATEMENTS),
        take=lambda node, _: kept.append(node),
        progress=progress,
    )
    return _statements("ofx2", kept, accounts, xml.last_line(data))


def read_sgml(data: bytes, accounts, progress: Progress | None = None) -> Read:
    """OFX 1: values without end tags. Raises Refused: `file.encoding`, `file.format`."""
    text = _decoded(data)
    last_line = text.rstrip().count("\n") + 1
    statements = _sgml_statements(text)
    if progress:
        progress(len(data), len(data))
    read = _statements("ofx1", statements, accounts, last_line)
    if "</OFX>" not in text.upper() and read.statements:
        raise Refused("file.format", last_line, "OFX", "the file ends before its end")
    return read


def _decoded(data: bytes) -> str:
    begin = data.upper().find(b"<OFX>")
    lines = _HEADER.findall(data[: max(begin, 0)].decode("latin-1"))
    header = {name: value.rstrip() for name, value in lines}
    said = (header.get("ENCODING", ""), header.get("CHARSET", ""))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return xml.decode(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf") or said[0].upper() in ("UTF-8", "UNICODE", "UTF8"):
        return xml.decode(data, "utf-8-sig")
    charset = said[1].upper()
    if _CODE_PAGE.fullmatch(charset):
        return xml.decode(data, f"cp{charset}")
    return xml.decode(
        data, {"ISO-8859-1": "latin-1", "8859-1": "latin-1", "UTF-8": "utf-8"}.get(charset, "cp1252")
    )


def _sgml_statements(text: str) -> list[Node]:
    """Elements by their tags. What has text is a value and ends where the next tag begins; what has none holds others
    if it is closed anywhere."""
    begin = text.upper().find("<OFX>")
    closed = {name.upper() for name in _END_TAG.findall(text)}
    root = Node("", 1, {})
    stack, kept = [root], []
    line, seen = text.count("\n", 0, max(begin, 0)) + 1, max(begin, 0)
    for found in _TOKEN.finditer(text, max(begin, 0)):
        line += text.count("\n", seen, found.start())
        seen = found.start()
        name, value = found[2].upper(), found[3].strip()
        if found[1]:
            depth = next((at for at in range(len(stack) - 1, 0, -1) if stack[at].name == name), None)
            if depth is not None:
                del stack[depth:]
            continue
        node = Node(name, line, {})
        node.text = html.unescape(value)
        stack[-1].children.append(node)
        if name in _STATEMENTS:
            kept.append(node)
        if not value and name in closed:
            stack.append(node)
        if len(stack) > xml.DEEPEST:
            raise Refused("file.format", line, name, "elements are nested too deep")
    return kept


def _statements(kind: str, found: list[Node], accounts, last_line: int) -> Read:
    if not found:
        raise Refused("file.empty", last_line, "STMTRS", "the file holds no statement")
    collected = Collected(kind)
    for node in found:
        collected.add(_statement, node, accounts, last_line)
    return collected.done()


def _statement(node: Node, accounts, last_line: int) -> Statement:
    of = node.first("BANKACCTFROM", "CCACCTFROM")
    number = of.value("ACCTID") if of else None
    if not of or not number:
        raise Refused(
            "statement.account", last_line, "ACCTID", "the statement does not say of which account it is"
        )
    currency = node.value("CURDEF")
    account = known_account(accounts, number, currency, of.value("BANKID"), of.line, "BANKACCTFROM")
    rows = [(row, BOOKED) for row in node.all("BANKTRANLIST/STMTTRN")]
    rows += [(row, PENDING) for row in node.all("BANKTRANLISTP/STMTTRNP")]
    entries = tuple(_entry(row, account, n, status) for n, (row, status) in enumerate(rows, 1))
    closing = _closing(node, account.currency, last_line)
    last = closing.on or max((entry.booking_date for entry in entries), default=None)
    first_day, last_day = (_day(node.first(f"BANKTRANLIST/{name}")) for name in ("DTSTART", "DTEND"))
    last = last or last_day
    if last is None:
        raise Refused("entry.date", last_line, "DTASOF", "the statement has no day")
    counted = days_of(entries, last=last)
    return Statement(
        account_id="".join(number.split()),
        bank=of.value("BANKID"),
        currency=account.currency,
        first_day=first_day or counted[0],
        last_day=last_day or counted[1],
        opening=None,
        closing=closing,
        balance=UNPROVED,
        entries=entries,
    )


def _closing(node: Node, currency: str, last_line: int) -> Balance:
    found = node.first("LEDGERBAL")
    amount = found.first("BALAMT") if found else None
    if not found or not amount:
        raise Refused("statement.closing_missing", last_line, "LEDGERBAL", "there is no closing balance")
    read = amount_or_refuse(with_either(amount.text, currency), amount.text.strip(), amount.line, "BALAMT")
    return Balance(amount=read, on=_day(found.first("DTASOF")), line=amount.line, element="LEDGERBAL")


def _entry(row: Node, account: Account, n: int, status: str) -> Entry:
    amount = row.first("TRNAMT")
    if amount is None:
        raise Refused("entry.amount", row.line, "TRNAMT", "the entry has no amount")
    other = row.value("CURRENCY/CURSYM")
    if other and other != account.currency:
        gist = f"the entry is in {other}, the account in {account.currency}"
        raise Refused("entry.currency", row.line, "CURRENCY", gist)
    read = with_either(amount.text, account.currency)
    posted = _day(row.first("DTPOSTED", "DTTRAN"))
    if posted is None:
        raise Refused("entry.date", row.line, "DTPOSTED", "the entry has no day")
    signed = amount_or_refuse(read, amount.text.strip(), amount.line, "TRNAMT", "such as -5600.00")
    return cleaned(
        Entry(
            n=n,
            line=row.line,
            status=status,
            booking_date=posted,
            value_date=_day(row.first("DTAVAIL")) or posted,
            amount=signed,
            reference=reference_or_none(row.value("FITID")),
            name=row.value("NAME", "PAYEE/NAME"),
            account=row.value("BANKACCTTO/ACCTID", "CCACCTTO/ACCTID"),
            text=row.value("MEMO"),
            original=_original(row, signed),
        )
    )


def _original(row: Node, amount: Decimal) -> tuple[Decimal, str] | None:
    """What was sent, by the rate: an amount of the account is that of the other currency times `CURRATE`."""
    other, rate = row.value("ORIGCURRENCY/CURSYM"), row.value("ORIGCURRENCY/CURRATE") or ""
    if not other or not _CURRENCY_RATE.fullmatch(rate) or not Decimal(rate):
        return None
    return (abs(amount) / Decimal(rate)).quantize(Decimal(1).scaleb(-exponent_of(other))), other


def _day(node: Node | None) -> date | None:
    """The first eight digits: the bank's own day, whatever the zone that follows."""
    if node is None or not node.text.strip():
        return None
    text = node.text.strip()
    if not _POSTED_DAY.match(text):
        raise Refused("entry.date", node.line, node.name, f"“{text[:40]}” is no day")
    return short_day(text[:8], node.line, node.name)
