-- A payout goes to the account in force of its partner. It is held while another account waits to be verified, and where the one in
-- force was verified after the distribution was approved: until a second person releases it, who saw the newest version.

-- Why the payout of an item is held for who would record it ('waits', 'changed'); nothing where it is not.
CREATE FUNCTION payout_hold(of_item bigint, paid_by bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT h.reason
      FROM distribution_items i
      JOIN distributions d ON d.id = i.distribution_id
     CROSS JOIN LATERAL (
           SELECT max(p.version) FILTER (WHERE p.rejected_at IS NULL) AS newest,
                  CASE WHEN bool_or(p.verified_at IS NULL AND p.rejected_at IS NULL) THEN 'waits'
                       WHEN max(p.verified_at) > d.approved_at THEN 'changed' END AS reason
             FROM payee_details p WHERE p.commitment_id = i.commitment_id) h
     WHERE i.id = of_item AND h.reason IS NOT NULL
       AND NOT EXISTS (SELECT FROM payout_releases r
                        WHERE r.item_id = i.id AND r.seen_version = h.newest
                          AND r.payee_details_id = payee_details_in_force(i.commitment_id)
                          AND (r.released_by_id <> paid_by OR NOT request_needs_another(i.fund_id, 'payee_details')))
$$;

-- Payouts of a statement, but for what is set off whole and never leaves the bank. Their partners are locked.
CREATE FUNCTION guard_payees() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n
                WHERE n.amount > 0
                  AND n.payee_details_id IS DISTINCT FROM
                      CASE WHEN n.set_off < n.amount THEN payee_details_in_force(n.commitment_id) END) THEN
        PERFORM refuse('payout_goes_to_the_account_in_force', 'A payout names the account in force of its partner.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n
                WHERE n.amount > 0 AND n.set_off < n.amount AND payout_hold(n.item_id, n.recorded_by_id) IS NOT NULL) THEN
        PERFORM refuse('payout_is_not_held', 'The bank details of this partner changed: a second person releases the payout.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN payouts o ON o.id = n.reverses_id
                WHERE n.payee_details_id IS DISTINCT FROM o.payee_details_id) THEN
        PERFORM refuse('payout_goes_to_the_account_in_force', 'What is taken back came from the account that it went to.');
    END IF;
    RETURN NULL;
END $$;

-- After `post_payouts`, which locks, in the order of their names.
CREATE TRIGGER went_to_payees AFTER INSERT ON payouts
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION guard_payees();

CALL keep_rows('payout_releases_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'payout_releases');

-- Somebody else than who entered the newest account lets a payout go, to the account in force, as things stand.
CREATE FUNCTION guard_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    partner record;
    newest record;
BEGIN
    SELECT i.commitment_id, i.fund_id INTO partner FROM distribution_items i WHERE i.id = NEW.item_id;
    PERFORM FROM commitments WHERE id = partner.commitment_id FOR NO KEY UPDATE;
    SELECT d.version, d.created_by_id INTO newest FROM payee_details d
     WHERE d.commitment_id = partner.commitment_id AND d.rejected_at IS NULL ORDER BY d.version DESC LIMIT 1;
    IF NEW.fund_id <> partner.fund_id OR NEW.seen_version IS DISTINCT FROM newest.version
       OR NEW.payee_details_id IS DISTINCT FROM payee_details_in_force(partner.commitment_id) THEN
        PERFORM refuse('release_is_of_what_stands', 'A payout is released to the account in force, by who saw the newest one.');
    END IF;
    IF NEW.released_by_id = newest.created_by_id AND request_needs_another(NEW.fund_id, 'payee_details') THEN
        PERFORM refuse('payout_is_released_by_another', 'Somebody else than who entered the account releases the payout.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_release BEFORE INSERT ON payout_releases FOR EACH ROW EXECUTE FUNCTION guard_release();

REVOKE EXECUTE ON FUNCTION guard_payees(), guard_release() FROM PUBLIC;
