"""Attempts on bank statements: accounts, files, what was read of them, and what was posted."""

from dataclasses import dataclass
from hashlib import sha256

from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, allowed, attempt, refused
from tests.support.trail import AT

CONTENT = b":20:S1"
BOOKED = {"booking_date": "2026-02-10", "value_date": "2026-02-10", "reversal": False, "cleaned": False}


@dataclass(frozen=True)
class Banked:
    """A fund with an account, a file, and a statement with one entry of 50.00, which is a receipt."""

    fund: int
    account: int
    file: int
    statement: int
    entry: int
    receipt: int


def account(t, fund, **values) -> int:
    return t.add(
        "bank_accounts", **{"fund_id": fund, "number": "4400117730", "recorded_by_id": t.person, **values}
    )


def mapping(t, fund, of, **values) -> int:
    row = {"fund_id": fund, "account_id": of, "version": 1, "mapping": "{}", "recorded_by_id": t.person}
    return t.add("table_mappings", **{**row, **values})


def file(t, fund, content=CONTENT, **values) -> int:
    row = {"fund_id": fund, "name": "s.sta", "content": content, "sha256": sha256(content).hexdigest()}
    row |= {"size": len(content), "uploaded_by_id": t.person, "refusals": "[]", "outcome": "[]"}
    return t.add("statement_files", **{**row, **values})


def statement(t, fund, of, in_file, **values) -> int:
    row = {"fund_id": fund, "account_id": of, "file_id": in_file, "file_sha256": sha256(CONTENT).hexdigest()}
    row |= {"parser": 1, "first_day": "2026-02-10", "last_day": "2026-02-10", "balance": "proved"}
    return t.add("bank_statements", **{**row, "opening": "100.00", "closing": "150.00", **values})


def entry(t, fund, of, of_statement, **values) -> int:
    keys = {"fund_id": fund, "account_id": of, "statement_id": of_statement, "n": 1, "status": "booked"}
    row = {**keys, **BOOKED, "amount": "50.00", "fingerprint": "f", "occurrence": 1}
    return t.add("bank_entries", **{**row, **values})


def posting(t, one, **values) -> int:
    row = {"entry_id": one.entry, "fund_id": one.fund, "receipt_id": one.receipt, "step": 1, "score": 90}
    return t.add("entry_postings", **{**row, "reasons": "[]", "recorded_by_id": t.person, **values})


def banked(t, fund=None) -> Banked:
    fund = fund or t.fund()
    of = account(t, fund)
    in_file = file(t, fund)
    made = statement(t, fund, of, in_file)
    one = entry(t, fund, of, made)
    return Banked(fund, of, in_file, made, one, t.receipt(fund, "50.00", value_date="2026-02-10"))


def posted(t, fund=None) -> Banked:
    one = banked(t, fund)
    posting(t, one)
    return one


def again(t, one, **values) -> int:
    """Another statement of the account, out of another file."""
    return statement(t, one.fund, one.account, file(t, one.fund, b":20:S2"), **values)


def repeat(t, one, of_statement, **values) -> int:
    row = {"fund_id": one.fund, "statement_id": of_statement, "entry_id": one.entry, "n": 1}
    return t.add("repeated_entries", **{**row, **values})


@allowed
def a_statement_that_is_posted_and_comes_again_with_a_wire_that_is_alike(t, base):
    one = posted(t)
    t.whole()
    second = again(t, one, closing="200.00")
    repeat(t, one, second)
    entry(t, one.fund, one.account, second, n=2, occurrence=2)


@allowed
def a_file_that_is_refused_and_comes_again(t, base):
    fund = t.fund()
    first = file(t, fund)
    t.change("statement_files", first, read_at=AT, is_whole=False, bytes_read=1, attempts=1)
    file(t, fund)


# ---------------------------------------------------------------- accounts and files


@refused("bank_account_once_per_fund", UNIQUE)
def an_account_twice(t, base):
    account(t, base.fund)
    account(t, base.fund)


attempt(
    "bank_account_has_a_number",
    "an_account_without_a_number",
    lambda t, base: account(t, base.fund, number=""),
)


@refused("table_mapping_version_once", UNIQUE)
def columns_of_one_version_twice(t, base):
    of = account(t, base.fund)
    mapping(t, base.fund, of)
    mapping(t, base.fund, of)


attempt(
    "table_mapping_of_account",
    "columns_of_an_account_of_another_fund",
    lambda t, base: mapping(t, base.strict, account(t, base.fund)),
    FOREIGN,
)
attempt(
    "statement_file_of_mapping",
    "a_table_by_the_columns_of_another_fund",
    lambda t, base: file(t, base.strict, mapping_id=mapping(t, base.fund, account(t, base.fund))),
    FOREIGN,
)


@refused("statement_file_once_per_fund", UNIQUE)
def the_same_bytes_twice(t, base):
    file(t, base.fund)
    file(t, base.fund)


for _name, _rail, _values in (
    ("a_file_of_another_size", "statement_file_has_its_size", {"size": 7}),
    ("a_file_that_was_read_before_it_came", "statement_file_is_read_once", {"read_at": AT, "is_whole": True}),
):
    attempt(_rail, _name, lambda t, base, values=_values: file(t, base.fund, **values))


@refused("statement_file_has_a_hash", role="owner")
def a_file_with_no_hash(t, base):
    t.sql("ALTER TABLE statement_files DISABLE TRIGGER guard_statement_file")
    file(t, base.fund, sha256="z")


@refused("statement_file_has_a_size", role="owner")
def a_file_of_nothing(t, base):
    t.sql("ALTER TABLE statement_files DISABLE TRIGGER guard_statement_file")
    file(t, base.fund, size=0)


for _name, _rail, _values in (
    ("more_read_than_there_is", "statement_file_reads_no_more_than_it_has", {"bytes_read": 999}),
    ("a_file_read_without_an_outcome", "statement_file_read_at_with_outcome", {"read_at": AT}),
):
    attempt(_rail, _name, lambda t, base, v=_values: t.change("statement_files", file(t, base.fund), **v))


@refused("statement_file_is_read_once")
def a_file_read_twice(t, base):
    one = file(t, base.fund)
    t.change("statement_files", one, read_at=AT, is_whole=True)
    t.change("statement_files", one, read_at=None, is_whole=None)


@refused("statement_file_stays_as_uploaded", role="owner")
def another_name_for_a_file(t, base):
    t.change("statement_files", file(t, base.fund), name="another")


# ---------------------------------------------------------------- statements and entries


@refused("bank_rows_are_append_only", DENIED, role="owner")
def an_entry_of_another_amount(t, base):
    t.change("bank_entries", banked(t).entry, amount="51.00")


@refused("bank_rows_are_append_only", DENIED, role="owner")
def a_file_taken_away(t, base):
    t.sql("DELETE FROM statement_files")


attempt(
    "statement_has_days",
    "a_statement_that_ends_before_it_begins",
    lambda t, base: again(t, banked(t), first_day="2026-02-11"),
)
attempt(
    "statement_is_proved_by_balances",
    "a_statement_proved_by_nothing",
    lambda t, base: again(t, banked(t), opening=None),
)
attempt(
    "bank_statements_balance_known",
    "a_statement_proved_somehow",
    lambda t, base: again(t, banked(t), balance="maybe"),
)
attempt(
    "bank_statements_reversal_reading_known",
    "a_statement_read_sideways",
    lambda t, base: again(t, banked(t), reversal_reading="sideways"),
)
attempt("statement_adds_up", "a_statement_without_its_entry", lambda t, base: again(t, banked(t)))


@refused("statement_adds_up")
def a_statement_of_a_cent_more(t, base):
    one = banked(t)
    repeat(t, one, again(t, one, closing="150.01"))


@refused("statement_has_every_line_once")
def a_statement_without_its_first_line(t, base):
    one = banked(t)
    repeat(t, one, again(t, one), n=2)


@refused("statement_has_every_line_once")
def a_line_of_another_account(t, base):
    one = banked(t)
    other = account(t, one.fund, number="2")
    repeat(t, one, statement(t, one.fund, other, file(t, one.fund, b":20:S2")))


@refused("statement_is_written_whole")
def an_entry_that_comes_later(t, base):
    one = banked(t)
    t.whole()
    entry(t, one.fund, one.account, one.statement, n=2, occurrence=2)


@refused("bank_entry_is_kept_once", UNIQUE)
def an_entry_kept_twice(t, base):
    one = banked(t)
    entry(t, one.fund, one.account, again(t, one))


@refused("bank_entry_place_once", UNIQUE)
def two_entries_in_one_place(t, base):
    one = banked(t)
    entry(t, one.fund, one.account, one.statement, occurrence=2)


@refused("repeated_entry_place_once", UNIQUE)
def an_entry_repeated_twice_in_one_place(t, base):
    one = banked(t)
    second = again(t, one)
    repeat(t, one, second)
    repeat(t, one, second)


@refused("bank_entries_status_known")
def an_entry_that_is_perhaps_booked(t, base):
    one = banked(t)
    entry(t, one.fund, one.account, again(t, one), status="perhaps")


@refused("statement_of_account", FOREIGN)
def a_statement_of_an_account_of_another_fund(t, base):
    statement(t, base.strict, account(t, base.fund), file(t, base.strict))


@refused("statement_of_file", FOREIGN)
def a_statement_out_of_a_file_of_another_fund(t, base):
    statement(t, base.fund, account(t, base.fund), file(t, base.strict))


@refused("bank_entry_of_statement", FOREIGN)
def an_entry_of_another_fund(t, base):
    one = banked(t)
    entry(t, base.fund, one.account, one.statement, n=2, occurrence=2)


@refused("repeated_entry_of_statement", FOREIGN)
def a_repeat_of_a_statement_of_another_fund(t, base):
    one, other = banked(t), banked(t)
    repeat(t, other, again(t, one))


@refused("repeated_entry_of_entry", FOREIGN)
def a_repeat_of_an_entry_of_another_fund(t, base):
    one, other = banked(t), banked(t)
    repeat(t, one, again(t, one), entry_id=other.entry)


# ---------------------------------------------------------------- postings


@refused("posting_is_of_its_entry")
def a_receipt_of_another_amount(t, base):
    one = banked(t)
    posting(t, one, receipt_id=t.receipt(one.fund, "50.01", value_date="2026-02-10"))


@refused("posting_is_of_its_entry")
def a_receipt_of_another_day(t, base):
    one = banked(t)
    posting(t, one, receipt_id=t.receipt(one.fund, "50.00", value_date="2026-02-11"))


@refused("entry_postings_entry_id_key", UNIQUE)
def an_entry_posted_twice(t, base):
    one = posted(t)
    posting(t, one, receipt_id=t.receipt(one.fund, "50.00", value_date="2026-02-10"))


@refused("entry_postings_receipt_id_key", UNIQUE)
def a_receipt_of_two_entries(t, base):
    one = posted(t)
    second = again(t, one)
    posting(t, one, entry_id=entry(t, one.fund, one.account, second, occurrence=2))


@refused("posting_of_entry", FOREIGN)
def a_posting_of_an_entry_of_another_fund(t, base):
    one = banked(t)
    other = t.receipt(base.fund, "50.00", value_date="2026-02-10")
    posting(t, one, fund_id=base.fund, receipt_id=other)


@refused("posting_of_receipt", FOREIGN)
def a_posting_of_a_receipt_of_another_fund(t, base):
    one = banked(t)
    posting(t, one, receipt_id=t.receipt(base.fund, "50.00", value_date="2026-02-10"))
