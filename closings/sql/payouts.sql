-- Money that went out stays posted.
CALL keep_rows('payouts_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'refund_payouts');

-- Whether others hold a part of this row of the ledger by transfers.
CREATE FUNCTION row_is_held_by_others(this bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM capital_transactions m WHERE m.moves_id = this AND m.transfer_id IS NOT NULL
                    GROUP BY m.commitment_id HAVING sum(m.amount) <> 0)
$$;

-- Refunds paid out by a statement: locked in id order, held to what was released, and posted line by line, capital first, each
-- part on the day from which its line earned at first. Interest is passed on: it counts as nothing.
CREATE FUNCTION post_refund_payouts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    touched bigint[] := ARRAY(SELECT DISTINCT refund_id FROM new_rows);
    over record;
BEGIN
    PERFORM require_read_committed();
    PERFORM 1 FROM commitments WHERE id IN (SELECT commitment_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM refunds WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM new_rows n JOIN refunds r ON r.id = n.refund_id LEFT JOIN closings c ON c.id = r.closing_id
                WHERE n.value_date < coalesce(c.held_on, r.until)) THEN
        PERFORM refuse('refund_not_before_its_closing', 'A refund is not dated before its closing.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN refund_payouts o ON o.id = n.reverses_id
                WHERE n.amount <> -o.amount OR n.refund_id <> o.refund_id OR n.value_date <> o.value_date
                   OR o.reverses_id IS NOT NULL) THEN
        PERFORM refuse('refund_reversal_mirrors_its_payout', 'A reversal takes back one whole payout, once, on the day on which it counted.');
    END IF;
    SELECT c.refund_id, c.released, c.paid_out INTO over
      FROM refund_capital c
     WHERE c.refund_id = ANY (touched) AND (c.paid_out < 0 OR c.payable < 0)
       AND EXISTS (SELECT FROM new_rows n WHERE n.refund_id = c.refund_id AND n.amount > 0)
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('refund_within_what_was_released',
            format('%s of refund %s would be paid out, of which %s was released.', over.paid_out, over.refund_id, over.released));
    END IF;

    -- A reversal takes back, row by row, what its payout posted. Where a transfer moved a part of a row since, the partner has that money
    -- in the fund again beside what moved, and what moved stays: a row of its own, which takes none back.
    INSERT INTO capital_transactions
           (fund_id, commitment_id, type, amount, value_date, recorded_at, description, recallable,
            call_id, call_line_id, call_item_id, deal_id, line_kind, due_on, accrues_from, refund_payout_id, reverses_id,
            within_commitment, counts_as_paid_in, earns_preferred_return, passed_on)
    SELECT t.fund_id, t.commitment_id, t.type, -t.amount, n.value_date, n.recorded_at, t.description || ' (reversed)', false,
           t.call_id, t.call_line_id, t.call_item_id, t.deal_id, t.line_kind, t.due_on, t.accrues_from, n.id,
           CASE WHEN n.setoff_part_id IS NULL AND NOT n.by_distribution AND row_is_held_by_others(t.id) THEN NULL ELSE t.id END,
           t.within_commitment, t.counts_as_paid_in, t.earns_preferred_return, t.passed_on
      FROM new_rows n
      JOIN capital_transactions t ON t.fund_id = n.fund_id AND t.refund_payout_id = n.reverses_id;
    -- A payout fills the parts that were not paid out yet, in their order: the overlap of two running totals.
    WITH paying AS (
        SELECT n.*, sum(n.amount) OVER w - n.amount AS begins, sum(n.amount) OVER w AS ends
          FROM new_rows n
         WHERE n.amount > 0
        WINDOW w AS (PARTITION BY n.refund_id ORDER BY n.id)
    ), parts AS (
        SELECT r.id AS refund_id, g.id AS change_id, g.call_id, g.line_id, g.item_id, a.deal_id, l.kind, l.reduces_unfunded,
               line_is_capital(l.kind) AS is_capital, q.due_date, -g.amount AS amount, false AS passed_on
          FROM refunds r
          JOIN line_changes g ON g.closing_id = r.closing_id AND g.commitment_id = r.commitment_id AND NOT g.changes_owed
          JOIN capital_call_lines l ON l.id = g.line_id
          JOIN capital_call_lines first ON first.id = coalesce(l.equalises_id, l.id)
          JOIN capital_calls q ON q.id = first.call_id
          LEFT JOIN fund_allocations a ON a.id = first.allocation_id
         WHERE r.id = ANY (touched)
        UNION ALL
        SELECT r.id, NULL, NULL, NULL, NULL, NULL, '', false, false, NULL, r.interest, true
          FROM refunds r WHERE r.id = ANY (touched) AND r.interest <> 0
    ), parts_left AS (
        SELECT p.*, p.amount + g.posted AS owed
          FROM parts p
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(t.amount), 0) AS posted
                 FROM refund_payouts o
                 JOIN capital_transactions t ON t.fund_id = o.fund_id AND t.refund_payout_id = o.id
                WHERE o.refund_id = p.refund_id
                  AND (t.call_item_id, t.call_line_id) IS NOT DISTINCT FROM (p.item_id, p.line_id)) g
    ), owing AS MATERIALIZED (
        SELECT *, sum(owed) OVER w - owed AS begins, sum(owed) OVER w AS ends
          FROM parts_left
        WINDOW w AS (PARTITION BY refund_id ORDER BY change_id NULLS LAST)
    )
    INSERT INTO capital_transactions
           (fund_id, commitment_id, type, amount, value_date, recorded_at, description, recallable,
            call_id, call_line_id, call_item_id, deal_id, line_kind, due_on, accrues_from, refund_payout_id,
            within_commitment, counts_as_paid_in, earns_preferred_return, passed_on)
    SELECT p.fund_id, p.commitment_id, CASE WHEN o.passed_on THEN 'CONDUIT_INTEREST' ELSE 'EXCESS_RETURNED' END,
           greatest(p.begins, o.begins) - least(p.ends, o.ends), p.value_date, p.recorded_at,
           CASE WHEN c.id IS NULL THEN 'Interest on a late payment'
                ELSE 'Closing #' || c.number || CASE WHEN o.passed_on THEN ' interest' ELSE ' refund' END END, false,
           o.call_id, o.line_id, o.item_id, o.deal_id, o.kind, o.due_date, o.due_date, p.id,
           o.reduces_unfunded, o.is_capital, o.is_capital, o.passed_on
      FROM paying p
      JOIN owing o ON o.refund_id = p.refund_id AND o.owed > 0 AND o.begins < p.ends AND o.ends > p.begins
      JOIN refunds r ON r.id = p.refund_id
      LEFT JOIN closings c ON c.id = r.closing_id;

    IF EXISTS (SELECT FROM new_rows n
                WHERE -n.amount IS DISTINCT FROM
                      (SELECT sum(t.amount) FROM capital_transactions t WHERE t.fund_id = n.fund_id AND t.refund_payout_id = n.id)) THEN
        PERFORM refuse('refund_payout_has_its_ledger_rows', 'A payout is in the ledger in full.');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER post_refund_payouts AFTER INSERT ON refund_payouts
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_refund_payouts();

REVOKE EXECUTE ON FUNCTION post_refund_payouts() FROM PUBLIC;

CALL keep_rows('payout_reversals_are_append_only', 'DELETE OR TRUNCATE', 'refund_payout_reversals');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON refund_payout_reversals
    FOR EACH ROW EXECUTE FUNCTION guard_request('payout_reversals_are_append_only', 'refund_payouts', 'payout_id');
CREATE TRIGGER guard_reversal BEFORE INSERT OR UPDATE ON refund_payout_reversals
    FOR EACH ROW EXECUTE FUNCTION guard_reversal(
        'refund_payouts', 'payout_id', 'payout_reversal_cash_follows_its_payout', 'refund_reversal_mirrors_its_payout');
CREATE CONSTRAINT TRIGGER require_approved_reversal AFTER INSERT ON refund_payouts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.reverses_id IS NOT NULL)
    EXECUTE FUNCTION require_approved_reversal('payout_reversal_was_approved', 'refund_payout_reversals', 'payout_id');
