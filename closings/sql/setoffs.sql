-- What was decided about a set-off stays, and so do its parts: they come in with it, and are posted as it takes effect.
CALL keep_rows('setoffs_are_append_only', 'DELETE OR TRUNCATE', 'setoffs', 'setoff_reversals');
CALL keep_rows('setoffs_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'setoff_parts');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON setoffs
    FOR EACH ROW EXECUTE FUNCTION guard_request('setoffs_are_append_only');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON setoff_reversals
    FOR EACH ROW EXECUTE FUNCTION guard_request('setoffs_are_append_only');

CREATE FUNCTION setoffs_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched bigint[] := ARRAY(SELECT id FROM new_rows);
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM note_checks('setoff_is_new', touched);
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN funds f ON f.id = n.fund_id
                WHERE n.value_date > local_day(coalesce(n.approved_at, n.requested_at), f.time_zone)) THEN
        PERFORM refuse('setoff_not_ahead', 'A set-off counts on a day that has come.');
    END IF;
    PERFORM note_checks('setoff', touched);
    RETURN NULL;
END $$;

CALL watch_statements('setoffs_were_written()', '{INSERT,UPDATE}', 'setoffs');

-- No more is set off than is payable to the partner once tax was withheld; that it is no more than is owed hold payments.
CREATE FUNCTION setoff_parts_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n
                WHERE NOT EXISTS (SELECT FROM pending_checks p
                                   WHERE p.xid = pg_current_xact_id() AND p.kind = 'setoff_is_new' AND p.object_id = n.setoff_id)) THEN
        PERFORM refuse('setoff_parts_come_with_it', 'The parts of a set-off are written with it.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN distribution_items i ON i.id = n.distribution_item_id
                WHERE n.amount > i.net_amount)
       OR EXISTS (SELECT FROM new_rows n JOIN refunds r ON r.id = n.refund_id
                   WHERE n.amount > r.amount - r.set_off) THEN
        PERFORM refuse('setoff_within_what_is_payable', 'No more is set off than is payable after tax was withheld.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('setoff_parts_were_written()', '{INSERT}', 'setoff_parts');

-- Both reversals that follow are of who asked for this one.
CREATE FUNCTION setoff_reversals_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asked_by bigint[] := ARRAY(SELECT requested_by_id FROM new_rows WHERE approved_at IS NOT NULL);
BEGIN
    PERFORM note_checks('follows_payment_reversals_is_new', asked_by);
    PERFORM note_checks('follows_payout_reversals_is_new', asked_by);
    PERFORM note_checks('follows_refund_payout_reversals_is_new', asked_by);
    PERFORM note_checks('setoff_part', ARRAY(SELECT part_id FROM new_rows WHERE approved_at IS NOT NULL));
    RETURN NULL;
END $$;

CALL watch_statements('setoff_reversals_were_written()', '{INSERT,UPDATE}', 'setoff_reversals');

-- One side of a set-off is taken back as both are, in the words of that request; beside it nothing else is. Attach with the table of
-- what was posted, and the column that leads there.
CREATE FUNCTION set_off_was_taken_back() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wrong boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM new_rows n JOIN %I p ON p.id = n.%I
                     WHERE CASE WHEN p.setoff_part_id IS NULL
                                THEN to_jsonb(p) ->> ''closing_id'' IS NULL AND coalesce(to_jsonb(p) ->> ''by_distribution'', ''false'') = ''false''
                                     AND EXISTS (SELECT FROM pending_checks c WHERE c.xid = pg_current_xact_id() AND c.kind = %L)
                                ELSE NOT EXISTS (SELECT FROM setoff_reversals r
                                                  WHERE r.part_id = p.setoff_part_id AND r.approved_at IS NOT NULL
                                                    AND (r.requested_by_id, r.requested_at, r.reason) = (n.requested_by_id, n.requested_at, n.reason))
                            END)', TG_ARGV[0], TG_ARGV[1], format('follows_%s_is_new', TG_TABLE_NAME))
       INTO wrong;
    IF wrong THEN
        PERFORM refuse('setoff_is_taken_back_on_both_sides', 'A set-off is taken back on both sides, by one request.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('set_off_was_taken_back(''payments'', ''payment_id'')', '{INSERT}', 'payment_reversals');
CALL watch_statements('set_off_was_taken_back(''payouts'', ''payout_id'')', '{INSERT}', 'payout_reversals');
CALL watch_statements('set_off_was_taken_back(''refund_payouts'', ''payout_id'')', '{INSERT}', 'refund_payout_reversals');

-- Both sides of a part are posted together, and taken back together.
CREATE FUNCTION set_off_money_was_posted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('setoff_part', ARRAY(SELECT setoff_part_id FROM new_rows WHERE setoff_part_id IS NOT NULL));
    RETURN NULL;
END $$;

CALL watch_statements('set_off_money_was_posted()', '{INSERT}', 'payments', 'payouts', 'refund_payouts');

CREATE FUNCTION check_setoff(setoff bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM setoff_parts WHERE setoff_id = setoff) THEN
        PERFORM refuse('setoff_names_a_partner', 'A set-off says of whom how much is set off.');
    END IF;
    PERFORM note_checks('setoff_part', ARRAY(SELECT p.id FROM setoff_parts p JOIN setoffs s ON s.id = p.setoff_id
                                              WHERE s.id = setoff AND s.approved_at IS NOT NULL));
END $$;

CREATE FUNCTION check_setoff_part(part bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
    posted boolean;
    right_now boolean;
    taken_back integer;
BEGIN
    SELECT p.id, p.amount, p.refund_id, s.value_date, s.approved_at IS NOT NULL AS approved, i.gross_amount AS gross,
           (SELECT count(*) FROM setoff_reversals r WHERE r.part_id = p.id AND r.approved_at IS NOT NULL) AS reversed
      INTO this
      FROM setoff_parts p
      JOIN setoffs s ON s.id = p.setoff_id
      LEFT JOIN distribution_items i ON i.id = p.distribution_item_id
     WHERE p.id = part;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF this.refund_id IS NULL THEN
        posted := EXISTS (SELECT FROM payments y
                           WHERE y.setoff_part_id = part AND y.reverses_id IS NULL AND (y.amount, y.value_date) = (this.amount, this.value_date))
              AND EXISTS (SELECT FROM payouts o
                           WHERE o.setoff_part_id = part AND o.reverses_id IS NULL
                             AND (o.amount, o.set_off, o.value_date) = (this.gross, this.amount, this.value_date));
        right_now := posted IS NOT DISTINCT FROM this.approved;
    ELSE
        -- Of a refund both sides come once so much of it is released, and not before it was approved.
        SELECT count(y.id) > 0, count(y.id) = count(o.id)
               AND bool_and(this.approved AND (y.amount, o.amount) = (this.amount, this.amount)
                            AND y.value_date = o.value_date AND y.value_date >= this.value_date) IS NOT FALSE
          INTO posted, right_now
          FROM (SELECT y.* FROM payments y WHERE y.setoff_part_id = part AND y.reverses_id IS NULL) y
          FULL JOIN (SELECT o.* FROM refund_payouts o WHERE o.setoff_part_id = part AND o.reverses_id IS NULL) o
                 ON o.setoff_part_id = y.setoff_part_id;
    END IF;
    taken_back := (SELECT count(*) FROM payments y WHERE y.setoff_part_id = part AND y.reverses_id IS NOT NULL)
                + (SELECT count(*) FROM payouts o WHERE o.setoff_part_id = part AND o.reverses_id IS NOT NULL)
                + (SELECT count(*) FROM refund_payouts o WHERE o.setoff_part_id = part AND o.reverses_id IS NOT NULL);
    IF NOT right_now OR taken_back <> (CASE WHEN posted THEN 2 * this.reversed ELSE 0 END) THEN
        PERFORM refuse('setoff_is_posted_on_both_sides', 'What is set off pays the call and is paid out, on one day, and is taken back on both sides.');
    END IF;
END $$;

-- What of a refund is still to pay calls by set-offs that stand.
CREATE FUNCTION still_to_set_off(refund bigint) RETURNS numeric
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(p.amount), 0)
      FROM setoff_parts p
      JOIN setoffs s ON s.id = p.setoff_id
      JOIN call_item_capital i ON i.item_id = p.call_item_id
     WHERE p.refund_id = refund AND s.approved_at IS NOT NULL AND i.outstanding >= p.amount
       AND NOT EXISTS (SELECT FROM refund_payouts o WHERE o.setoff_part_id = p.id)
       AND NOT EXISTS (SELECT FROM setoff_reversals r WHERE r.part_id = p.id AND r.approved_at IS NOT NULL)
$$;

-- What is wired of a refund leaves what is to pay a call.
CREATE FUNCTION refunds_were_wired() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN refund_capital c ON c.refund_id = n.refund_id
                WHERE n.amount > 0 AND n.setoff_part_id IS NULL AND NOT n.by_distribution
                  AND c.payable < still_to_set_off(n.refund_id)) THEN
        PERFORM refuse('refund_pays_its_set_off_first', 'What of a refund is set off against a call pays that first.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('refunds_were_wired()', '{INSERT}', 'refund_payouts');

REVOKE EXECUTE ON FUNCTION setoffs_were_written(), setoff_parts_were_written(), setoff_reversals_were_written(),
    set_off_was_taken_back(), set_off_money_was_posted(), check_setoff(bigint), check_setoff_part(bigint), still_to_set_off(bigint), refunds_were_wired() FROM PUBLIC;
