"""What a worker does with a file: it is read outside any transaction, with progress, and written in one."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Min

from banking.models import BankAccount, StatementFile
from banking.readers import Account, Read, Refused, read_statements
from banking.services.files import MOST_ATTEMPTS
from banking.services.importing import import_statements
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.days import day_in_words
from blackgem.lib.opened import written_by_worker
from blackgem.lib.sql import check_rails

STEP = 1_000_000  # bytes between two reports of progress


def read_next(*, at: datetime) -> bool:
    """Read one file that waits. False where none does."""
    file = _claim(at)
    if file is None:
        return False
    read_file(file, at=at)
    return True


@transaction.atomic
def _claim(at: datetime) -> StatementFile | None:
    """The oldest file that waits, its attempt counted first: a file that kills its worker is given up in the end."""
    waiting = StatementFile.objects.select_for_update(skip_locked=True, of=("self",)).filter(read_at=None)
    file = waiting.order_by("attempts", "pk").first()
    if file is None:
        return None
    with written_by_worker(at):
        file.attempts += 1
        file.save(update_fields=["attempts"])
    return file


def read_file(file: StatementFile, *, at: datetime) -> None:
    """Read a file and write what it says; or, after too many attempts, that it could not be read."""
    if file.attempts > MOST_ATTEMPTS:
        refusal = Refused("file.format", 1, "file", "the file could not be read, however often it was tried")
        _finish(file, None, [refusal], at)
        return
    try:
        read = read_statements(
            bytes(file.content),
            accounts=accounts_of(file.fund),
            account=file.mapping.account.number if file.mapping_id else None,
            mapping=file.mapping.mapping if file.mapping_id else None,
            progress=_Progress(file, at),
        )
    except Refused as refusal:
        _finish(file, None, [refusal], at)
        return
    _finish(file, read, list(read.refusals), at)


def accounts_of(fund) -> list[Account]:
    rows = fund.bank_accounts.order_by("pk")
    return [Account(id=row.number, currency=fund.currency, bank=row.bank) for row in rows]


class _Progress:
    """Writes how far a file is read, now and then."""

    def __init__(self, file: StatementFile, at: datetime):
        self.file, self.at, self.said = file, at, 0

    def __call__(self, done: int, total: int) -> None:
        if done - self.said >= STEP:
            self.said = done
            with written_by_worker(self.at):
                StatementFile.objects.filter(pk=self.file.pk, read_at=None).update(bytes_read=done)


def _finish(file: StatementFile, read: Read | None, refusals: list[Refused], at: datetime) -> None:
    """Write the statements and the outcome in one transaction. Who was faster is left to it."""
    with written_by_worker(at):
        locked = (
            StatementFile.objects.select_for_update(of=("self",)).filter(pk=file.pk, read_at=None).first()
        )
        if locked is None:
            return
        outcome = import_statements(locked, read) if read else []
        locked.format = read.format if read else ""
        locked.outcome = outcome
        locked.refusals = [refusal.as_json() for refusal in refusals]
        locked.bytes_read, locked.read_at, locked.is_whole = locked.size, at, not refusals
        locked.save(update_fields=["format", "outcome", "refusals", "bytes_read", "read_at", "is_whole"])
        audit.record(
            verb="import_statement" if outcome else "refuse_statement",
            ctx=WriteContext(None, at),
            subject=None if outcome else locked,
            also=[locked],
            label=_what_was_read(locked) if outcome else "",
            fund_id=locked.fund_id,
            changes={"new": [None, sum(one["new"] for one in outcome)]} if outcome else {},
        )
        check_rails()


def _what_was_read(file: StatementFile) -> str:
    """The accounts that a file is of, each with its first and its last day."""
    days = file.statements.values("account").annotate(first=Min("first_day"), last=Max("last_day"))
    of_each = list(days.order_by("account"))
    accounts = BankAccount.objects.filter(fund=file.fund_id).in_bulk([one["account"] for one in of_each])
    return "; ".join(
        f"{accounts[one['account']]}, {day_in_words(one['first'])} to {day_in_words(one['last'])}"
        for one in of_each
    )
