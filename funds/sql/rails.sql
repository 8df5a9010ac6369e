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

-- Only the decision may be added, once, and only as strictly as the fund demands.
CREATE FUNCTION guard_bank_details() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.four_eyes IS DISTINCT FROM (SELECT four_eyes FROM funds WHERE id = NEW.fund_id) THEN
            PERFORM refuse('four_eyes_as_the_fund_demands', 'A change of bank details takes the fund''s own rule.');
        END IF;
    ELSIF OLD.verified_at IS NOT NULL OR OLD.rejected_at IS NOT NULL
       OR (OLD.id, OLD.fund_id, OLD.version, OLD.bank_name, OLD.account_name, OLD.account_number, OLD.routing_number,
           OLD.swift, OLD.iban, OLD.four_eyes, OLD.created_at, OLD.created_by_id)
          IS DISTINCT FROM
          (NEW.id, NEW.fund_id, NEW.version, NEW.bank_name, NEW.account_name, NEW.account_number, NEW.routing_number,
           NEW.swift, NEW.iban, NEW.four_eyes, NEW.created_at, NEW.created_by_id) THEN
        PERFORM refuse('bank_details_are_append_only', 'Bank details never change: enter a new version.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_bank_details BEFORE INSERT OR UPDATE ON bank_details
    FOR EACH ROW EXECUTE FUNCTION guard_bank_details();

CREATE TRIGGER fund_keeps_its_history BEFORE TRUNCATE ON funds
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('fund_keeps_its_history');
CREATE TRIGGER commitments_keep_their_history BEFORE TRUNCATE ON commitments
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('commitments_keep_their_history');

REVOKE EXECUTE ON FUNCTION guard_bank_details() FROM PUBLIC;

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

-- A dated row takes the fund's own rule on a second person (the first amount of a thing needs none), counts from a day that
-- has come to the fund where it says from when, is decided once, and stays otherwise as it was written.
CREATE FUNCTION guard_dated_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    decision text[] := ARRAY['approved_at', 'approved_by_id', 'rejected_at', 'rejected_by_id'];
    written jsonb := to_jsonb(NEW);
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF written ->> 'kind' IS DISTINCT FROM 'allotment'
           AND NEW.four_eyes IS DISTINCT FROM (SELECT four_eyes FROM funds WHERE id = NEW.fund_id) THEN
            PERFORM refuse('four_eyes_as_the_fund_demands', 'A dated row takes the fund''s own rule on a second approver.');
        END IF;
        IF (written ->> 'effective_on')::date
           > (SELECT local_day((written ->> 'recorded_at')::timestamptz, time_zone) FROM funds WHERE id = NEW.fund_id) THEN
            PERFORM refuse('dated_row_not_ahead', 'A dated row counts from a day that has come.');
        END IF;
    ELSIF OLD.approved_at IS NOT NULL OR OLD.rejected_at IS NOT NULL
          OR to_jsonb(OLD) - decision IS DISTINCT FROM written - decision THEN
        PERFORM refuse('dated_rows_are_append_only', 'A dated row is decided once and then fixed.');
    END IF;
    -- A write-down names no moment but these.
    IF (NOT NEW.four_eyes OR NEW.approved_at IS NOT NULL)
       AND (written ->> 'date')::date
           > (SELECT local_day(greatest((written ->> 'created_at')::timestamptz, NEW.approved_at), time_zone)
                FROM funds WHERE id = NEW.fund_id) THEN
        PERFORM refuse('dated_row_not_ahead', 'A write-down counts from a day that has come.');
    END IF;
    RETURN NEW;
END $$;

REVOKE EXECUTE ON FUNCTION guard_dated_row() FROM PUBLIC;
