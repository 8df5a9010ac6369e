-- Whether a closing is taken back by this very transaction: what gives everything back is posted until then.
CREATE FUNCTION closing_reversal_is_new(reversal bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pending_checks p
                    WHERE p.xid = pg_current_xact_id() AND p.kind = 'closing_reversal_is_new' AND p.object_id = reversal)
$$;

CALL keep_rows('closing_reversals_are_append_only', 'DELETE OR TRUNCATE', 'closing_reversals');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON closing_reversals
    FOR EACH ROW EXECUTE FUNCTION guard_request('closing_reversals_are_append_only');

CREATE FUNCTION closing_reversals_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    approved bigint[] := ARRAY(SELECT n.id FROM new_rows n WHERE n.approved_at IS NOT NULL);
    -- What a closing paid out of earlier distributions is taken back with it, in the words of who asked for that.
    asked_by bigint[] := ARRAY(SELECT n.requested_by_id FROM new_rows n WHERE n.approved_at IS NOT NULL
                                  AND EXISTS (SELECT FROM equalised_shares s WHERE s.closing_id = n.closing_id));
BEGIN
    PERFORM note_checks('follows_payment_reversals_is_new', asked_by);
    PERFORM note_checks('follows_refund_payout_reversals_is_new', asked_by);
    PERFORM note_checks('closing_reversal_is_new', approved);
    PERFORM note_decisions(approved);
    PERFORM note_checks('closing_reversal', approved);
    RETURN NULL;
END $$;

CALL watch_statements('closing_reversals_were_written()', '{INSERT,UPDATE}', 'closing_reversals');

-- What gives back is posted with the approval, for the day on which it was taken or asked, and counts as its line does.
CREATE FUNCTION reversed_changes_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows WHERE closing_reversal_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM new_rows n
                 JOIN closing_reversals r ON r.id = n.closing_reversal_id
                 JOIN closings c ON c.id = r.closing_id
                 JOIN capital_calls k ON k.id = n.call_id
                 JOIN capital_call_lines l ON l.id = n.line_id
                WHERE NOT closing_reversal_is_new(r.id)
                   OR n.recorded_at IS DISTINCT FROM r.approved_at
                   OR n.reduces_unfunded <> l.reduces_unfunded
                   OR n.closing_id IS NULL AND (n.call_id IS DISTINCT FROM c.call_id OR n.effective_on <> k.call_date OR n.allocation_id IS DISTINCT FROM l.allocation_id)
                   OR n.closing_id IS NOT NULL AND (n.closing_id <> c.id OR NOT EXISTS (
                      SELECT FROM line_changes g
                       WHERE (g.closing_id, g.commitment_id, g.line_id, g.changes_owed) = (c.id, n.commitment_id, n.line_id, n.changes_owed)
                         AND g.item_id IS NOT DISTINCT FROM n.item_id
                         AND g.closing_reversal_id IS NULL AND (g.amount, g.effective_on) = (-n.amount, n.effective_on)
                         AND g.allocation_id IS NOT DISTINCT FROM n.allocation_id))) THEN
        PERFORM refuse('reversal_gives_back_what_its_closing_took', 'A closing is taken back row by row, with the approval of that.');
    END IF;
    PERFORM guard_commitments(ARRAY(SELECT DISTINCT commitment_id FROM new_rows WHERE closing_reversal_id IS NOT NULL));
    PERFORM note_checks('call_status', ARRAY(SELECT DISTINCT call_id FROM new_rows WHERE closing_reversal_id IS NOT NULL));
    PERFORM note_checks('allocation_state', ARRAY(
        SELECT DISTINCT allocation_id FROM new_rows WHERE closing_reversal_id IS NOT NULL AND allocation_id IS NOT NULL));
    RETURN NULL;
END $$;

CALL watch_statements('reversed_changes_were_written()', '{INSERT}', 'line_changes');

-- The transfers since a closing of which something is left, by partner, on the lines that it changed or in the distributions that it shared
-- anew: not those that were transferred back.
CREATE FUNCTION closing_parts_moved_since(closing bigint) RETURNS TABLE (commitment_id bigint, transfer_id bigint)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH since AS (
        SELECT t.id FROM transfers t JOIN closings c ON c.fund_id = t.fund_id AND t.approved_at >= c.approved_at WHERE c.id = closing
    ), lines AS (
        SELECT DISTINCT g.line_id FROM line_changes g WHERE g.closing_id = closing
    )
    SELECT p.commitment_id, max(p.transfer_id)
      FROM taken_parts p JOIN since t ON t.id = p.transfer_id JOIN lines l USING (line_id)
     GROUP BY p.commitment_id, p.line_id HAVING sum(p.amount) <> 0 OR sum(p.weight) <> 0
     UNION
    SELECT g.commitment_id, max(g.transfer_id)
      FROM line_changes g JOIN since t ON t.id = g.transfer_id JOIN lines l USING (line_id)
     GROUP BY g.commitment_id, g.line_id HAVING sum(g.amount) <> 0
     UNION
    SELECT s.commitment_id, max(s.transfer_id)
      FROM taken_shares s JOIN since t ON t.id = s.transfer_id
     WHERE s.distribution_id IN (SELECT o.distribution_id FROM taken_shares o WHERE o.closing_id = closing)
     GROUP BY s.commitment_id, s.distribution_id HAVING sum(s.gross_amount) <> 0 OR sum(s.return_of_capital) <> 0
$$;

-- A closing is reversed whole, while nothing of it is paid and nothing was issued since: every part is held as before, nobody
-- owes anything of its call, and what was promised at it is no longer promised.
CREATE FUNCTION check_closing_reversal(reversal bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
BEGIN
    SELECT r.id, r.closing_id, r.fund_id, r.approved_at, c.held_on, c.call_id, c.status, c.approved_at AS settled_at
      INTO this
      FROM closing_reversals r
      JOIN closings c ON c.id = r.closing_id
     WHERE r.id = reversal AND r.approved_at IS NOT NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM 1 FROM funds WHERE id = this.fund_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM equalised_rows e
                 JOIN capital_transactions o ON o.id = e.row_id
                CROSS JOIN LATERAL (VALUES (e.giver_id, e.amount), (e.taker_id, -e.amount)) side (commitment_id, amount)
                WHERE e.closing_id = this.closing_id GROUP BY e.row_id, side.commitment_id HAVING sum(side.amount) <> 0)
       OR EXISTS (SELECT FROM taken_shares t WHERE t.closing_id = this.closing_id GROUP BY t.distribution_id, t.commitment_id
                  HAVING (sum(t.gross_amount), sum(t.return_of_capital), sum(t.preferred_return), sum(t.profit_share),
                          sum(t.carried_interest), sum(t.recallable_amount), sum(t.withholding_tax)) <> (0, 0, 0, 0, 0, 0, 0)) THEN
        PERFORM refuse('closing_is_reversed_whole', 'A closing is taken back in full: parts, its call and the register.');
    END IF;
    IF EXISTS (SELECT FROM payments p WHERE p.call_id = this.call_id GROUP BY p.item_id HAVING sum(p.amount) <> 0)
       OR EXISTS (SELECT FROM refund_payouts p JOIN refunds r ON r.id = p.refund_id
                   WHERE r.closing_id = this.closing_id GROUP BY p.refund_id HAVING sum(p.amount) <> 0) THEN
        PERFORM refuse('closing_is_reversed_while_unpaid', 'A closing is reversed while nothing of it is paid.');
    END IF;
    IF EXISTS (SELECT FROM capital_calls k
                WHERE k.fund_id = this.fund_id AND k.id IS DISTINCT FROM this.call_id AND k.approved_at >= this.settled_at
                  AND (call_is_issued(k.status) OR k.status = 'pending_approval'))
       OR EXISTS (SELECT FROM distributions d
                   WHERE d.fund_id = this.fund_id AND (d.status IN ('pending_approval', 'approved')
                         OR distribution_is_issued(d.status) AND d.sent_at >= this.settled_at))
       OR EXISTS (SELECT FROM closings c
                   WHERE c.fund_id = this.fund_id AND c.id <> this.closing_id AND c.status = 'settled' AND c.approved_at >= this.settled_at) THEN
        PERFORM refuse('closing_is_reversed_in_turn', 'What was issued since rests on this closing: it is cancelled first.');
    END IF;
    -- What it would give back goes to whom it was taken from: nobody else holds a part of it since.
    IF EXISTS (SELECT FROM closing_parts_moved_since(this.closing_id)) THEN
        PERFORM refuse('no_closing_reversal_after_a_transfer', 'Parts that this closing changed were transferred since: they are transferred back first.');
    END IF;
    IF this.status <> 'reversed'
       OR EXISTS (SELECT FROM line_changes g WHERE g.closing_id = this.closing_id
                   GROUP BY g.item_id, g.commitment_id, g.line_id, g.changes_owed HAVING sum(g.amount) <> 0)
       OR EXISTS (SELECT FROM capital_call_item_lines x
                   WHERE x.call_id = this.call_id
                     AND x.amount + (SELECT coalesce(sum(g.amount), 0) FROM line_changes g
                                      WHERE g.item_id = x.item_id AND g.line_id = x.line_id) <> 0)
       OR EXISTS (SELECT FROM closing_tranches t
                   WHERE t.closing_id = this.closing_id AND 1 <> (
                         SELECT count(*) FROM commitments m JOIN commitment_events e ON e.commitment_id = m.id
                          WHERE m.fund_id = t.fund_id AND m.investor_id = t.investor_id AND e.kind = 'reversed'
                            AND (e.amount, e.effective_on, e.approved_at) = (-t.amount, this.held_on, this.approved_at))) THEN
        PERFORM refuse('closing_is_reversed_whole', 'A closing is taken back in full: parts, its call and the register.');
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION closing_reversal_is_new(bigint), closing_reversals_were_written(), reversed_changes_were_written(),
    check_closing_reversal(bigint) FROM PUBLIC;
