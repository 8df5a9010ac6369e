-- What was decided about a residual stays, and its parts are posted with the decision.
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON residual_settlements
    FOR EACH ROW EXECUTE FUNCTION guard_request('dated_rows_are_append_only');
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON residual_settlements
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();
CALL keep_rows('dated_rows_are_append_only', 'DELETE OR TRUNCATE', 'residual_settlements');

-- Approved settlements of a statement: lock funds, partners, items, in id order; hold them to what is owed and to the limit;
-- lower each line by what is outstanding of it, or pay it at the fund's expense.
CREATE FUNCTION residuals_were_settled() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    settled bigint[] := ARRAY(SELECT id FROM new_rows WHERE approved_at IS NOT NULL);
    items bigint[] := ARRAY(SELECT item_id FROM new_rows WHERE approved_at IS NOT NULL);
    calls bigint[] := ARRAY(SELECT DISTINCT call_id FROM new_rows WHERE approved_at IS NOT NULL);
    partners bigint[] := ARRAY(SELECT DISTINCT commitment_id FROM new_rows WHERE approved_at IS NOT NULL);
    wrong record;
BEGIN
    IF settled = '{}' THEN
        RETURN NULL;
    END IF;
    PERFORM require_read_committed();
    PERFORM 1 FROM funds WHERE id IN (SELECT fund_id FROM new_rows) ORDER BY id FOR SHARE;
    PERFORM 1 FROM commitments WHERE id = ANY (partners) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM capital_call_items WHERE id = ANY (items) ORDER BY id FOR NO KEY UPDATE;
    SELECT s.amount, c.outstanding, c.paid, f.residual_limit, s.effective_on < greatest(c.paid_on, k.call_date) AS early
      INTO wrong
      FROM residual_settlements s
      JOIN call_item_capital c ON c.item_id = s.item_id
      JOIN capital_calls k ON k.id = s.call_id
      JOIN funds f ON f.id = s.fund_id
     WHERE s.id = ANY (settled)
       AND (c.paid <= 0 OR s.amount <> c.outstanding OR s.amount > f.residual_limit
            OR s.effective_on < greatest(c.paid_on, k.call_date))
     LIMIT 1;
    IF FOUND AND wrong.amount > wrong.residual_limit THEN
        PERFORM refuse('residual_within_the_limit',
            format('%s is more than the %s that may be settled.', wrong.amount, wrong.residual_limit));
    ELSIF FOUND AND wrong.early AND wrong.paid > 0 THEN
        PERFORM refuse('residual_follows_its_payments', 'A residual is settled from the day of the last payment, or later.');
    ELSIF FOUND THEN
        PERFORM refuse('residual_is_settled_whole',
            format('What is settled is all that a payment left: %s, not %s.', wrong.outstanding, wrong.amount));
    END IF;

    -- A call that is issued since takes the residual; carrying it once more would leave both asking.
    IF EXISTS (SELECT FROM residual_settlements s
                JOIN residual_settlements o ON o.item_id = s.item_id AND o.kind = 'carried' AND o.approved_at IS NOT NULL
               WHERE s.id = ANY (settled) AND s.kind = 'carried' AND o.id <> s.id AND o.amount >= s.amount) THEN
        PERFORM refuse('residual_carried_once', 'The residual of this item was carried already.');
    END IF;

    -- What later partners pay for earlier lines is passed on in full: nothing of it is waived.
    IF EXISTS (SELECT FROM residual_settlements s
                JOIN capital_call_lines l ON l.call_id = s.call_id AND (l.equalises_id IS NOT NULL OR NOT l.counts_as_called)
               WHERE s.id = ANY (settled) AND s.kind = 'waived') THEN
        PERFORM refuse('residual_of_a_closing_is_not_waived', 'What this call collects goes to other partners: the fund bears the rest, or it is carried.');
    END IF;

    INSERT INTO line_changes (settlement_id, fund_id, call_id, item_id, line_id, commitment_id, allocation_id,
                              reduces_unfunded, counts_as_called, amount, changes_held, effective_on, recorded_at)
    SELECT s.id, s.fund_id, s.call_id, s.item_id, x.line_id, s.commitment_id, l.allocation_id, x.reduces_unfunded, x.counts_as_called,
           t.applied - x.amount - g.changed, false, s.effective_on, s.approved_at
      FROM residual_settlements s
      JOIN capital_call_item_lines x ON x.item_id = s.item_id
      JOIN capital_call_lines l ON l.id = x.line_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(y.amount), 0) AS applied
             FROM capital_transactions y
            WHERE y.call_item_id = x.item_id AND y.call_line_id = x.line_id AND y.refund_payout_id IS NULL) t
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(z.amount), 0) AS changed
             FROM line_changes z
            WHERE z.item_id = x.item_id AND z.line_id = x.line_id AND z.changes_owed) g
     WHERE s.id = ANY (settled) AND s.kind = 'waived' AND x.amount + g.changed > t.applied;
    INSERT INTO payments (settlement_id, fund_id, call_id, item_id, commitment_id, amount, value_date, method, reference,
                          recorded_at, recorded_by_id)
    SELECT s.id, s.fund_id, s.call_id, s.item_id, s.commitment_id, s.amount, s.effective_on, 'bank charges', '',
           s.approved_at, s.approved_by_id
      FROM residual_settlements s
     WHERE s.id = ANY (settled) AND s.kind = 'expensed';
    PERFORM guard_commitments(partners);
    PERFORM note_checks('call_status', calls);
    -- What is waived may lower an allocation, in the name of who asked.
    PERFORM note_checks('follows_allocation_amounts_is_new', ARRAY(
        SELECT recorded_by_id FROM residual_settlements WHERE id = ANY (settled) AND kind = 'waived'));
    PERFORM note_checks('allocation_state', ARRAY(
        SELECT DISTINCT allocation_id FROM line_changes WHERE settlement_id = ANY (settled) AND allocation_id IS NOT NULL));
    RETURN NULL;
END $$;

CALL watch_statements('residuals_were_settled()', '{INSERT,UPDATE}', 'residual_settlements');

REVOKE EXECUTE ON FUNCTION residuals_were_settled() FROM PUBLIC;
