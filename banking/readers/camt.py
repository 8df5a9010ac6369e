"""ISO 20022 camt.053, versions 02, 03, 04, 06, 08 and 13: a bank's statement in XML."""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from banking.readers import xml
from banking.readers.camt_entries import entries_of
from banking.readers.form import (
    AS_GIVEN,
    BOOKED,
    FLIPPED,
    PROVED,
    UNDECIDED,
    Account,
    Balance,
    Collected,
    Entry,
    Progress,
    Read,
    Refused,
    Statement,
    booked_sum,
    days_of,
    known_account,
    prove,
)
from banking.readers.numbers import amount_or_refuse, iso_day, with_point
from banking.readers.xml import Node

VERSIONS = {"02", "03", "04", "06", "08", "13"}
_NAMESPACE = re.compile(r"([a-z]{4})\.([0-9]{3})\.([0-9]{3})\.([0-9]{2})$")


@dataclass
class _Open:
    """A statement while it is read: its account once known, entries so far, or why it is refused."""

    account: Account | None = None
    entries: list[Entry] = field(default_factory=list)
    count: int = 0
    refusal: Refused | None = None


def read(data: bytes, accounts, progress: Progress | None = None) -> Read:
    """The statements of a file. Raises Refused where the file is none: `xml.…`, `file.encoding`."""
    xml.check_well_formed(data)
    reader = _Reader(accounts, xml.last_line(data))
    xml.walk(data, root=reader.root, taken=frozenset({"Ntry", "Stmt"}), take=reader.take, progress=progress)
    return reader.done()


class _Reader:
    def __init__(self, accounts, last_line: int):
        self.accounts, self.last_line = accounts, last_line
        self.format, self.open = "camt.053", _Open()
        self.pages: list[tuple[Node, _Open]] = []

    def root(self, namespace: str, name: str, line: int) -> None:
        found = _NAMESPACE.search(namespace)
        if name != "Document":
            raise Refused("file.format", line, name, "this XML is no bank statement")
        if found and f"{found[1]}.{found[2]}" != "camt.053":
            kind = f"{found[1]}.{found[2]}"
            what = {"camt.052": "an intraday report", "camt.054": "an advice"}.get(kind, "no statement")
            raise Refused("xml.message", line, name, f"{kind} is {what}; send the camt.053 statement")
        if not found or found[4] not in VERSIONS:
            known = ", ".join(sorted(VERSIONS))
            raise Refused("xml.version", line, name, f"the version is not known; known are {known}")
        self.format = found[0]

    def take(self, node: Node, parent: Node | None) -> None:
        if node.name == "Ntry" and parent is not None and parent.name == "Stmt":
            self._entry(node, parent)
        elif node.name == "Stmt":
            self.pages.append((node, self.open))
            self.open = _Open()

    def _entry(self, node: Node, statement: Node) -> None:
        reading = self.open
        if reading.refusal:
            return
        try:
            reading.account = reading.account or _account(statement, self.accounts, self.last_line)
            reading.count = len(reading.entries)
            reading.entries.extend(entries_of(node, reading.account.currency, reading.count))
        except Refused as refusal:
            reading.refusal = refusal

    def done(self) -> Read:
        collected = Collected(self.format)
        for pages in _joined(self.pages):
            collected.add(self._statement, pages)
        if not self.pages:
            raise Refused("file.empty", self.last_line, "Stmt", "the message holds no statement")
        return collected.done()

    def _statement(self, pages: list[tuple[Node, _Open]]) -> Statement:
        first, last = pages[0][0], pages[-1][0]
        account = pages[0][1].account or _account(first, self.accounts, self.last_line)
        refusal = next((reading.refusal for _, reading in pages if reading.refusal), None)
        if refusal:
            raise refusal
        _check_pages([node for node, _ in pages], self.last_line)
        opening = _balance(first, account.currency, ("OPBD", "PRCD"))
        if opening is None:
            gist = "there is no opening balance (OPBD or PRCD)"
            raise Refused("statement.opening_missing", self.last_line, "Bal", gist)
        closing = _balance(last, account.currency, ("CLBD",))
        if closing is None:
            gist = "there is no closing balance (CLBD)"
            raise Refused("statement.closing_missing", self.last_line, "Bal", gist)
        entries = [entry for _, reading in pages for entry in reading.entries]
        entries = [replace(entry, n=n) for n, entry in enumerate(entries, 1)]
        reading, entries = _reversals(opening, entries, closing)
        first_day, last_day = days_of(entries, last=closing.on or entries[-1].booking_date)
        return Statement(
            account_id="".join((_number(first) or account.id).split()),
            bank=first.value(
                *(f"Acct/Svcr/FinInstnId/{path}" for path in ("BICFI", "BIC", "ClrSysMmbId/MmbId", "Othr/Id"))
            ),
            currency=account.currency,
            statement_id=first.value("Id"),
            sequence=first.value("ElctrncSeqNb", "LglSeqNb"),
            first_day=_period_day(first, "FrDtTm", "FrDt") or first_day,
            last_day=_period_day(last, "ToDtTm", "ToDt") or last_day,
            opening=opening,
            closing=closing,
            balance=PROVED,
            reversal_reading=reading,
            entries=tuple(entries),
        )


def _reversals(opening: Balance, entries: list[Entry], closing: Balance) -> tuple[str | None, list[Entry]]:
    """The reading of `RvslInd` that balances, and the entries so read. Where both do, ISO's is taken.

    Raises `statement.balance` where none does.
    """
    if not any(entry.reversal for entry in entries):
        prove(opening, entries, closing)
        return None, entries
    flipped = [replace(entry, amount=-entry.amount) if entry.reversal else entry for entry in entries]
    given_fits = opening.amount + booked_sum(entries) == closing.amount
    flipped_fits = opening.amount + booked_sum(flipped) == closing.amount
    if flipped_fits and not given_fits:
        return FLIPPED, flipped
    if not given_fits:
        prove(opening, entries, closing)
    booked = any(entry.reversal and entry.status == BOOKED for entry in entries)
    return (UNDECIDED if flipped_fits and booked else AS_GIVEN), entries


def _number(statement: Node) -> str | None:
    return statement.value("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN")


def _account(statement: Node, accounts, last_line: int) -> Account:
    number = _number(statement)
    if not number:
        raise Refused(
            "statement.account", last_line, "Acct", "the statement does not say of which account it is"
        )
    place = statement.first("Acct/Id") or statement
    bank = statement.value("Acct/Svcr/FinInstnId/BICFI", "Acct/Svcr/FinInstnId/BIC")
    currency = statement.value("Acct/Ccy")
    if currency is None:
        amounts = [node for node in statement.all("Bal/Amt") if node.attributes.get("Ccy")]
        currency = amounts[0].attributes["Ccy"] if amounts else None
    return known_account(accounts, number, currency, bank, place.line, "Acct")


def _balance(statement: Node, currency: str, codes: tuple[str, ...]) -> Balance | None:
    """The balance of the first of the codes that is there; one that is no page's (INTM) before one that is."""
    for code in codes:
        found = [node for node in statement.all("Bal") if node.value("Tp/CdOrPrtry/Cd") == code]
        found.sort(key=lambda node: node.value("Tp/SubTp/Cd") == "INTM")
        if found:
            return _read_balance(found[0], currency)
    return None


def _read_balance(node: Node, currency: str) -> Balance:
    amount = node.first("Amt") or node
    if amount.attributes.get("Ccy", currency) != currency:
        gist = f"the balance is in {amount.attributes['Ccy']}, the account in {currency}"
        raise Refused("entry.currency", amount.line, "Amt", gist)
    read_amount = amount_or_refuse(
        with_point(amount.text, currency, signed=False), amount.text, amount.line, "Amt"
    )
    direction = node.value("CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise Refused("entry.direction", node.line, "CdtDbtInd", "the balance is neither CRDT nor DBIT")
    day = node.first("Dt/Dt", "Dt/DtTm")
    return Balance(
        amount=read_amount if direction == "CRDT" else -read_amount,
        on=iso_day(day.text, day.line, day.name) if day else None,
        line=node.line,
        element="Bal",
    )


def _period_day(statement: Node, *names: str) -> date | None:
    node = statement.first(*(f"FrToDt/{name}" for name in names))
    return iso_day(node.text, node.line, node.name) if node and node.text.strip() else None


def _page(statement: Node) -> tuple[str, bool] | None:
    number = statement.value("StmtPgntn/PgNb")
    return (number, statement.value("StmtPgntn/LastPgInd") in ("true", "1")) if number else None


def _joined(read: list[tuple[Node, _Open]]) -> list[list[tuple[Node, _Open]]]:
    """Pages of one statement (`StmtPgntn`) together; any other statement alone."""
    found: list[list[tuple[Node, _Open]]] = []
    for node, reading in read:
        before = found[-1][-1][0] if found else None
        page, earlier = _page(node), _page(before) if before else None
        same = before is not None and (before.value("Id"), _number(before)) == (
            node.value("Id"),
            _number(node),
        )
        if same and page and earlier and not earlier[1]:
            found[-1].append((node, reading))
        else:
            found.append([(node, reading)])
    return found


def _check_pages(statements: list[Node], last_line: int) -> None:
    pages = [_page(node) for node in statements]
    for expected, (page, node) in enumerate(zip(pages, statements, strict=True), 1):
        if page and page[0].lstrip("0") != str(expected):
            raise Refused(
                "statement.page", node.line, "PgNb", f"page {page[0]} stands where page {expected} is due"
            )
    if pages[-1] and not pages[-1][1]:
        raise Refused("statement.page", last_line, "StmtPgntn", "the last page is missing")
