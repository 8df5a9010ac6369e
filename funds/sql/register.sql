-- One row per commitment: what its events promise, and what of it may no longer be called.
CREATE VIEW commitment_amounts WITH (security_invoker = true) AS
SELECT c.id AS commitment_id,
       c.fund_id,
       e.committed,
       e.released
  FROM commitments c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_commitment), 0) AS committed,
              coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_commitment), 0) AS released
         FROM commitment_events x
        WHERE x.commitment_id = c.id AND x.approved_at IS NOT NULL) e;

CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON commitment_events
    FOR EACH ROW EXECUTE FUNCTION guard_request('dated_rows_are_append_only');
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON commitment_events
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();
CALL keep_rows('dated_rows_are_append_only', 'DELETE OR TRUNCATE', 'commitment_events');

-- A partner is in the register with its admission.
CREATE FUNCTION check_commitment_admission(commitment bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM commitments WHERE id = commitment)
       AND NOT EXISTS (SELECT FROM commitment_events WHERE commitment_id = commitment AND kind = 'admitted') THEN
        PERFORM refuse('commitment_has_its_admission', 'A commitment comes with the event that admits its partner.');
    END IF;
END $$;

-- Of a commitment itself only the standing changes; its amount is the sum of its events.
CREATE FUNCTION guard_commitment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM note_checks('commitment_admission', ARRAY[NEW.id]);
    ELSIF to_jsonb(OLD) - 'standing' IS DISTINCT FROM to_jsonb(NEW) - 'standing' THEN
        PERFORM refuse('commitment_belongs_to_its_partner', 'Of a commitment only the standing changes.');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_commitment AFTER INSERT OR UPDATE ON commitments
    FOR EACH ROW EXECUTE FUNCTION guard_commitment();

REVOKE EXECUTE ON FUNCTION check_commitment_admission(bigint), guard_commitment() FROM PUBLIC;
