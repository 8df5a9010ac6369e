"""Attempts to get past the rails: what the application's role may not do, whoever uses it."""

from tests.integration.rails.world import DENIED, FOREIGN, NOT_UPDATABLE, refused

MONEY = (
    "receipts",
    "receipt_returns",
    "payments",
    "payment_reversals",
    "capital_transactions",
    "audit_events",
    "notices",
    "notice_documents",
    "fund_terms",
    "bank_details",
    "payouts",
    "payout_reversals",
    "write_downs",
)
FUNCTIONS = (
    "note_checks('call_status', '{1}')",
    "check_call_sums(1)",
    "check_call_status(1)",
    "check_allocation_state(1)",
    "guard_commitments('{1}')",
    "guard_allocations('{1}')",
    "guard_receipts('{1}')",
    "check_distribution_sums(1)",
    "check_distribution_parts(1)",
    "check_distribution_status(1)",
)
STATEMENTS = {
    **{f"delete_from_{table}": f"DELETE FROM {table}" for table in MONEY},
    **{
        f"truncate_{table}": f"TRUNCATE {table} CASCADE"
        for table in (*MONEY, "capital_calls", "commitments", "users")
    },
    **{f"call_{name.partition('(')[0]}": f"SELECT {name}" for name in FUNCTIONS},
    "change_the_amount_of_a_payment": "UPDATE payments SET amount = 1",
    "change_the_amount_of_a_receipt": "UPDATE receipts SET amount = 1",
    "change_the_amount_of_a_payout": "UPDATE payouts SET amount = 1",
    "change_a_loss": "UPDATE write_downs SET amount = 1",
    "change_a_return": "UPDATE receipt_returns SET amount = 1",
    "change_the_ledger": "UPDATE capital_transactions SET amount = 1",
    "change_what_was_done": "UPDATE audit_events SET verb = 'nothing'",
    "change_a_letter": "UPDATE notices SET facts = '{}'",
    "change_terms": "UPDATE fund_terms SET hurdle_rate = 0",
    "post_to_the_ledger": "INSERT INTO capital_transactions (amount) VALUES (1)",
    "copy_into_the_ledger": "COPY capital_transactions FROM STDIN",
    "read_what_is_still_checked": "SELECT * FROM pending_checks",
    "strike_what_is_still_checked": "DELETE FROM pending_checks",
    "read_the_keys_of_writes": "SELECT * FROM write_keys",
    "write_a_key": "INSERT INTO write_keys VALUES ('', '')",
    "draw_a_data_key": "INSERT INTO data_keys (name, purpose, wrapped) VALUES ('0', 'encrypts', '')",
    "strike_a_data_key": "DELETE FROM data_keys",
    "read_who_opened": "SELECT * FROM opened_writes",
    "open_past_the_signature": "INSERT INTO opened_writes (actor_id, at) VALUES (1, now())",
    "pretend_a_call_is_new": "INSERT INTO pending_checks (kind, object_id) VALUES ('call_is_new', 1)",
    "pretend_a_distribution_is_new": "INSERT INTO pending_checks (kind, object_id) VALUES ('distribution_is_new', 1)",
    "switch_triggers_off_for_the_session": "SET session_replication_role = replica",
    "disable_a_trigger": "ALTER TABLE payments DISABLE TRIGGER post_payments",
    "disable_every_trigger": "ALTER TABLE payments DISABLE TRIGGER ALL",
    "drop_a_trigger": "DROP TRIGGER post_payments ON payments",
    "add_a_trigger": "CREATE TRIGGER mine BEFORE INSERT ON payments EXECUTE FUNCTION append_only('x')",
    "attach_what_keeps_rows": "CALL keep_rows('x', 'INSERT', 'payments')",
    "attach_what_watches_statements": "CALL watch_statements('append_only()', '{INSERT}', 'payments')",
    "attach_what_guards_parts": "CALL guard_parts('x', 'x', 'payments', 'id', 'x', 'payouts')",
    "drop_a_constraint": "ALTER TABLE payments DROP CONSTRAINT payment_positive_or_reversal",
    "loosen_the_domain": "ALTER DOMAIN money_amount DROP CONSTRAINT money_amount_is_exact",
    "replace_a_function": "CREATE OR REPLACE FUNCTION refuse(rail text, reason text) RETURNS void LANGUAGE sql AS ''",
    "make_a_table": "CREATE TABLE mine (a int)",
    "make_a_temporary_table": "CREATE TEMPORARY TABLE mine (a int)",
    "make_a_schema": "CREATE SCHEMA mine",
    "become_the_owner": "SET ROLE blackgem_owner",
    "become_the_administrator": "SET SESSION AUTHORIZATION postgres",
    "read_a_file_of_the_server": "SELECT pg_read_file('/etc/passwd')",
    "run_a_program_on_the_server": "COPY users TO PROGRAM 'cat'",
    "turn_a_sequence_back": "SELECT setval('payments_id_seq', 1)",
}


def attempt(statement):
    return lambda t, base: t.connection.execute(statement)


for name, statement in STATEMENTS.items():
    run = attempt(statement)
    run.__name__ = name
    refused(None, DENIED)(run)


@refused("commitment_event_of_commitment", FOREIGN)
def a_partner_deleted(t, base):
    t.sql("DELETE FROM commitments WHERE id = %s", t.commitment(base.fund))


@refused(None, NOT_UPDATABLE)
def a_roll_up_written(t, base):
    t.sql("UPDATE fund_capital SET total_called = 0")
