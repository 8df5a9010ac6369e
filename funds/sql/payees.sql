-- Bank details are verified by a call to a number that was on file before they were asked for: those of a fund, and those of its
-- partners. Numbers and calls are facts: they are added, a number is withdrawn once, and nothing of them changes.

CALL keep_rows('phone_numbers_are_append_only', 'DELETE OR TRUNCATE', 'phone_numbers');
CALL keep_rows('call_backs_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'call_backs');
CALL keep_rows('payee_details_are_append_only', 'DELETE OR TRUNCATE', 'payee_details');

CREATE FUNCTION guard_phone_number() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.withdrawn_at IS NOT NULL
           OR (NEW.id, NEW.fund_id, NEW.commitment_id, NEW.person_name, NEW.number, NEW.recorded_at, NEW.recorded_by_id)
              IS DISTINCT FROM
              (OLD.id, OLD.fund_id, OLD.commitment_id, OLD.person_name, OLD.number, OLD.recorded_at, OLD.recorded_by_id)) THEN
        PERFORM refuse('phone_numbers_are_append_only', 'A number on file is withdrawn once, and stays as it was.');
    END IF;
    IF NEW.commitment_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM commitments WHERE id = NEW.commitment_id AND fund_id = NEW.fund_id) THEN
        PERFORM refuse('payee_is_a_partner_of_the_fund', 'This belongs to a partner of another fund.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_phone_number BEFORE INSERT OR UPDATE ON phone_numbers
    FOR EACH ROW EXECUTE FUNCTION guard_phone_number();

-- What a call is about, and how long before it was asked for a number has to be on file: by its rest, where it takes the place of
-- other details; for the first account of a fund, which takes nobody's place, not at all.
CREATE FUNCTION guard_call_back() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asked record;
BEGIN
    IF NEW.payee_details_id IS NOT NULL THEN
        SELECT d.fund_id, d.commitment_id, d.created_at, d.usable_from - d.created_at AS rest, true AS replaces,
               d.verified_at IS NULL AND d.rejected_at IS NULL AS waits
          INTO asked FROM payee_details d WHERE d.id = NEW.payee_details_id;
    ELSE
        SELECT d.fund_id, NULL::bigint AS commitment_id, d.created_at, interval '0' AS rest,
               EXISTS (SELECT FROM bank_details o WHERE o.fund_id = d.fund_id AND o.verified_at IS NOT NULL AND o.id <> d.id)
                   AS replaces,
               d.verified_at IS NULL AND d.rejected_at IS NULL AS waits
          INTO asked FROM bank_details d WHERE d.id = NEW.bank_details_id;
    END IF;
    IF NOT asked.waits OR NEW.fund_id <> asked.fund_id OR NEW.called_at > NEW.recorded_at
       OR NEW.called_at < date_trunc('minute', asked.created_at) THEN
        PERFORM refuse('call_back_follows_its_request', 'A call is about bank details that wait, since they were entered.');
    END IF;
    IF NOT EXISTS (
        SELECT FROM phone_numbers n
         WHERE n.id = NEW.number_id AND n.fund_id = asked.fund_id AND n.withdrawn_at IS NULL
           AND n.commitment_id IS NOT DISTINCT FROM asked.commitment_id
           AND (NOT asked.replaces
                OR (n.recorded_at < asked.created_at AND n.recorded_at <= asked.created_at - asked.rest))) THEN
        PERFORM refuse('call_back_goes_to_a_number_on_file',
                       'A call back goes to a number that was on file before the change was asked for.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_call_back BEFORE INSERT ON call_backs FOR EACH ROW EXECUTE FUNCTION guard_call_back();

-- Details begin undecided, and who verifies them is who called and had them confirmed. What is brought in from elsewhere was verified
-- there; a fund's details alone are (the argument says so).
CREATE FUNCTION guard_verification() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_NARGS > 0 AND (EXISTS (SELECT FROM opened_writes o WHERE o.xid = pg_current_xact_id_if_assigned() AND o.imports)
                         OR pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' OR NOT EXISTS (
           SELECT FROM call_backs c
            WHERE CASE TG_TABLE_NAME WHEN 'bank_details' THEN c.bank_details_id ELSE c.payee_details_id END = NEW.id
              AND c.outcome = 'confirmed' AND c.recorded_by_id = NEW.verified_by_id) THEN
        PERFORM refuse('details_are_verified_by_a_call_back', 'Bank details are verified by who called back and had them confirmed.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER when_entered_verified BEFORE INSERT ON bank_details
    FOR EACH ROW WHEN (NEW.verified_at IS NOT NULL) EXECUTE FUNCTION guard_verification('imported');
CREATE TRIGGER when_verified BEFORE UPDATE ON bank_details
    FOR EACH ROW WHEN (OLD.verified_at IS NULL AND NEW.verified_at IS NOT NULL) EXECUTE FUNCTION guard_verification('imported');
CREATE TRIGGER when_entered_verified BEFORE INSERT ON payee_details
    FOR EACH ROW WHEN (NEW.verified_at IS NOT NULL) EXECUTE FUNCTION guard_verification();
CREATE TRIGGER when_verified BEFORE UPDATE ON payee_details
    FOR EACH ROW WHEN (OLD.verified_at IS NULL AND NEW.verified_at IS NOT NULL) EXECUTE FUNCTION guard_verification();

CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON payee_details
    FOR EACH ROW EXECUTE FUNCTION guard_request('payee_details_are_append_only');

-- A version belongs to a partner of its fund, and follows the last one.
CREATE FUNCTION guard_payee_details() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM commitments WHERE id = NEW.commitment_id AND fund_id = NEW.fund_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('payee_is_a_partner_of_the_fund', 'This belongs to a partner of another fund.');
    END IF;
    IF NEW.version <> (SELECT coalesce(max(d.version), 0) + 1 FROM payee_details d WHERE d.commitment_id = NEW.commitment_id) THEN
        PERFORM refuse('payee_details_version_once', 'Versions of bank details follow one another.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_payee_details BEFORE INSERT ON payee_details FOR EACH ROW EXECUTE FUNCTION guard_payee_details();

-- The version to which a partner is paid: the newest that was verified.
CREATE FUNCTION payee_details_in_force(of_commitment bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT d.id FROM payee_details d
     WHERE d.commitment_id = of_commitment AND d.verified_at IS NOT NULL ORDER BY d.version DESC LIMIT 1
$$;

REVOKE EXECUTE ON FUNCTION guard_phone_number(), guard_call_back(), guard_verification(), guard_payee_details() FROM PUBLIC;
