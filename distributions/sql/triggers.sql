-- Which way the status of a distribution may move, once it is known that it is the same distribution. What was approved is
-- cancelled by two people where the fund demands it.
CREATE FUNCTION guard_distribution() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status <> NEW.status AND NOT (
               (OLD.status = 'draft' AND NEW.status IN ('pending_approval', 'cancelled'))
            OR (OLD.status = 'pending_approval' AND NEW.status IN ('approved', 'draft', 'cancelled'))
            OR (OLD.status = 'approved' AND NEW.status IN ('sent', 'draft', 'cancelled'))
            OR (OLD.status = 'sent' AND NEW.status = 'cancelled')
            OR (distribution_is_issued(OLD.status) AND distribution_is_issued(NEW.status))) THEN
            PERFORM refuse('distribution_moves_along_its_states',
                format('A distribution cannot move from %s to %s.', OLD.status, NEW.status));
        END IF;
        IF OLD.status = 'approved' AND NEW.status = 'draft' AND EXISTS (
               SELECT FROM distributions d
                WHERE d.fund_id = OLD.fund_id AND (d.status = 'approved' OR distribution_is_issued(d.status))
                  AND (d.approved_at, d.id) > (OLD.approved_at, OLD.id)) THEN
            PERFORM refuse('nothing_rests_on_a_distribution_that_went',
                'What was approved after it counted it: that goes back to draft first.');
        END IF;
        IF distribution_is_issued(OLD.status) AND NEW.status = 'cancelled' AND EXISTS (
               SELECT FROM taken_shares x WHERE x.distribution_id = NEW.id
                GROUP BY x.commitment_id HAVING sum(x.gross_amount) <> 0 OR sum(x.return_of_capital) <> 0) THEN
            PERFORM refuse('distribution_that_moved_stays',
                'Parts of it were transferred since it was paid out: it is paid out again, and not cancelled.');
        END IF;
        IF OLD.status NOT IN ('draft', 'pending_approval', 'cancelled')
           AND (NEW.status = 'cancelled' OR OLD.cancel_reason <> NEW.cancel_reason) THEN
            PERFORM require_approved_change('distribution', ARRAY[OLD.fund_id], OLD.id, 'distributions', to_jsonb(NEW),
                                            '{status,cancel_reason}');
        END IF;
    END IF;
    -- The bank's facts may move afterwards: only the issue itself is held to what was paid in.
    IF distribution_is_issued(NEW.status) AND (TG_OP = 'INSERT' OR NOT distribution_is_issued(OLD.status)) THEN
        PERFORM note_checks('returned_capital', ARRAY[NEW.id]);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_submission BEFORE INSERT OR UPDATE OR DELETE ON distributions
    FOR EACH ROW EXECUTE FUNCTION guard_submission('submitted_distribution_is_fixed');
CREATE TRIGGER guard_turn BEFORE INSERT OR UPDATE ON distributions
    FOR EACH ROW EXECUTE FUNCTION guard_distribution();

CREATE TRIGGER keep_days_of_distributions BEFORE UPDATE OF time_zone ON funds FOR EACH ROW
    WHEN (NEW.time_zone <> OLD.time_zone) EXECUTE FUNCTION keep_days_of_issue('distributions', 'date', 'sent_at');

CREATE FUNCTION distributions_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched bigint[] := ARRAY(SELECT id FROM new_rows);
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM note_checks('distribution_is_new', touched);
    END IF;
    PERFORM note_checks('distribution_sums', touched);
    PERFORM note_checks('distribution_status', touched);
    PERFORM note_checks('distribution_turn', touched);
    RETURN NULL;
END $$;

CALL watch_statements('distributions_were_written()', '{INSERT,UPDATE}', 'distributions');
CALL guard_parts('submitted_distribution_is_fixed', 'distributions_keep_their_history',
                 'distributions', 'distribution_id', 'distribution',
                 'distribution_tiers', 'distribution_items', 'distribution_given_back');

-- Money that went out stays posted.
CALL keep_rows('payouts_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'payouts');
CALL keep_rows('payout_reversals_are_append_only', 'DELETE OR TRUNCATE', 'payout_reversals');
CALL keep_rows('write_downs_are_append_only', 'DELETE OR TRUNCATE', 'write_downs');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON write_downs
    FOR EACH ROW EXECUTE FUNCTION guard_request('dated_rows_are_append_only');
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON write_downs
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();

-- What was written down of a deal is never less than nothing, on any day: a write-up gives back losses, not more.
CREATE FUNCTION write_downs_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_read_committed();
    PERFORM 1 FROM fund_allocations a
      WHERE EXISTS (SELECT FROM new_rows n WHERE n.fund_id = a.fund_id AND n.deal_id = a.deal_id)
      ORDER BY a.id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM (SELECT sum(w.amount) OVER (PARTITION BY w.fund_id, w.deal_id ORDER BY w.date) AS lost
                       FROM write_downs w
                      WHERE (NOT w.four_eyes OR w.approved_at IS NOT NULL)
                        AND EXISTS (SELECT FROM new_rows n WHERE n.fund_id = w.fund_id AND n.deal_id = w.deal_id)) d
         WHERE d.lost < 0) THEN
        PERFORM refuse('write_up_within_losses', 'A deal is written up by what was written down by that day, at most.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('write_downs_were_written()', '{INSERT,UPDATE}', 'write_downs');

REVOKE EXECUTE ON FUNCTION write_downs_were_written() FROM PUBLIC;

-- Payouts of a statement: lock commitments, then items, in id order; hold them to their limits; post their ledger rows.
-- Statistics lag behind an import: with sequential scans allowed, sums per item would scan the growing tables.
CREATE FUNCTION post_payouts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    partners bigint[] := ARRAY(SELECT DISTINCT commitment_id FROM new_rows);
    items_paid bigint[] := ARRAY(SELECT DISTINCT item_id FROM new_rows);
    touched bigint[] := ARRAY(SELECT DISTINCT distribution_id FROM new_rows);
    wrong record;
BEGIN
    PERFORM require_read_committed();
    PERFORM 1 FROM commitments WHERE id = ANY (partners) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM distribution_items WHERE id = ANY (items_paid) ORDER BY id FOR NO KEY UPDATE;

    IF EXISTS (SELECT FROM distributions WHERE id = ANY (touched) AND NOT distribution_is_issued(status)) THEN
        PERFORM refuse('payout_needs_issued_distribution', 'Only an issued distribution can be paid out.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN distributions d ON d.id = n.distribution_id JOIN funds f ON f.id = d.fund_id
                WHERE n.value_date < least(d.date, local_day(d.sent_at, f.time_zone))) THEN
        PERFORM refuse('payout_not_before_its_distribution', 'A payout is not dated before its distribution.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN payouts o ON o.id = n.reverses_id
                WHERE n.amount <> -o.amount OR n.item_id <> o.item_id OR n.value_date <> o.value_date
                   OR o.reverses_id IS NOT NULL) THEN
        PERFORM refuse('payout_reversal_mirrors_its_payout', 'A reversal takes back one whole payout, once, on the day on which it counted.');
    END IF;
    SELECT i.id INTO wrong
      FROM distribution_items i
     CROSS JOIN LATERAL (SELECT sum(p.amount) AS paid_out FROM payouts p WHERE p.item_id = i.id) s
     WHERE i.id = ANY (items_paid) AND (s.paid_out IS NULL OR s.paid_out NOT IN (0, i.gross_amount))
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('payout_is_the_whole_item', format('Item %s is paid out whole, and once.', wrong.id));
    END IF;

    -- A row for each line that is given back, what restores apart from what does not; then gains that restore, and the rest.
    -- Unused money of calls lowers what was paid in; everything else was distributed.
    INSERT INTO capital_transactions
           (fund_id, commitment_id, type, amount, value_date, recorded_at, description, recallable,
            deal_id, line_kind, distribution_id, distribution_item_id, payout_id, given_back_line_id,
            within_commitment, counts_as_paid_in, counts_as_distributed, earns_preferred_return)
    SELECT n.fund_id, n.commitment_id, 'DISTRIBUTION', -part.amount, n.value_date, n.recorded_at,
           'Distribution #' || d.number, part.recallable, d.deal_id, '', n.distribution_id, n.item_id, n.id, part.line,
           part.within, d.unused, NOT d.unused, d.unused
      FROM new_rows n
      JOIN (SELECT id, number, deal_id, type = 'RETURN_OF_EXCESS_CAPITAL' AS unused FROM distributions) d
        ON d.id = n.distribution_id
      JOIN distribution_items i ON i.id = n.item_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(g.amount), 0) AS lines, coalesce(sum(g.restores), 0) AS restores
             FROM distribution_given_back g WHERE g.item_id = i.id) s
     CROSS JOIN LATERAL (
           SELECT g.restores::numeric AS amount, true AS recallable, g.call_line_id AS line, true AS within
             FROM distribution_given_back g WHERE g.item_id = i.id
           UNION ALL
           SELECT g.amount - g.restores, false, g.call_line_id, l.reduces_unfunded
             FROM distribution_given_back g JOIN capital_call_lines l ON l.id = g.call_line_id WHERE g.item_id = i.id
           UNION ALL
           SELECT i.recallable_amount - s.restores, true, NULL, false
           UNION ALL
           SELECT i.gross_amount - s.lines - (i.recallable_amount - s.restores), false, NULL, false) part
     WHERE n.amount > 0 AND part.amount <> 0;

    -- A reversal takes back, row by row, what its payout posted.
    INSERT INTO capital_transactions
           (fund_id, commitment_id, type, amount, value_date, recorded_at, description, recallable,
            deal_id, line_kind, distribution_id, distribution_item_id, payout_id, reverses_id, given_back_line_id,
            within_commitment, counts_as_paid_in, counts_as_distributed, earns_preferred_return)
    SELECT t.fund_id, t.commitment_id, t.type, -t.amount, n.value_date, n.recorded_at, t.description || ' (reversed)', t.recallable,
           t.deal_id, t.line_kind, t.distribution_id, t.distribution_item_id, n.id, t.id, t.given_back_line_id,
           t.within_commitment, t.counts_as_paid_in, t.counts_as_distributed, t.earns_preferred_return
      FROM new_rows n
      JOIN capital_transactions t ON t.payout_id = n.reverses_id;
    IF EXISTS (SELECT FROM new_rows n
                WHERE -n.amount IS DISTINCT FROM
                      (SELECT sum(t.amount) FROM capital_transactions t WHERE t.payout_id = n.id)) THEN
        PERFORM refuse('payout_has_its_ledger_rows', 'A payout is in the ledger in full.');
    END IF;

    -- Taking back a recallable payout that was called again would leave less than nothing unfunded.
    PERFORM note_checks('unfunded', ARRAY(SELECT commitment_id FROM new_rows WHERE amount < 0));
    PERFORM note_checks('distribution_status', touched);
    RETURN NULL;
END $$;

CREATE TRIGGER post_payouts AFTER INSERT ON payouts
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_payouts();

CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON payout_reversals
    FOR EACH ROW EXECUTE FUNCTION guard_request('payout_reversals_are_append_only', 'payouts', 'payout_id');
CREATE TRIGGER guard_reversal BEFORE INSERT OR UPDATE ON payout_reversals
    FOR EACH ROW EXECUTE FUNCTION guard_reversal(
        'payouts', 'payout_id', 'payout_reversal_cash_follows_its_payout', 'payout_reversal_mirrors_its_payout');
CREATE CONSTRAINT TRIGGER require_approved_reversal AFTER INSERT ON payouts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.reverses_id IS NOT NULL)
    EXECUTE FUNCTION require_approved_reversal('payout_reversal_was_approved', 'payout_reversals', 'payout_id');

REVOKE EXECUTE ON FUNCTION guard_distribution(), distributions_were_written(), post_payouts() FROM PUBLIC;
