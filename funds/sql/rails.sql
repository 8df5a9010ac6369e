-- The ledger and the letters are append-only; versions of terms and bank details never change.

CALL keep_rows('ledger_is_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'capital_transactions');

-- Ledger rows are born with the payment (or payout) that they explain, inside its trigger.
CREATE FUNCTION refuse_direct_posting() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        PERFORM refuse('ledger_is_posted_by_payments', 'Ledger rows are posted with a payment, never by themselves.');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_is_posted_by_payments BEFORE INSERT ON capital_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_direct_posting();

CALL keep_rows('notices_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'notices');

CREATE TRIGGER guard_secrets BEFORE INSERT ON notices
    FOR EACH ROW EXECUTE FUNCTION guard_secrets('letter_keeps_secrets_encrypted', 'facts');

-- Only the owner of the schema changes a seal: when the site has another key.
CALL keep_rows('notice_documents_are_append_only', 'DELETE OR TRUNCATE', 'notice_documents');
CALL keep_columns('notice_documents_are_append_only', 'notice_documents', 'notice_id', 'content', 'sha256', 'page_count', 'rendered_at');

CALL keep_rows('fund_terms_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'fund_terms');

CALL keep_rows('bank_details_are_append_only', 'DELETE OR TRUNCATE', 'bank_details');

CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON bank_details
    FOR EACH ROW EXECUTE FUNCTION guard_request('bank_details_are_append_only');

CALL keep_rows('fund_keeps_its_history', 'TRUNCATE', 'funds');
CALL keep_rows('commitments_keep_their_history', 'TRUNCATE', 'commitments');

-- Whose a row is, it is for good: one person's right never becomes another's.
CALL keep_columns('membership_is_of_one_person', 'fund_memberships', 'fund_id', 'user_id');
CALL keep_columns('contact_is_of_one_investor', 'investor_contacts', 'investor_id');
CALL keep_columns('delivery_is_of_one_letter', 'notice_deliveries', 'notice_id', 'round', 'message_id');

-- What the waterfall was told stays told.
CALL keep_rows('fund_terms_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'fund_terms_tiers');
CALL keep_rows('side_letters_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'side_letters');
CALL keep_rows('nav_entries_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'nav_entries');
CALL keep_rows('nav_entries_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'nav_entry_deals');

CALL keep_rows('notice_readings_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'notice_readings');

-- A fund keeps a manager who is active, whoever takes the last one's role or closes its account. Locks the fund, so that two who leave take turns.
CREATE FUNCTION check_fund_manager(of_fund bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM funds WHERE id = of_fund FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (SELECT FROM fund_memberships m JOIN users u ON u.id = m.user_id
                              WHERE m.fund_id = of_fund AND m.role = 'manager' AND u.is_active) THEN
        PERFORM refuse('fund_keeps_a_manager', 'Somebody has to manage this fund.');
    END IF;
END $$;

CREATE FUNCTION manager_left() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('fund_manager', ARRAY[OLD.fund_id]);
    RETURN NULL;
END $$;

CREATE TRIGGER manager_left AFTER DELETE ON fund_memberships
    FOR EACH ROW WHEN (OLD.role = 'manager') EXECUTE FUNCTION manager_left();
CREATE TRIGGER manager_became_another AFTER UPDATE OF role ON fund_memberships
    FOR EACH ROW WHEN (OLD.role = 'manager' AND NEW.role <> 'manager') EXECUTE FUNCTION manager_left();

CREATE FUNCTION account_of_manager_closed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('fund_manager', ARRAY(SELECT fund_id FROM fund_memberships
                                               WHERE user_id = NEW.id AND role = 'manager'));
    RETURN NULL;
END $$;

CREATE TRIGGER account_of_manager_closed AFTER UPDATE OF is_active ON users
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION account_of_manager_closed();

REVOKE EXECUTE ON FUNCTION manager_left(), account_of_manager_closed() FROM PUBLIC;
