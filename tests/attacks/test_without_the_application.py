"""The application's database role without the application's key: psql, a stolen password of the database, nothing else.

Each statement is refused before it looks at a row, so that it need not hit one.
"""

import psycopg
import pytest

from tests.support import app_connection

pytestmark = pytest.mark.django_db

LETTERS = {
    "the purpose of a call": "UPDATE capital_calls SET purpose = 'Fees', purpose_detail = 'Pay the new account.'",
    "its due date": "UPDATE capital_calls SET due_date = current_date",
    "whom investors answer to": "UPDATE funds SET contact_email = 'me@attacker.example', contact_phone = '1'",
    "the sender": "UPDATE funds SET legal_name = 'Another Fund, L.P.'",
    "an investor's address": "UPDATE investors SET address = 'Elsewhere'",
    "where letters go": "UPDATE investor_contacts SET email = 'me@attacker.example'",
    "the next version of a letter": "INSERT INTO notices DEFAULT VALUES",
    "a PDF": "INSERT INTO notice_documents DEFAULT VALUES",
    "a letter to be made": "INSERT INTO notice_renderings DEFAULT VALUES",
    "a letter to be mailed": "INSERT INTO notice_deliveries DEFAULT VALUES",
    "a letter that was mailed, again": "UPDATE notice_deliveries SET recipients = '{me@attacker.example}'",
    "a warning that never goes out": "UPDATE warning_mails SET sent_at = now()",
}
DEEDS = {
    "a change asked for by another": "INSERT INTO control_changes DEFAULT VALUES",
    "bank details entered by another": "INSERT INTO bank_details DEFAULT VALUES",
    "a reversal asked for by another": "INSERT INTO payment_reversals DEFAULT VALUES",
    "who entered a call": "UPDATE capital_calls SET created_by_id = 1",
    "a look at a commitment": "INSERT INTO portal_grants DEFAULT VALUES",
    "a role": "UPDATE fund_memberships SET role = 'manager'",
    "a manager who is gone": "DELETE FROM fund_memberships",
    "an answer that was given": "DELETE FROM idempotent_answers",
    "another answer": "UPDATE idempotent_answers SET status = 201",
}
PEOPLE = {
    "a password": "UPDATE users SET password = 'pbkdf2_sha256$1$x$x'",
    "a mailbox": "UPDATE users SET email = 'me@attacker.example'",
    "an administrator": "UPDATE users SET is_superuser = true, is_staff = true, opens_funds = true",
    "an account that was closed": "UPDATE users SET is_active = true",
    "a person": "INSERT INTO users (email, password, full_name) VALUES ('me@attacker.example', '!', 'Me')",
    "a token": "INSERT INTO api_tokens DEFAULT VALUES",
    "a token that is good again": "UPDATE api_tokens SET expires_at = '2099-01-01'",
    "a second factor": "INSERT INTO mfa_authenticator DEFAULT VALUES",
    "no second factor": "DELETE FROM mfa_authenticator",
    "an address that was confirmed": "INSERT INTO account_emailaddress DEFAULT VALUES",
    "a permission": "INSERT INTO users_user_permissions (user_id, permission_id) VALUES (1, 1)",
    "a group": "INSERT INTO users_groups (user_id, group_id) VALUES (1, 1)",
}


@pytest.mark.parametrize("statement", [*LETTERS.values(), *DEEDS.values(), *PEOPLE.values()])
def test_nothing_is_written(statement):
    with app_connection() as session, pytest.raises(psycopg.errors.CheckViolation) as refused:
        session.execute(statement)
    assert refused.value.diag.constraint_name == "write_is_opened"


def test_nor_are_permissions_defined():
    with app_connection() as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("UPDATE auth_permission SET codename = 'mine'")


def test_nor_is_it_known_what_opens_a_write():
    for table in ("write_keys", "opened_writes"):
        with app_connection() as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(f"SELECT * FROM {table}")
