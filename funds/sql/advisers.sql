-- An adviser is asked for, and its access ended, by a contact who manages contacts of the commitment; what was asked for stays.
CREATE FUNCTION guard_adviser() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who CONSTANT bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.asked_by_id ELSE NEW.withdrawn_by_id END;
BEGIN
    -- The lock lets a right that ends at this moment go first or after.
    PERFORM FROM portal_grants g JOIN investor_contacts c ON c.id = g.contact_id AND c.user_id = who
      WHERE g.commitment_id = NEW.commitment_id AND g.manages_contacts FOR SHARE OF g;
    IF NOT FOUND THEN
        PERFORM refuse('adviser_is_of_who_manages_contacts', 'Who manages the contacts of a commitment asks for advisers.');
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM control_changes s JOIN commitments m ON m.id = NEW.commitment_id
         WHERE s.id = NEW.change_id AND s.kind = 'portal' AND s.fund_id = m.fund_id AND s.subject_id = m.investor_id
           AND s.recorded_by_id = NEW.asked_by_id AND s.approved_at IS NULL AND s.rejected_at IS NULL
           AND s.becomes @> jsonb_build_object('contact_id', NEW.contact_id, 'manages_contacts', false)) THEN
        PERFORM refuse('adviser_waits_for_a_manager', 'Who is asked for waits for a manager, and never manages contacts.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_adviser BEFORE INSERT ON advisers FOR EACH ROW EXECUTE FUNCTION guard_adviser();
CREATE TRIGGER guard_adviser_withdrawn BEFORE UPDATE ON advisers
    FOR EACH ROW WHEN (NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at OR NEW.withdrawn_by_id IS DISTINCT FROM OLD.withdrawn_by_id)
    EXECUTE FUNCTION guard_adviser();

CALL keep_columns('advisers_stay_as_asked', 'advisers', 'commitment_id', 'name', 'email', 'role', 'change_id', 'asked_at',
                  'asked_by_id');
CALL keep_rows('advisers_stay_as_asked', 'DELETE OR TRUNCATE', 'advisers');
CALL hold_to_names('advisers', 'name', 'email');

REVOKE EXECUTE ON FUNCTION guard_adviser() FROM PUBLIC;
