-- What may change on a call, and which way its status may move.
CREATE FUNCTION guard_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            PERFORM refuse('only_drafts_are_deleted', 'Only a draft can be deleted; an issued call is cancelled.');
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.id, OLD.fund_id, OLD.number, OLD.created_at, OLD.created_by_id)
           IS DISTINCT FROM (NEW.id, NEW.fund_id, NEW.number, NEW.created_at, NEW.created_by_id)
           OR (OLD.status <> 'draft'
               AND ((OLD.total_amount, OLD.call_date) IS DISTINCT FROM (NEW.total_amount, NEW.call_date)
                    OR NEW.due_date < OLD.due_date))
           OR (OLD.status <> 'draft' AND NEW.status <> 'draft'
               AND (OLD.four_eyes, OLD.submitted_at, OLD.submitted_by_id)
                   IS DISTINCT FROM (NEW.four_eyes, NEW.submitted_at, NEW.submitted_by_id))
           OR (OLD.status = 'pending_approval' AND NEW.status = 'draft'
               AND (NEW.four_eyes OR NEW.submitted_at IS NOT NULL OR NEW.approved_at IS NOT NULL))
           OR (OLD.status = 'pending_approval'
               AND (OLD.purpose, OLD.purpose_detail, OLD.due_date)
                   IS DISTINCT FROM (NEW.purpose, NEW.purpose_detail, NEW.due_date))
           OR (call_is_issued(OLD.status)
               AND (OLD.approved_at, OLD.approved_by_id, OLD.bank_details_id)
                   IS DISTINCT FROM (NEW.approved_at, NEW.approved_by_id, NEW.bank_details_id)) THEN
            PERFORM refuse('submitted_call_is_fixed', 'What was submitted for approval or issued cannot be changed.');
        END IF;
        IF OLD.status <> NEW.status AND NOT (
               (OLD.status = 'draft' AND NEW.status IN ('pending_approval', 'cancelled'))
            OR (OLD.status = 'pending_approval' AND NEW.status IN ('sent', 'draft', 'cancelled'))
            OR (OLD.status = 'sent' AND NEW.status = 'cancelled')
            OR (call_is_issued(OLD.status) AND call_is_issued(NEW.status))) THEN
            PERFORM refuse('call_moves_along_its_states', format('A call cannot move from %s to %s.', OLD.status, NEW.status));
        END IF;
        IF OLD.status = 'cancelled' AND OLD IS DISTINCT FROM NEW THEN
            PERFORM refuse('submitted_call_is_fixed', 'A cancelled call cannot be changed.');
        END IF;
    END IF;
    IF NEW.status NOT IN ('draft', 'cancelled') AND (TG_OP = 'INSERT' OR OLD.status = 'draft')
       AND NEW.four_eyes IS DISTINCT FROM (SELECT four_eyes FROM funds WHERE id = NEW.fund_id) THEN
        PERFORM refuse('four_eyes_as_the_fund_demands', 'A call takes the fund''s own rule on a second approver.');
    END IF;
    IF call_is_issued(NEW.status) AND (TG_OP = 'INSERT' OR NOT call_is_issued(OLD.status))
       AND EXISTS (SELECT FROM bank_details WHERE id = NEW.bank_details_id AND verified_at IS NULL) THEN
        PERFORM refuse('call_uses_verified_bank_details', 'A call is issued with verified bank details only.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_call BEFORE INSERT OR UPDATE OR DELETE ON capital_calls
    FOR EACH ROW EXECUTE FUNCTION guard_call();
CREATE TRIGGER calls_keep_their_history BEFORE TRUNCATE ON capital_calls
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('calls_keep_their_history');

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

CREATE TRIGGER calls_were_inserted AFTER INSERT ON capital_calls
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION calls_were_written();
CREATE TRIGGER calls_were_updated AFTER UPDATE ON capital_calls
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION calls_were_written();

-- Lines, items and their parts change with a draft only. The call is locked before its status is read, so that nobody
-- issues it meanwhile.
CREATE FUNCTION guard_call_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stored text;
BEGIN
    SELECT status INTO stored FROM capital_calls WHERE id = OLD.call_id FOR NO KEY UPDATE;
    IF stored <> 'draft' THEN
        PERFORM refuse('submitted_call_is_fixed', 'The parts of a call are fixed once it was submitted.');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.call_id <> OLD.call_id THEN
        PERFORM refuse('submitted_call_is_fixed', 'A part of a call stays with its call.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_call_line BEFORE UPDATE OR DELETE ON capital_call_lines
    FOR EACH ROW EXECUTE FUNCTION guard_call_part();
CREATE TRIGGER guard_call_item BEFORE UPDATE OR DELETE ON capital_call_items
    FOR EACH ROW EXECUTE FUNCTION guard_call_part();
CREATE TRIGGER guard_call_item_line BEFORE UPDATE OR DELETE ON capital_call_item_lines
    FOR EACH ROW EXECUTE FUNCTION guard_call_part();

CREATE TRIGGER call_lines_keep_their_history BEFORE TRUNCATE ON capital_call_lines
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('calls_keep_their_history');
CREATE TRIGGER call_items_keep_their_history BEFORE TRUNCATE ON capital_call_items
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('calls_keep_their_history');
CREATE TRIGGER call_item_lines_keep_their_history BEFORE TRUNCATE ON capital_call_item_lines
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('calls_keep_their_history');

-- They join a draft, or a call that this very transaction brought in whole.
CREATE FUNCTION call_parts_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    calls bigint[] := ARRAY(SELECT DISTINCT call_id FROM rows);
BEGIN
    PERFORM note_checks('call_sums', calls);
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM capital_calls WHERE id = ANY (calls) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM capital_calls k
                WHERE k.id = ANY (calls) AND k.status <> 'draft'
                  AND NOT EXISTS (SELECT FROM pending_checks p
                                   WHERE p.xid = pg_current_xact_id() AND p.kind = 'call_is_new'
                                     AND p.object_id = k.id)) THEN
        PERFORM refuse('submitted_call_is_fixed', 'The parts of a call are fixed once it was submitted.');
    END IF;
    IF TG_TABLE_NAME = 'capital_call_lines' THEN
        PERFORM guard_allocations(ARRAY(
            SELECT DISTINCT r.allocation_id FROM capital_call_lines r
              JOIN capital_calls k ON k.id = r.call_id
             WHERE r.id IN (SELECT id FROM rows) AND r.allocation_id IS NOT NULL AND call_is_issued(k.status)));
        PERFORM note_checks('allocation_state', ARRAY(
            SELECT DISTINCT r.allocation_id FROM capital_call_lines r WHERE r.id IN (SELECT id FROM rows)));
    ELSIF TG_TABLE_NAME = 'capital_call_item_lines' THEN
        PERFORM guard_commitments(ARRAY(
            SELECT DISTINCT r.commitment_id FROM capital_call_item_lines r
              JOIN capital_calls k ON k.id = r.call_id
             WHERE r.id IN (SELECT id FROM rows) AND call_is_issued(k.status)));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER call_lines_were_inserted AFTER INSERT ON capital_call_lines
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_lines_were_updated AFTER UPDATE ON capital_call_lines
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_lines_were_deleted AFTER DELETE ON capital_call_lines
    REFERENCING OLD TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_items_were_inserted AFTER INSERT ON capital_call_items
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_items_were_updated AFTER UPDATE ON capital_call_items
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_items_were_deleted AFTER DELETE ON capital_call_items
    REFERENCING OLD TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_item_lines_were_inserted AFTER INSERT ON capital_call_item_lines
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_item_lines_were_updated AFTER UPDATE ON capital_call_item_lines
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_item_lines_were_deleted AFTER DELETE ON capital_call_item_lines
    REFERENCING OLD TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();

REVOKE EXECUTE ON FUNCTION guard_call(), calls_were_written(), guard_call_part(), call_parts_were_written() FROM PUBLIC;
