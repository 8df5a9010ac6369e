-- A refund that leaves the bank is held while another account of its partner waits to be verified.
CREATE FUNCTION guard_refund_payees() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n
                WHERE n.amount > 0 AND NOT n.by_distribution
                  AND EXISTS (SELECT FROM payee_details d
                               WHERE d.commitment_id = n.commitment_id AND d.verified_at IS NULL AND d.rejected_at IS NULL)) THEN
        PERFORM refuse('refund_is_not_held', 'New bank details of this partner wait to be verified: the refund waits too.');
    END IF;
    RETURN NULL;
END $$;

-- After `post_refund_payouts`, which locks, in the order of their names.
CREATE TRIGGER went_to_payees AFTER INSERT ON refund_payouts
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION guard_refund_payees();

REVOKE EXECUTE ON FUNCTION guard_refund_payees() FROM PUBLIC;
