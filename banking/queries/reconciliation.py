"""The bank against the books, day by day: for an account, and whether nothing of a fund is unexplained up to a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from banking.calc.reconciling import (
    Booked,
    Books,
    Day,
    Posted,
    ahead_at,
    books_of,
    day_at,
    open_at,
    reconcile,
    waiting_at,
)
from banking.models import BankAccount, BankEntry, BankStatement
from banking.queries.settled import linked, links_to_read, settled_by, with_settled, without_pairs
from blackgem.lib.money import format_money
from blackgem.lib.together import read_together
from funds.models import Fund
from funds.queries.cash_moves import moves_of

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Hole:
    """Where the statements do not follow one another: what is held by entries, and what the bank says on that day."""

    on: date
    held: Decimal
    said: Decimal


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """An account with its days; empty where it has no statement that says a balance. `until` is the last day of which
    the bank said something."""

    account: BankAccount
    books: Books | None
    days: tuple[Day, ...]
    until: date | None
    holes: tuple[Hole, ...]

    def at(self, on: date) -> Day | None:
        return day_at(list(self.days), on)

    def between(self, first: date, last: date) -> list[Day]:
        """The days on which something moved, newest first."""
        return [day for day in reversed(self.days) if first <= day.on <= last]

    def items_at(self, on: date) -> list["Explained"]:
        """What explains the difference at the end of a day, or is unexplained, one by one."""
        if self.books is None:
            return []
        found = [
            Explained(
                "Outstanding payout" if one.amount < 0 else "Receipt in transit",
                one.on,
                -one.amount,
                one.what,
            )
            for one in waiting_at(self.books, on)
        ]
        found += [
            Explained("Booked ahead of the books", one.on, one.amount, one.what)
            for one in ahead_at(self.books, on)
        ]
        for entry in open_at(self.books, on):
            what = "Left aside" if entry.settled else "Nobody decided"
            found.append(Explained(what, entry.on, entry.amount, entry.what, entry.key))
        return found


@dataclass(frozen=True, slots=True)
class Explained:
    """One amount between the books and the bank: `amount` is what the bank has more."""

    kind: str
    on: date
    amount: Decimal
    what: str
    entry_id: int | None = None


def reconciliations_of(fund: Fund) -> list[Reconciliation]:
    """Every account of a fund. A wire that no entry is counts with the account that was registered first."""
    booked_ones = BankEntry.objects.filter(fund=fund, status=BankEntry.Status.BOOKED)
    entries = list(with_settled(booked_ones).order_by("booking_date", "pk"))
    said = BankStatement.objects.filter(fund=fund, closing__isnull=False).order_by("last_day", "pk")
    accounts, statements, moves, postings = read_together(
        BankAccount.objects.filter(fund=fund).order_by("pk"), said, *links_to_read(fund)
    )
    links = linked(moves, postings)
    of_entry = {entry.pk: entry.account_id for entry in entries}
    posted: dict[int, list[Posted]] = {account.pk: [] for account in accounts}
    for move in without_pairs(moves_of(fund), links):
        entry = links.get(move.key)
        account = of_entry[entry] if entry else (accounts[0].pk if accounts else None)
        if account is not None:
            what = ": ".join(filter(None, (move.what, move.who)))
            posted[account].append(
                Posted(key=move.key, on=move.on, amount=move.amount, what=what, entry=entry)
            )
    booked: dict[int, list[Booked]] = {account.pk: [] for account in accounts}
    for entry in entries:
        by = settled_by(entry)
        word = "" if by is None else "ignored" if by.is_ignored else "settled"
        what = ", ".join(filter(None, (entry.name, entry.text)))[:200]
        row = Booked(key=entry.pk, on=entry.booking_date, amount=entry.amount, settled=word, what=what)
        booked[entry.account_id].append(row)
        if by and by.is_classified:
            classified = Posted(
                key=("entry", entry.pk), on=row.on, amount=row.amount, what=row.what, entry=entry.pk
            )
            posted[entry.account_id].append(classified)
    return [
        _of_account(
            account,
            [one for one in statements if one.account_id == account.pk],
            booked[account.pk],
            posted[account.pk],
        )
        for account in accounts
    ]


def _of_account(
    account: BankAccount, statements: list[BankStatement], booked: list[Booked], posted: list[Posted]
) -> Reconciliation:
    first = next((one for one in statements if one.opening is not None), None)
    if first is None:
        return Reconciliation(account, None, (), None, ())
    earliest = min(
        (one for one in statements if one.opening is not None), key=lambda one: (one.first_day, one.pk)
    )
    begins = min([earliest.first_day, *(row.on for row in booked)])
    opening = earliest.opening - sum((row.amount for row in booked if row.on < earliest.first_day), ZERO)
    books = books_of(opening, begins, booked, posted)
    days = tuple(reconcile(books))
    until = max(one.last_day for one in statements)
    return Reconciliation(account, books, days, until, tuple(_holes(statements, list(days))))


def _holes(statements: list[BankStatement], days: list[Day]):
    """Where what a statement says it closed with is not what the entries come to; of several that end on one day the
    last one counts."""
    last = {one.last_day: one for one in statements}
    for on, statement in sorted(last.items()):
        day = day_at(days, on)
        if day is not None and day.bank != statement.closing:
            yield Hole(on, day.bank, statement.closing)


def reconciliation_of(account: BankAccount) -> Reconciliation:
    return next(one for one in reconciliations_of(account.fund) if one.account.pk == account.pk)


def unexplained_up_to(fund: Fund, day: date) -> list[str]:
    """Why the bank of a fund is not reconciled up to a day, in words, for a check list of a period; empty where it is:
    every account has statements up to the day, without a gap, and nothing between them and the books is unexplained."""
    found = []
    of_fund = reconciliations_of(fund)
    if not of_fund:
        found.append("No bank account is registered.")
    for one in of_fund:
        number = one.account.masked
        if one.until is None:
            found.append(f"Account {number} has no statement that says a balance.")
            continue
        if one.until < day:
            found.append(
                f"Account {number} has statements up to {one.until:%B} {one.until.day}, {one.until.year}."
            )
        if any(hole.on <= day for hole in one.holes):
            found.append(f"The statements of account {number} do not follow one another.")
        at = one.at(day)
        if at is not None and not at.is_explained:
            found.append(f"Account {number}: {format_money(at.unexplained, fund.currency)} is unexplained.")
    return found


def is_reconciled(fund: Fund, day: date) -> bool:
    """Whether the bank is reconciled up to a day."""
    return not unexplained_up_to(fund, day)
