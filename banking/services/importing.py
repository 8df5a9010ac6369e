"""Statements become rows: what is known already is not written again, and it is said how a statement follows others."""

from collections import Counter, defaultdict

from django.db import connection

from banking.calc.occurrences import Alike, Held, fingerprint, flags_of, occurrences
from banking.models import BankAccount, BankEntry, BankStatement, RepeatedEntry, StatementFile
from banking.readers import PARSER, Read
from banking.readers.form import BOOKED, Entry, Statement, plain_number


def import_statements(file: StatementFile, read: Read) -> list[dict]:
    """Write what was read, one statement after the other, each against what the ones before it left. Answers for each
    its id and days, how many entries are `new`, `known` and `pending`, and the flags of how it follows others."""
    accounts = {account.number: account for account in BankAccount.objects.filter(fund=file.fund_id)}
    outcome = []
    for statement in read.statements:
        account = accounts[plain_number(statement.account_id)]
        _lock(account)
        outcome.append(_import(file, account, statement))
    return outcome


def _lock(account: BankAccount) -> None:
    """Two files of one account take turns, so that the second finds what the first wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('bank_account', %s))", [account.pk])


def _import(file: StatementFile, account: BankAccount, statement: Statement) -> dict:
    held = held_statements(account)
    known = _known(account, statement)
    plan = occurrences(
        [_alike(entry) for entry in statement.entries if entry.status == BOOKED],
        Counter({alike: len(entries) for alike, entries in known.items()}),
        counts_on=Held.of(statement).chains(held),
    )
    row = BankStatement.objects.create(
        fund_id=file.fund_id,
        account=account,
        file=file,
        file_sha256=file.sha256,
        parser=PARSER,
        statement_id=(statement.statement_id or "")[:100],
        sequence=(statement.sequence or "")[:50],
        first_day=statement.first_day,
        last_day=statement.last_day,
        opening=statement.opening.amount if statement.opening else None,
        closing=statement.closing.amount if statement.closing else None,
        balance=statement.balance,
        reversal_reading=statement.reversal_reading,
    )
    made, repeated, places = [], [], iter(plan)
    for entry in statement.entries:
        occurrence, is_known = next(places) if entry.status == BOOKED else (entry.n, False)
        if is_known:
            first = known[_alike(entry)][occurrence - 1]
            repeated.append(RepeatedEntry(fund_id=file.fund_id, statement=row, entry_id=first, n=entry.n))
        else:
            made.append(_row(row, entry, occurrence))
    BankEntry.objects.bulk_create(made, batch_size=1000)
    RepeatedEntry.objects.bulk_create(repeated, batch_size=1000)
    booked = sum(one.status == BOOKED for one in made)
    return {
        "statement": row.pk,
        "statement_id": statement.statement_id,
        "from": statement.first_day.isoformat(),
        "to": statement.last_day.isoformat(),
        "new": booked,
        "known": len(repeated),
        "pending": len(made) - booked,
        "flags": flags_of(Held.of(statement), held, same_content=not booked),
    }


def held_statements(account: BankAccount) -> list[Held]:
    """What is held of an account, in turn."""
    rows = account.statements.order_by("last_day", "pk").values_list(
        "statement_id", "first_day", "last_day", "opening", "closing"
    )
    return [Held(*row) for row in rows]


def _alike(entry: Entry) -> Alike:
    return Alike(entry.booking_date, entry.amount, fingerprint(entry.reference, entry.name, entry.text))


def _known(account: BankAccount, statement: Statement) -> dict[Alike, list[int]]:
    """Ids of the booked entries that are held of the statement's booking days, alike ones in their order."""
    days = {entry.booking_date for entry in statement.entries}
    rows = (
        account.entries.filter(booking_date__in=days, status=BankEntry.Status.BOOKED)
        .order_by("occurrence")
        .values_list("booking_date", "amount", "fingerprint", "pk")
    )
    known: dict[Alike, list[int]] = defaultdict(list)
    for day, amount, print_, key in rows:
        known[Alike(day, amount, print_)].append(key)
    return known


def _row(statement: BankStatement, entry: Entry, occurrence: int) -> BankEntry:
    words = {
        name: getattr(entry, name) or ""
        for name in (
            *("returned", "reference", "customer_reference", "end_to_end_id", "creditor_reference"),
            *("name", "text", "loose_text", "part"),
        )
    }
    return BankEntry(
        fund_id=statement.fund_id,
        account_id=statement.account_id,
        statement=statement,
        n=entry.n,
        status=entry.status,
        booking_date=entry.booking_date,
        value_date=entry.value_date,
        amount=entry.amount,
        reversal=entry.reversal,
        party_account=entry.account or "",
        original_amount=entry.original[0] if entry.original else None,
        original_currency=entry.original[1] if entry.original else "",
        cleaned=entry.cleaned,
        fingerprint=_alike(entry).fingerprint,
        occurrence=occurrence,
        **words,
    )
