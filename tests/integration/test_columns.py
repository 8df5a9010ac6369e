"""Every column that the application's role may write, with what holds its value: docs/columns.md is complete.

RECORD_COLUMNS=1 writes the page anew. What the database does not hold has its reason here, and a new column needs one.
"""

import os
import re
from pathlib import Path

import pytest
from django.apps import apps

from tests.support import superuser_connection

PAGE = Path(__file__).parents[2] / "docs" / "columns.md"
HEAD = """# Every column that the application may write, and what holds its value

The role `blackgem_app` owns nothing. For each column that it may insert or update, this page says by what the database
holds its value: type or domain, keys, checks, triggers that read it, and whether it is written once. Where nothing
does, it says why. The page is made from the catalogue by `RECORD_COLUMNS=1` with `tests/integration/test_columns.py`,
which fails for a column that is not on it, and for one that nothing holds and nobody gave a reason for.

| column | written | held by |
| --- | --- | --- |
"""
COLUMNS = """
    SELECT c.relname, a.attname, t.typname, t.typtype = 'd', a.attidentity <> '',
           has_column_privilege('blackgem_app', c.oid, a.attnum, 'UPDATE')
           AND NOT EXISTS (SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
                            WHERE g.tgrelid = c.oid AND p.proname = 'append_only' AND g.tgtype & 16 > 0),
           ARRAY(SELECT conname::text FROM pg_constraint k
                  WHERE k.conrelid = c.oid AND contype = 'c' AND a.attnum = ANY (conkey) ORDER BY 1),
           ARRAY(SELECT DISTINCT confrelid::regclass::text FROM pg_constraint k
                  WHERE k.conrelid = c.oid AND contype = 'f' AND a.attnum = ANY (conkey) ORDER BY 1),
           ARRAY(SELECT DISTINCT p.proname::text FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
                  WHERE g.tgrelid = c.oid AND NOT g.tgisinternal
                    AND (p.prosrc || pg_get_triggerdef(g.oid)) ~ ('\\m' || a.attname || '\\M') ORDER BY 1),
           EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND NOT i.indisprimary
                     AND a.attnum = ANY (i.indkey::smallint[]))
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND (has_column_privilege('blackgem_app', c.oid, a.attnum, 'INSERT')
            OR has_column_privilege('blackgem_app', c.oid, a.attnum, 'UPDATE'))
     ORDER BY c.relname, a.attnum
"""
_WORDS = "nothing, because it is free text: escaped on every page, in every letter and file"
#: Pattern of `table.column` → why nothing of the database holds its value. The first that fits is meant.
REASONS = {
    r"(auth|django|account|mfa|usersessions|users_)_?\w*\.\w+": "nothing, because it belongs to Django or allauth, and"
    " tells who is signed in and who may administer: whoever holds this role could write it",
    r"cache_entries\.\w+": "nothing, because it only counts attempts and is cleared at will",
    r"users\.(password|email|full_name|last_login|date_joined)": "nothing, because it is the person's own; a password"
    " is kept as its hash",
    r"saved_views\.query": "nothing, because it only narrows a list for the person who kept it, as any address does",
    r"idempotent_answers\.\w+": "nothing, because it repeats an answer that was given, to who got it",
    r"audit_events\.(verb|object_label|subjects|fund_id|changes|reason|request_id|address)": "nothing, because it tells"
    " what happened; it is written once",
    r"\w+\.(token_sha256|sha256|inputs_sha256|message_id)": "nothing, because it is a hash or an id drawn at random;"
    " another fits no token, no document and no mail",
    r"notice_documents\.content": "nothing, because its seal is checked before it is mailed or shown",
    r"reconciliations\.broken": "nothing, because it only tells what was found on a day; `reconcile` finds it again",
    r"notice_documents\.page_count": "nothing, because it is only shown",
    r"notices\.(subject_id|item_id|number|version)": "nothing, because the letter is compared with its item before it"
    " is mailed; it is written once",
    r"(distributions|distribution_items|distribution_tiers)\.(tiers|working|inputs|owed_before|owed_after)"
    r"|taken_shares\.tiers": "nothing,"
    " because it is how the figures were worked out; `reconcile` works them out again",
    r"distributions\.given_back_lines": "nothing, because `reconcile` compares it with what was given back",
    r"closings\.inputs": "nothing, because it only tells what a closing was worked out from; what it moves is held line"
    " by line",
    r"period_closes\.checks": "nothing, because it only tells how the check list stood when the close was asked for",
    r"fee_runs\.inputs|fee_run_lines\.(parts|true_ups)|fee_statements\.facts|fee_catch_ups\.periods": "nothing,"
    " because it only tells what a fee was worked out from; what it"
    " comes to is held partner by partner",
    r"(bank_(accounts|statements|entries)|statement_files|table_mappings|payment_layouts|entry_postings"
    r"|repeated_entries)\.\w+": (
        "nothing, because it is what the bank wrote, or tells how it was read: balances hold the amounts, and it is"
        " written once"
    ),
    r"(fee_schedules|fee_letters|fee_events|fee_realisations|fee_runs)\.effective_on": (
        "nothing, because another person approves it as it is; it is written once"
    ),
    r"approvers_told\.told": "nothing, because it only says of what a manager was told by mail before",
    r"control_changes\.(subject_id|about|was|becomes|batch)": "nothing, because another person approves it as it is;"
    " what it lets be written is compared with it, and it is written once",
    r"warning_mails\.(recipient|subject|body|attempts)": "nothing, because its seal is checked before it is sent",
    r"\w+\.(method|reference|payer|note|document|(fee_)?reason|change_note|failure|description|name|email|attention|address|country"
    r"|tax_reference|source|legal_name|contact_\w+|signatory_\w+|bank_name|bank_address|account_name|routing_number|swift"
    r"|holder_town|recipients|declined_because)": _WORDS,
}


@pytest.fixture
def catalog(django_db_setup):
    with superuser_connection() as connection:
        yield connection


def rows(connection) -> dict[str, tuple[str, str]]:
    """`table.column` → (once or changed, by what its value is held)."""
    return {f"{one[0]}.{one[1]}": _row(*one) for one in connection.execute(COLUMNS)}


def _row(table, column, kind, is_domain, is_identity, changes, checks, keys, triggers, is_unique):
    held = [f"a row of `{key}`" for key in keys]
    held += [f"domain `{kind}`"] if is_domain else []
    held += ["true or false"] if kind == "bool" else []
    held += ["numbered by the database"] if is_identity else []
    held += [f"`{name}`" for name in checks]
    held += [f"trigger `{name}`" for name in triggers if name != "append_only"]
    held += ["unique"] if is_unique else []
    return "later too" if changes else "once", ", ".join(held) or reason_for(f"{table}.{column}")


def reason_for(column: str) -> str:
    return next((reason for pattern, reason in REASONS.items() if re.fullmatch(pattern, column)), "")


def test_every_column_is_held_or_has_a_reason(catalog):
    assert [column for column, (_, held) in rows(catalog).items() if not held] == []


def test_the_page_is_complete(catalog):
    page = HEAD + "".join(f"| `{name}` | {when} | {held} |\n" for name, (when, held) in rows(catalog).items())
    if os.environ.get("RECORD_COLUMNS"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page


def test_the_database_knows_the_choices_of_every_field_that_may_be_written(catalog):
    """Each value is named by a check of its column; a field whose choices only grew in Python is found."""
    written = rows(catalog)
    unknown = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields if model._meta.managed else ():
            name = f"{model._meta.db_table}.{field.column}"
            if field.choices and name in written and not name.startswith(("mfa_", "django_")):
                checks = catalog.execute(
                    "SELECT string_agg(pg_get_constraintdef(oid), ' ') FROM pg_constraint"
                    " WHERE conrelid = %s::regclass AND contype = 'c'",
                    [model._meta.db_table],
                ).fetchone()[0]
                missing = [value for value, _ in field.flatchoices if f"'{value}'" not in (checks or "")]
                if missing:
                    unknown[name] = missing
    assert unknown == {}
