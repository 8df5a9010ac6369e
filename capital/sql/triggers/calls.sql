-- Which way the status of a call may move, and what of it may be reworded: nothing while it waits, its purpose and a later
-- due date once it is issued, by another person too where the fund demands it. It takes its bank details as it is issued, and
-- keeps them.
CREATE FUNCTION guard_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    told text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.status <> 'draft' AND NEW.due_date < OLD.due_date)
           OR (OLD.status = 'pending_approval'
               AND (OLD.purpose, OLD.purpose_detail, OLD.due_date)
                   IS DISTINCT FROM (NEW.purpose, NEW.purpose_detail, NEW.due_date))
           OR (OLD.status <> 'draft' AND (call_is_issued(OLD.status) OR NOT call_is_issued(NEW.status))
               AND OLD.bank_details_id IS DISTINCT FROM NEW.bank_details_id) THEN
            PERFORM refuse('submitted_call_is_fixed', 'What was submitted for approval or issued cannot be changed.');
        END IF;
        IF OLD.status <> NEW.status AND NOT (
               (OLD.status = 'draft' AND NEW.status IN ('pending_approval', 'cancelled'))
            OR (OLD.status = 'pending_approval' AND NEW.status IN ('sent', 'draft', 'cancelled'))
            OR (OLD.status = 'sent' AND NEW.status = 'cancelled')
            OR (call_is_issued(OLD.status) AND call_is_issued(NEW.status))) THEN
            PERFORM refuse('call_moves_along_its_states', format('A call cannot move from %s to %s.', OLD.status, NEW.status));
        END IF;
        -- Its investors were told otherwise: another person decides, where the fund demands it.
        IF call_is_issued(OLD.status) THEN
            told := changed_columns(to_jsonb(OLD), to_jsonb(NEW), 'purpose', 'purpose_detail', 'due_date', 'cancel_reason')
                    || CASE WHEN NEW.status = 'cancelled' THEN '{status,cancel_reason}'::text[] END;
            IF told <> '{}' THEN
                PERFORM require_approved_change('capital_call', ARRAY[OLD.fund_id], OLD.id, 'capital_calls', to_jsonb(NEW), told);
            END IF;
        END IF;
    END IF;
    IF call_is_issued(NEW.status) AND (TG_OP = 'INSERT' OR NOT call_is_issued(OLD.status))
       AND EXISTS (SELECT FROM bank_details WHERE id = NEW.bank_details_id AND verified_at IS NULL) THEN
        PERFORM refuse('call_uses_verified_bank_details', 'A call is issued with verified bank details only.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_submission BEFORE INSERT OR UPDATE OR DELETE ON capital_calls
    FOR EACH ROW EXECUTE FUNCTION guard_submission('submitted_call_is_fixed', 'purpose', 'purpose_detail', 'due_date', 'bank_details_id');
CREATE TRIGGER guard_call BEFORE INSERT OR UPDATE ON capital_calls
    FOR EACH ROW EXECUTE FUNCTION guard_call();

CREATE TRIGGER keep_days_of_calls BEFORE UPDATE OF time_zone ON funds FOR EACH ROW
    WHEN (NEW.time_zone <> OLD.time_zone) EXECUTE FUNCTION keep_days_of_issue('capital_calls', 'call_date', 'approved_at');

-- Issuing binds: from that moment the limits of the partners and of the deals hold. Cancelling frees.
CREATE FUNCTION calls_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched bigint[] := ARRAY(SELECT id FROM new_rows);
    issued bigint[] := ARRAY(SELECT id FROM new_rows WHERE call_is_issued(status));
    deals bigint[] := ARRAY(SELECT DISTINCT allocation_id FROM capital_call_lines
                             WHERE call_id = ANY (touched) AND allocation_id IS NOT NULL);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        issued := ARRAY(SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
                         WHERE call_is_issued(n.status) AND NOT call_is_issued(o.status));
    END IF;
    IF issued <> '{}' THEN
        PERFORM guard_commitments(ARRAY(SELECT commitment_id FROM capital_call_items WHERE call_id = ANY (issued)));
        PERFORM guard_allocations(deals);
        PERFORM note_checks('excused_from_deals', issued);
    END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM note_checks('call_is_new', touched);
    ELSE
        -- A call that is taken back leaves more unfunded: not more than the terms allow.
        PERFORM note_checks('unfunded', ARRAY(
            SELECT i.commitment_id FROM new_rows n JOIN old_rows o USING (id) JOIN capital_call_items i ON i.call_id = n.id
             WHERE call_is_issued(o.status) AND NOT call_is_issued(n.status)));
    END IF;
    PERFORM note_checks('call_sums', touched);
    PERFORM note_checks('call_status', touched);
    PERFORM note_checks('allocation_state', deals);
    RETURN NULL;
END $$;

CALL watch_statements('calls_were_written()', '{INSERT,UPDATE}', 'capital_calls');

CALL guard_parts('submitted_call_is_fixed', 'calls_keep_their_history', 'capital_calls', 'call_id', 'call',
                 'capital_call_lines', 'capital_call_items', 'capital_call_item_lines');

-- Parts of a call that is issued bind with it: after what guards all parts, in the order of the triggers' names.
CREATE FUNCTION written_parts_bind() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'capital_call_lines' THEN
        PERFORM guard_allocations(ARRAY(
            SELECT DISTINCT r.allocation_id FROM capital_call_lines r
              JOIN capital_calls k ON k.id = r.call_id
             WHERE r.id IN (SELECT id FROM new_rows) AND r.allocation_id IS NOT NULL AND call_is_issued(k.status)));
        PERFORM note_checks('allocation_state', ARRAY(
            SELECT DISTINCT r.allocation_id FROM capital_call_lines r WHERE r.id IN (SELECT id FROM new_rows)));
    ELSE
        PERFORM guard_commitments(ARRAY(
            SELECT DISTINCT r.commitment_id FROM capital_call_item_lines r
              JOIN capital_calls k ON k.id = r.call_id
             WHERE r.id IN (SELECT id FROM new_rows) AND call_is_issued(k.status)));
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('written_parts_bind()', '{INSERT,UPDATE}', 'capital_call_lines', 'capital_call_item_lines');

REVOKE EXECUTE ON FUNCTION guard_call(), calls_were_written(), written_parts_bind() FROM PUBLIC;
