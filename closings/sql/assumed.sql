-- What a partner owes of calls and another one assumes with a share of its interest: the part of the one falls, that of the other
-- rises, on the same lines; the call stays as it was issued. What is assumed stays so.
CALL keep_rows('transfers_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'assumed_parts');

-- What a partner owes of each line of issued calls, where it owes anything.
CREATE FUNCTION owed_of_lines(partner bigint)
RETURNS TABLE (item_id bigint, call_id bigint, line_id bigint, owed numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT x.item_id, x.call_id, x.line_id, x.amount + g.changed - t.applied
      FROM capital_call_item_lines x
      JOIN capital_calls k ON k.id = x.call_id AND call_is_issued(k.status)
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(z.amount), 0) AS changed
             FROM line_changes z WHERE z.item_id = x.item_id AND z.line_id = x.line_id AND z.changes_owed) g
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(y.amount), 0) AS applied
             FROM capital_transactions y
            WHERE y.call_item_id = x.item_id AND y.call_line_id = x.line_id AND y.refund_payout_id IS NULL) t
     WHERE x.commitment_id = partner AND x.amount + g.changed <> t.applied
$$;

-- An item of 0.00, with a part of each line, of these calls for these partners, where they have none: so that the calls still add up,
-- and what the partner owes is what changes of it.
CREATE FUNCTION give_empty_items(calls bigint[], partners bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('call_is_new', calls);
    INSERT INTO capital_call_items (call_id, fund_id, commitment_id, amount)
    SELECT k.id, k.fund_id, c.id, 0
      FROM capital_calls k JOIN commitments c ON c.fund_id = k.fund_id
     WHERE k.id = ANY (calls) AND c.id = ANY (partners)
     ORDER BY k.id, c.id
        ON CONFLICT (call_id, commitment_id) DO NOTHING;
    INSERT INTO capital_call_item_lines (item_id, line_id, call_id, fund_id, commitment_id, reduces_unfunded, counts_as_called,
                                         amount, weight, basis, excuse_reason)
    SELECT i.id, l.id, i.call_id, i.fund_id, i.commitment_id, l.reduces_unfunded, l.counts_as_called, 0, 0,
           CASE l.split_by WHEN 'fixed' THEN 'edited' ELSE 'pro_rata' END, ''
      FROM capital_call_items i
      JOIN capital_call_lines l ON l.call_id = i.call_id
     WHERE i.call_id = ANY (calls) AND i.commitment_id = ANY (partners)
     ORDER BY i.id, l.position
        ON CONFLICT (item_id, line_id) DO NOTHING;
    DELETE FROM pending_checks WHERE xid = pg_current_xact_id() AND kind = 'call_is_new' AND object_id = ANY (calls);
END $$;

-- What is assumed is a part of what is owed by then. A debt of the partner's own passes to nobody: interest, what a later closing
-- collects, a rest that was carried to another call or waived, and what it is in default on.
CREATE FUNCTION post_assumed_parts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    calls bigint[] := ARRAY(SELECT DISTINCT call_id FROM new_rows WHERE amount > 0);
BEGIN
    PERFORM require_read_committed();
    IF NOT transfers_are_new(ARRAY(SELECT DISTINCT transfer_id FROM new_rows)) THEN
        PERFORM refuse('transfer_moves_rows_as_it_takes_effect', 'A transfer moves rows of its fund, in the transaction in which it takes effect.');
    END IF;
    PERFORM 1 FROM commitments WHERE id IN (SELECT unnest(ARRAY[t.transferor_id, t.transferee_id])
                                              FROM transfers t WHERE t.id IN (SELECT transfer_id FROM new_rows))
      ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM capital_call_items WHERE id IN (SELECT item_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM new_rows n
                 JOIN transfers t ON t.id = n.transfer_id
                 JOIN funds f ON f.id = t.fund_id
                 JOIN capital_calls k ON k.id = n.call_id
                 LEFT JOIN LATERAL owed_of_lines(t.transferor_id) o ON o.line_id = n.line_id
                WHERE t.open_items <> 'assumed'
                   OR (n.commitment_id, n.item_id, n.owed) IS DISTINCT FROM (t.transferor_id, o.item_id, o.owed)
                   OR least(k.call_date, local_day(k.approved_at, f.time_zone)) > t.effective_on
                   OR EXISTS (SELECT FROM line_changes g
                               WHERE g.line_id = n.line_id AND g.commitment_id IN (t.transferor_id, t.transferee_id) AND g.effective_on > t.effective_on)) THEN
        PERFORM refuse('assumed_is_what_is_owed', 'What is assumed is a part of what is owed by the day of the transfer, where that says so.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n
                WHERE EXISTS (SELECT FROM capital_call_lines l WHERE l.call_id = n.call_id AND (l.equalises_id IS NOT NULL OR NOT l.counts_as_called))
                   OR EXISTS (SELECT FROM residual_settlements s WHERE s.item_id = n.item_id AND s.approved_at IS NOT NULL)
                   OR EXISTS (SELECT FROM defaults d WHERE d.item_id = n.item_id AND d.rejected_at IS NULL AND NOT default_is_withdrawn(d.id))) THEN
        PERFORM refuse('own_debts_are_not_assumed', 'Interest, what a closing collects, a rest that was settled and what is in default pass to nobody.');
    END IF;

    PERFORM give_empty_items(calls, ARRAY(SELECT t.transferee_id FROM transfers t WHERE t.id IN (SELECT transfer_id FROM new_rows)));

    INSERT INTO line_changes (transfer_id, fund_id, call_id, item_id, line_id, commitment_id, allocation_id, reduces_unfunded,
                              counts_as_called, amount, changes_held, changes_owed, weight, basis, effective_on, recorded_at)
    SELECT t.id, n.fund_id, n.call_id, x.item_id, n.line_id, x.commitment_id, l.allocation_id, l.reduces_unfunded, l.counts_as_called,
           side.sign * n.amount, true, true, coalesce(w.weight, x.weight), coalesce(w.basis, x.basis), t.effective_on, t.approved_at
      FROM new_rows n
      JOIN transfers t ON t.id = n.transfer_id
      JOIN capital_call_lines l ON l.id = n.line_id
     CROSS JOIN LATERAL (VALUES (t.transferor_id, -1), (t.transferee_id, 1)) side (commitment_id, sign)
      JOIN capital_call_item_lines x ON x.line_id = n.line_id AND x.commitment_id = side.commitment_id
      LEFT JOIN LATERAL (
           SELECT c.weight, c.basis FROM line_changes c
            WHERE c.item_id = x.item_id AND c.line_id = x.line_id AND c.changes_held ORDER BY c.id DESC LIMIT 1) w ON true
     WHERE n.amount > 0
     ORDER BY n.id, side.sign;
    RETURN NULL;
END $$;

CREATE TRIGGER post_assumed_parts AFTER INSERT ON assumed_parts
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_assumed_parts();

-- Whether more capital was returned to the transferor than it has in the fund by then, in all or of a line that it owes, where what it owes
-- is assumed, or stays behind what a default takes. What was returned would pass on, and what it was returned of would not.
CREATE FUNCTION returned_of_what_is_owed(transfer bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH this AS (
        SELECT t.transferor_id AS partner, s.together,
               coalesce((SELECT min(x.id) FROM capital_transactions x WHERE x.transfer_id = ANY (s.together)), 9223372036854775807) AS first
          FROM transfers t CROSS JOIN share_of_a_transfer(t.id) s
         WHERE t.id = transfer AND (t.remedy_id IS NOT NULL OR EXISTS (SELECT FROM assumed_parts n WHERE n.transfer_id = transfer))
    ), held AS MATERIALIZED (
        SELECT o.call_line_id, o.distribution_id, m.held
          FROM this CROSS JOIN moved_by_transfer(transfer) m JOIN capital_transactions o ON o.id = m.row_id
    ), owed AS (
        SELECT n.line_id FROM this JOIN assumed_parts n ON n.transfer_id = transfer
         UNION
        SELECT o.line_id FROM this JOIN transfers t ON t.id = transfer AND t.remedy_id IS NOT NULL CROSS JOIN owed_of_lines(this.partner) o
    )
    SELECT EXISTS (
        SELECT FROM this CROSS JOIN owed
         WHERE -(SELECT coalesce(sum(x.amount), 0) FROM capital_transactions x
                  WHERE x.given_back_line_id = owed.line_id AND x.commitment_id = this.partner AND x.id < this.first)
               > greatest(0, (SELECT coalesce(sum(h.held), 0) FROM held h WHERE h.call_line_id = owed.line_id)))
        OR EXISTS (
        SELECT FROM this
         WHERE (SELECT coalesce(sum(h.held), 0) FROM held h WHERE h.call_line_id IS NOT NULL)
               < (SELECT coalesce(sum(i.return_of_capital), 0) FROM distribution_items i
                   WHERE i.commitment_id = this.partner AND i.distribution_id IN (SELECT h.distribution_id FROM held h))
                 + (SELECT coalesce(sum(s.return_of_capital), 0) FROM taken_shares s
                     WHERE s.commitment_id = this.partner AND (s.transfer_id = ANY (this.together)) IS NOT TRUE
                       AND s.distribution_id IN (SELECT h.distribution_id FROM held h)))
$$;

-- A transfer assumes its share of the running sum of what is owed, by the day on which it is due, less what it assumed of the lines
-- before; none is left out. One that assumes nothing finds nothing owed; what a default takes leaves what is owed where it is.
CREATE FUNCTION check_assumed_parts(transfer bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
BEGIN
    SELECT t.*, currency_decimals(f.currency) AS decimals INTO this FROM transfers t JOIN funds f ON f.id = t.fund_id WHERE t.id = transfer;
    IF this.remedy_id IS NULL AND EXISTS (
        SELECT FROM owed_of_lines(this.transferor_id) o
          FULL JOIN (SELECT n.line_id, n.owed - n.amount AS kept FROM assumed_parts n WHERE n.transfer_id = transfer) n USING (line_id)
         WHERE coalesce(o.owed, 0) <> coalesce(n.kept, 0)) THEN
        PERFORM refuse('transfer_leaves_nothing_unsaid', 'What the transferor owes is settled before its interest moves, or assumed with it, line by line.');
    END IF;
    IF EXISTS (SELECT FROM (SELECT n.owed, n.amount, sum(n.owed) OVER (ORDER BY k.due_date, n.line_id) AS upto
                              FROM assumed_parts n JOIN capital_calls k ON k.id = n.call_id WHERE n.transfer_id = transfer) r
                WHERE r.amount <> share_of_units(r.upto, this.numerator, this.denominator, this.decimals)
                                  - share_of_units(r.upto - r.owed, this.numerator, this.denominator, this.decimals)) THEN
        PERFORM refuse('transfer_assumes_its_share', 'A transfer assumes its share of all that its transferor owes.');
    END IF;
    IF returned_of_what_is_owed(transfer) THEN
        PERFORM refuse('what_was_returned_is_paid_again_first',
            'Capital was returned of what the transferor owes, because its payment came back since: that is paid again first.');
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION owed_of_lines(bigint), returned_of_what_is_owed(bigint), give_empty_items(bigint[], bigint[]), post_assumed_parts(), check_assumed_parts(bigint) FROM PUBLIC;
