"""Attempts to put an account number or a tax reference into the database as plain text."""

import json

from tests.integration.rails import banking, payment_files
from tests.integration.rails.deeds import event
from tests.integration.rails.world import AT, refused
from tests.support.opened import open_raw

NUMBER = "000666777888"


def _copied(t, table: str, about: int, **values) -> None:
    """Another row like this one, but for what is given as it is."""
    columns = [
        name
        for (name,) in t.sql(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attname NOT IN ('id', 'public_id') AND attgenerated = ''",
            table,
        )
    ]
    said = ", ".join("%s" if name in values else name for name in columns)
    open_raw(t.connection)
    given = [values[name] for name in columns if name in values]
    t.sql(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {said} FROM {table} WHERE id = %s", *given, about
    )


def _plain(table: str, column: str, of: str, **more):
    def attempt(t, base):
        _copied(t, table, getattr(base, of), **{column: NUMBER} | more)

    attempt.__name__ = f"a_plain_{column}_in_{table}"
    return attempt


BANK = {"version": 9, "verified_at": None, "verified_by_id": None, "four_eyes": True}
refused("bank_details_account_number_is_encrypted")(_plain("bank_details", "account_number", "bank", **BANK))
refused("bank_details_iban_is_encrypted")(_plain("bank_details", "iban", "bank", **BANK))


def _payee(column: str):
    def attempt(t, base):
        row = {
            "fund_id": base.fund,
            "commitment_id": base.a,
            "version": 1,
            "four_eyes": True,
            "bank_name": "B",
        }
        row |= {
            "bank_address": "",
            "account_name": "A",
            "account_number": "",
            "routing_number": "",
            "swift": "",
        }
        row |= {"iban": "", "holder_town": "", "holder_country": "", "from_portal": False, column: NUMBER}
        row |= {"created_at": AT, "usable_from": AT, "created_by_id": t.person}
        open_raw(t.connection)
        places = ", ".join(["%s"] * len(row))
        t.sql(f"INSERT INTO payee_details ({', '.join(row)}) VALUES ({places})", *row.values())

    attempt.__name__ = f"a_plain_{column}_of_a_partner"
    return attempt


refused("payee_details_account_number_is_encrypted")(_payee("account_number"))
refused("payee_details_iban_is_encrypted")(_payee("iban"))


@refused("investor_tax_reference_is_encrypted")
def a_plain_tax_reference(t, base):
    open_raw(t.connection)
    t.sql("UPDATE investors SET tax_reference = '12-3456789' WHERE id = %s", t.investor())


@refused("event_keeps_secrets_encrypted")
def a_plain_tax_reference_in_an_event(t, base):
    open_raw(t.connection, t.person, AT)
    event(t, changes='{"tax_reference": [null, "12-3456789"]}')


@refused("letter_keeps_secrets_encrypted")
def a_letter_with_a_plain_account(t, base):
    facts = t.one(
        'SELECT facts || \'{"deep": [{"iban": 666777888}]}\' FROM notices WHERE id = %s', base.notice
    )
    _copied(t, "notices", base.notice, facts=json.dumps(facts), version=9)


@refused("answer_is_encrypted")
def a_plain_answer(t, base):
    t.sql(
        "INSERT INTO idempotent_answers (user_id, key, request_sha256, status, headers, body) "
        "VALUES (%s, 'key', '', 200, '{}', '{\"tax_reference\": \"12-3456789\"}')",
        t.person,
    )


# ---------------------------------------------------------------- what banks say, and what they are told

PLAIN_FILE = b"not encrypted, and forty bytes in length"


def _of_a_bank(rail: str, table: str, of: str, **values):
    def attempt(t, base):
        _copied(t, table, getattr(banking.banked(t), of), **values)

    attempt.__name__ = f"in_{table}_a_plain_{next(iter(values))}"
    refused(rail)(attempt)


_of_a_bank("bank_account_number_is_encrypted", "bank_accounts", "account", number=NUMBER)
_of_a_bank("bank_entry_party_account_is_encrypted", "bank_entries", "entry", party_account=NUMBER, n=2)
_of_a_bank("bank_entry_text_is_encrypted", "bank_entries", "entry", text=NUMBER, n=2)
_of_a_bank("bank_entry_loose_text_is_encrypted", "bank_entries", "entry", loose_text=NUMBER, n=2)
_of_a_bank(
    "statement_file_is_encrypted", "statement_files", "file", content=PLAIN_FILE, size=4, sha256="1" * 64
)
_of_a_bank("statement_file_refusals_are_encrypted", "statement_files", "file", refusals="[]", sha256="1" * 64)


@refused("payment_file_is_encrypted")
def a_plain_payment_file(t, base):
    of = payment_files.file(t, base)
    _copied(t, "payment_files", of, content=PLAIN_FILE, number=9)


@refused("payment_layout_is_encrypted")
def a_plain_layout(t, base):
    row = {"fund_id": base.fund, "account_id": banking.account(t, base.fund), "format": "csv", "version": 1}
    row |= {"layout": '{"company": "12-3456789"}', "recorded_by_id": t.person}
    open_raw(t.connection)
    places = ", ".join(["%s"] * len(row))
    t.sql(f"INSERT INTO payment_layouts ({', '.join(row)}) VALUES ({places})", *row.values())


@refused("notice_document_is_encrypted")
def a_plain_letter(t, base):
    row = {
        "notice_id": base.notice,
        "content": b"%PDF",
        "sha256": "0" * 64,
        "seal": "0" * 64,
        "page_count": 1,
    }
    open_raw(t.connection)
    places = ", ".join(["%s"] * len(row))
    t.sql(f"INSERT INTO notice_documents ({', '.join(row)}) VALUES ({places})", *row.values())
