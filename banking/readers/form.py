"""What every reader makes of a bank's file: statements and entries in one form, or a refusal that says where and why.

Amounts are Decimal in the account's currency, signed: what comes in is positive. Days are those that the bank wrote.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

LARGEST_FILE = 25_000_000  # bytes

BOOKED, PENDING, INFO = "booked", "pending", "info"
PROVED, UNPROVED = "proved", "unproved"
AS_GIVEN, FLIPPED, UNDECIDED = "as_given", "flipped", "undecided"
NO_REFERENCE = {"NONREF", "NOTPROVIDED"}

Progress = Callable[[int, int], None]  # bytes read, of bytes


class Refused(Exception):
    """A file or statement that is not taken: a code, the line, what stands there, and what is wrong with it."""

    def __init__(self, code: str, line: int, element: str, gist: str, *, column: int | None = None):
        super().__init__(f"{code}, line {line}, {element}: {gist}")
        self.code, self.line, self.element, self.gist, self.column = code, line, element, gist, column

    def as_json(self) -> dict:
        found = {"code": self.code, "line": self.line, "element": self.element, "gist": self.gist}
        return found if self.column is None else found | {"column": self.column}


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account that statements may be of: its number or IBAN, its currency, and the bank's codes, if known."""

    id: str
    currency: str
    bank: str = ""

    def has_number(self, number: str) -> bool:
        return plain_number(self.id) == plain_number(number)


@dataclass(frozen=True, kw_only=True)
class Balance:
    amount: Decimal
    on: date | None = None
    line: int = 0
    element: str = ""

    def as_json(self) -> dict:
        return without_nulls({"amount": money(self.amount), "date": day(self.on)})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a statement. `loose_text` is the text with a gap wherever the bank broke it, to look for references;
    `line` is where it begins in the file."""

    n: int
    line: int
    status: str = BOOKED
    booking_date: date
    value_date: date
    amount: Decimal
    reversal: bool = False
    returned: str | None = None
    reference: str | None = None
    customer_reference: str | None = None
    end_to_end_id: str | None = None
    creditor_reference: str | None = None
    name: str | None = None
    account: str | None = None
    text: str | None = None
    loose_text: str | None = None
    original: tuple[Decimal, str] | None = None
    part: str | None = None
    cleaned: bool = False

    def as_json(self) -> dict:
        party = without_nulls({"name": self.name, "account": self.account})
        original = self.original and {"amount": money(self.original[0]), "currency": self.original[1]}
        return without_nulls(
            {
                "n": self.n,
                "part": self.part,
                "status": self.status,
                "booking_date": day(self.booking_date),
                "value_date": day(self.value_date),
                "amount": money(self.amount),
                "reversal": self.reversal,
                "returned": self.returned,
                "reference": self.reference,
                "customer_reference": self.customer_reference,
                "end_to_end_id": self.end_to_end_id,
                "creditor_reference": self.creditor_reference,
                "counterparty": party or None,
                "text": self.text,
                "original": original,
                "cleaned": self.cleaned or None,
            }
        )


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The booked entries between two balances. `first_day` and `last_day` are inclusive."""

    account_id: str
    bank: str | None = None
    currency: str
    statement_id: str | None = None
    sequence: str | None = None
    first_day: date
    last_day: date
    opening: Balance | None
    closing: Balance | None
    balance: str
    reversal_reading: str | None = None
    entries: tuple[Entry, ...] = ()

    def as_json(self) -> dict:
        found = {
            "account": without_nulls({"id": self.account_id, "bank": self.bank}),
            "currency": self.currency,
            "statement_id": self.statement_id,
            "sequence": self.sequence,
            "from": day(self.first_day),
            "to": day(self.last_day),
            "opening": self.opening and self.opening.as_json(),
            "closing": self.closing and self.closing.as_json(),
            "balance": self.balance,
            "reversal_reading": self.reversal_reading,
        }
        return without_nulls(found, keep={"statement_id", "opening", "closing"}) | {
            "entries": [entry.as_json() for entry in self.entries]
        }


@dataclass(frozen=True)
class Read:
    """What a file held: its format, the statements that are taken, and those that are refused, with the reason."""

    format: str
    statements: tuple[Statement, ...]
    refusals: tuple[Refused, ...] = ()


@dataclass
class Collected:
    """Statements of one file as they are read: what is wrong in one of them leaves the others."""

    format: str
    statements: list[Statement] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)

    def add(self, make: Callable[..., Statement], *given) -> None:
        try:
            self.statements.append(make(*given))
        except Refused as refusal:
            self.refusals.append(refusal)

    def done(self) -> Read:
        return Read(self.format, tuple(self.statements), tuple(self.refusals))


def booked_sum(entries) -> Decimal:
    return sum((entry.amount for entry in entries if entry.status == BOOKED), Decimal(0))


def days_of(entries, *, last: date) -> tuple[date, date]:
    """From the first booking day to `last`, which is the only day where nothing was booked."""
    return min((entry.booking_date for entry in entries if entry.status != INFO), default=last), last


def prove(opening: Balance, entries, closing: Balance) -> None:
    """Raise `statement.balance` at the closing balance unless opening + what is booked = closing, to the cent."""
    computed = opening.amount + booked_sum(entries)
    if computed != closing.amount:
        apart = abs(closing.amount - computed)
        raise Refused(
            "statement.balance",
            closing.line,
            closing.element,
            f"closing {closing.amount:,} stated, {computed:,} computed, {apart:,} apart",
        )


def known_account(
    accounts, number: str, currency: str | None, bank: str | None, line: int, element: str
) -> Account:
    """The account that a statement is of. `accounts` None stands for any. Raises `statement.account` where there is
    none of this number, `entry.currency` where there is one, in another currency."""
    if accounts is None:
        return Account(id=plain_number(number), currency=currency or "USD", bank=bank or "")
    numbered = [account for account in accounts if account.has_number(number)]
    if not numbered:
        raise Refused("statement.account", line, element, f"{number} is no account of the fund")
    fitting = [account for account in numbered if currency in (None, account.currency)]
    if not fitting:
        gist = f"the statement is in {currency}, the account in {numbered[0].currency}"
        raise Refused("entry.currency", line, element, gist)
    of_bank = [account for account in fitting if bank and bank[:8].upper() in account.bank.upper()]
    return (of_bank or fitting)[0]


def reference_or_none(text: str | None) -> str | None:
    """A reference, or None where the bank wrote that there is none."""
    found = (text or "").strip()
    return found if found and found.upper() not in NO_REFERENCE else None


def plain_number(number: str) -> str:
    return "".join(number.split()).upper()


def without_nulls(found: dict, keep=frozenset()) -> dict:
    return {key: value for key, value in found.items() if value is not None or key in keep}


def money(amount: Decimal) -> str:
    """An amount with two decimals, three where its currency has them."""
    places = max(2, -int(amount.as_tuple().exponent))
    return f"{amount:.{places}f}"


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None
