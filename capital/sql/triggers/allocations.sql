CREATE FUNCTION guard_allocation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.id, OLD.fund_id, OLD.deal_id)
       IS DISTINCT FROM (NEW.id, NEW.fund_id, NEW.deal_id) THEN
        PERFORM refuse('allocation_belongs_to_its_deal', 'An allocation stays with its fund and deal.');
    END IF;
    PERFORM note_checks('allocation_state', ARRAY[NEW.id]);
    RETURN NULL;
END $$;

CREATE TRIGGER guard_allocation AFTER INSERT OR UPDATE ON fund_allocations
    FOR EACH ROW EXECUTE FUNCTION guard_allocation();
CALL keep_rows('allocations_keep_their_history', 'TRUNCATE', 'fund_allocations');

CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON allocation_amounts
    FOR EACH ROW EXECUTE FUNCTION guard_request('dated_rows_are_append_only');
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON allocation_amounts
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();
CALL keep_rows('dated_rows_are_append_only', 'DELETE OR TRUNCATE', 'allocation_amounts');

-- A dated row moves what is committed: the limits hold on every day, and the state follows.
CREATE FUNCTION allocation_amounts_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    changed bigint[] := ARRAY(SELECT DISTINCT allocation_id FROM new_rows WHERE approved_at IS NOT NULL);
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN allocation_amounts o ON o.allocation_id = n.allocation_id
                WHERE n.kind = 'amendment' AND o.kind = 'allotment' AND n.effective_on < o.effective_on) THEN
        PERFORM refuse('amendment_after_its_allotment', 'An allocation is amended from the day it was made, or later.');
    END IF;
    PERFORM guard_allocations(changed);
    PERFORM note_checks('allocation_state', changed);
    RETURN NULL;
END $$;

CALL watch_statements('allocation_amounts_were_written()', '{INSERT,UPDATE}', 'allocation_amounts');

REVOKE EXECUTE ON FUNCTION guard_allocation(), allocation_amounts_were_written() FROM PUBLIC;
