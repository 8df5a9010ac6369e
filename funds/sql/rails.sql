-- The ledger and the letters are append-only; versions of terms and bank details never change.

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON capital_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('ledger_is_append_only');

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

CREATE TRIGGER notices_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notices
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('notices_are_append_only');

CREATE TRIGGER notice_documents_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notice_documents
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('notice_documents_are_append_only');

CREATE TRIGGER fund_terms_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fund_terms
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('fund_terms_are_append_only');

CREATE TRIGGER bank_details_append_only BEFORE DELETE OR TRUNCATE ON bank_details
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('bank_details_are_append_only');

CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON bank_details
    FOR EACH ROW EXECUTE FUNCTION guard_request('bank_details_are_append_only');

CREATE TRIGGER fund_keeps_its_history BEFORE TRUNCATE ON funds
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('fund_keeps_its_history');
CREATE TRIGGER commitments_keep_their_history BEFORE TRUNCATE ON commitments
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('commitments_keep_their_history');

-- What the waterfall was told stays told.
CREATE TRIGGER fund_terms_tiers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fund_terms_tiers
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('fund_terms_are_append_only');
CREATE TRIGGER side_letters_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON side_letters
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('side_letters_are_append_only');
CREATE TRIGGER nav_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON nav_entries
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('nav_entries_are_append_only');
CREATE TRIGGER nav_entry_deals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON nav_entry_deals
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('nav_entries_are_append_only');

CREATE TRIGGER notice_readings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notice_readings
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('notice_readings_are_append_only');
