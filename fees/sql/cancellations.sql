-- A run that no call asks for is cancelled as it was asked, while no later run rests on it and no payment of it stands: it was
-- taken back before. What partners read of it is withdrawn.
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON fee_run_cancellations
    FOR EACH ROW EXECUTE FUNCTION guard_request('fee_rows_are_append_only');
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON fee_run_cancellations
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();
CALL keep_rows('fee_rows_are_append_only', 'DELETE OR TRUNCATE', 'fee_run_cancellations');

CREATE FUNCTION guard_fee_cancellation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
BEGIN
    IF NEW.approved_at IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM funds WHERE id = NEW.fund_id FOR NO KEY UPDATE;
    SELECT r.approved_at, r.fund_id, r.ends_on INTO this FROM fee_runs r WHERE r.id = NEW.run_id FOR NO KEY UPDATE OF r;
    IF this.approved_at IS NULL OR EXISTS (SELECT FROM fee_bills b WHERE b.run_id = NEW.run_id) THEN
        PERFORM refuse('fee_cancellation_of_a_run_without_a_call', 'A run that a call asks for is cancelled with its call.');
    END IF;
    IF EXISTS (SELECT FROM fee_payments p WHERE p.run_id = NEW.run_id HAVING sum(p.amount) > 0) THEN
        PERFORM refuse('fee_cancellation_after_its_payment', 'What the fund paid of it is taken back first.');
    END IF;
    IF EXISTS (SELECT FROM fee_runs later
                WHERE later.fund_id = this.fund_id AND later.starts_on >= this.ends_on
                  AND (fee_run_counts(later.id) OR later.approved_at IS NULL AND later.rejected_at IS NULL)) THEN
        PERFORM refuse('fee_calls_are_cancelled_in_turn', 'A later fee run rests on this one: it is cancelled first.');
    END IF;
    UPDATE fee_statements s SET withdrawn_at = NEW.approved_at WHERE s.run_id = NEW.run_id;
    PERFORM note_checks('fee_waivers', ARRAY[NEW.fund_id]);
    RETURN NEW;
END $$;

CREATE TRIGGER guard_fee_cancellation BEFORE INSERT OR UPDATE ON fee_run_cancellations
    FOR EACH ROW EXECUTE FUNCTION guard_fee_cancellation();

REVOKE EXECUTE ON FUNCTION guard_fee_cancellation() FROM PUBLIC;
