"""What is encrypted opens in its own place alone, for whoever has the keys; another key loses nothing."""

import re
from base64 import b64decode
from contextlib import suppress
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from psycopg import sql

from banking.services.accounts import add_bank_account
from blackgem.lib.encrypted_fields import encrypted_columns
from blackgem.lib.encryption import CannotDecrypt, decrypted, encrypted, forget_keys
from blackgem.lib.key_rotation import count_secrets
from blackgem.lib.privileges import PORTAL_ROLE
from blackgem.models import AuditEvent
from evidence.queries.verify import broken_content, broken_seals
from evidence.services.sealing import seal_all
from funds.models import BankDetails, Investor
from funds.services.partners import change_investor
from funds.services.payees import propose_payee_details
from funds.services.rendering import render_next
from tests.factories import BankDetailsFactory, InvestorFactory
from tests.integration.banking.test_statements import BankStory, wire
from tests.integration.capital.story import NOW
from tests.support import bank_files, superuser_connection

pytestmark = pytest.mark.django_db


def test_a_secret_opens_in_its_own_place_alone():
    """Neither in another column, nor with the index of another number before it, nor with a sign changed."""
    one, other = (
        encrypted(number, "bank_details.iban", connection, indexed=True) for number in ("DE89", "GB29")
    )
    assert decrypted(one, "bank_details.iban", connection) == "DE89"
    exchanged = ".".join([*one.split(".")[:3], other.split(".")[3]])
    changed = one.replace(one.split(".")[2][-6:], "AAAAAA")
    for stored, place in (
        (one, "bank_details.account_number"),
        (exchanged, "bank_details.iban"),
        (changed, "bank_details.iban"),
        ("DE89", "bank_details.iban"),
    ):
        with pytest.raises(CannotDecrypt):
            decrypted(stored, place, connection)


def test_it_is_looked_for_by_its_blind_index_or_not_at_all():
    details = BankDetailsFactory(account_number="000111222333")
    InvestorFactory(tax_reference="12-3456789")
    assert BankDetails.objects.get(account_number="000111222333") == details
    assert not BankDetails.objects.filter(account_number__in=["000111222334"]).exists()
    assert list(BankDetails.objects.filter(iban="")) == [details]
    with pytest.raises(FieldError):
        Investor.objects.filter(tax_reference="12-3456789").exists()


def test_the_keys_are_read_also_in_the_middle_of_what_an_investor_reads():
    InvestorFactory(tax_reference="12-3456789")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tax_reference FROM investors")
        stored = cursor.fetchone()[0]
        cursor.execute(f"SET LOCAL ROLE {PORTAL_ROLE}")
        forget_keys()
        assert decrypted(stored, "investors.tax_reference", connection) == "12-3456789"
        cursor.execute("SELECT current_setting('role')")
        assert cursor.fetchone()[0] == PORTAL_ROLE


# ---------------------------------------------------------------- the table of the page, and a dump

PAGE = Path(__file__).parents[2] / "docs" / "secrets.md"
#: What a column would be called that holds an account number or a tax reference.
SUSPICIOUS = re.compile(r"account_?(number|no)|(^|_)iban|tax_?(ref|id|number)|(^|_)party_account|(^|_)tin$")
FUND, PARTNER, PAYER, TAX = "000771122334", "DE89370400440532013000", "9988776655", "98-7654321"
TEXTS = """
    SELECT relname, attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
       AND atttypid::regtype::text ~ 'char|text|json|bytea|\\[\\]'
"""


def named_on_the_page() -> set[str]:
    return set(re.findall(r"^\| `(\w+\.\w+)` \|", PAGE.read_text(), re.MULTILINE))


def test_the_page_names_every_column_that_is_encrypted_and_no_other_is_called_so():
    columns = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_fields
    }
    assert named_on_the_page() == {field.place for field in encrypted_columns()}
    assert {one for one in columns if SUSPICIOUS.search(one.partition(".")[2])} <= named_on_the_page()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_dump_holds_none_of_them_and_another_key_loses_nothing(settings):
    """A small world with numbers of its own: nowhere in any table are they to be read. After a rotation all of them
    open without the key of before, which opens nothing any more, and all seals hold."""
    world = _world()
    assert _readable("Payer") == {"bank_entries.name"}, "it finds what is there"
    assert _readable(FUND, PARTNER, PAYER, TAX) == set()
    before = {(column, opened) for column, opened, _ in count_secrets() if opened}
    assert {column for column, _ in before} >= {
        "audit_events.changes",
        "bank_accounts.number",
        "bank_details.account_number",
        "bank_entries.party_account",
        "bank_entries.text",
        "investors.tax_reference",
        "notice_documents.content",
        "notices.facts",
        "payee_details.iban",
        "statement_files.content",
    }
    seal_all(at=timezone.now())
    [old] = settings.DATA_KEYS
    try:
        settings.DATA_KEYS = ["n" * 60, old]
        call_command("rotate_keys", stdout=StringIO())
        settings.DATA_KEYS = ["n" * 60]
        forget_keys()
        assert {
            (column, opened) for column, opened, failed in count_secrets() if opened and not failed
        } == before
        assert [*broken_seals(), *broken_content()] == []
        assert Investor.objects.get(pk=world).tax_reference == TAX
        event = AuditEvent.objects.get(verb="rotate_keys")
        assert event.changes == {"data_keys": [2, 3]}
        settings.DATA_KEYS = [old]
        forget_keys()
        with pytest.raises(CannotDecrypt):
            Investor.objects.get(pk=world)
    finally:
        forget_keys()


def _world() -> int:
    """The numbers where each of them comes in; the id of the investor with the tax reference."""
    story = BankStory()
    ctx = story.ctx()
    investor = story.partners[0].investor
    change_investor(investor_id=investor.pk, fields={"tax_reference": TAX}, ctx=ctx)
    BankDetailsFactory(fund=story.fund, account_number=FUND, version=7)
    account = {"bank_name": "Bank", "account_name": "A", "iban": PARTNER}
    propose_payee_details(commitment_id=story.partners[0].pk, fields=account, ctx=ctx)
    add_bank_account(fund_id=story.fund.pk, number=FUND, ctx=ctx)
    call = story.issued()
    while render_next(at=NOW):
        pass
    assert call.items.count()
    rows = [wire("10.00", f"FROM ACCOUNT {PAYER}", name="Payer")]
    party = f"<DbtrAcct><Id><Othr><Id>{PAYER}</Id></Othr></Id></DbtrAcct></RltdPties>"
    content = bank_files.camt(rows, Decimal("5.00"), number=FUND).replace(b"</RltdPties>", party.encode())
    assert story.read(content).is_whole
    assert not story.read(bank_files.camt(rows, Decimal("5.00"), number=PAYER, statement_id="S2")).is_whole
    return investor.pk


def _readable(*secrets: str) -> set[str]:
    """Columns in which one of these is to be read, as text or as bytes, in base64 too."""
    found = set()
    with superuser_connection() as session:
        for table, column in session.execute(TEXTS).fetchall():
            statement = sql.SQL("SELECT {}::text FROM {}").format(
                sql.Identifier(column), sql.Identifier(table)
            )
            for (value,) in session.execute(statement):
                if value and any(one.encode() in plain for plain in _as_bytes(value) for one in secrets):
                    found.add(f"{table}.{column}")
    return found


def _as_bytes(value: str) -> list[bytes]:
    """What stands there, and what bytes or base64 in it are."""
    read = [value.encode()]
    if value.startswith("\\x"):
        read.append(bytes.fromhex(value[2:]))
    with suppress(ValueError):
        read.append(b64decode(value, validate=True))
    return read
