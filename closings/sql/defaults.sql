-- What was decided about a default stays: the notice with its terms, and each remedy with what it led to.
CALL keep_rows('defaults_are_append_only', 'DELETE OR TRUNCATE', 'defaults', 'default_remedies', 'default_withdrawals');
CALL keep_rows('defaults_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'default_parts', 'default_calls');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON defaults
    FOR EACH ROW EXECUTE FUNCTION guard_request('defaults_are_append_only');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON default_remedies
    FOR EACH ROW EXECUTE FUNCTION guard_request('defaults_are_append_only');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON default_withdrawals
    FOR EACH ROW EXECUTE FUNCTION guard_request('defaults_are_append_only');

-- Whether notice was withdrawn.
CREATE FUNCTION default_is_withdrawn(of_default bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM default_withdrawals w WHERE w.default_id = of_default AND w.approved_at IS NOT NULL)
$$;

-- Notice is given on a day that has come, of something that was due before and is owed still.
CREATE FUNCTION defaults_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN funds f ON f.id = n.fund_id
                WHERE n.effective_on > local_day(coalesce(n.approved_at, n.recorded_at), f.time_zone)) THEN
        PERFORM refuse('default_not_ahead', 'Notice of a default is given on a day that has come.');
    END IF;
    PERFORM 1 FROM capital_call_items WHERE id IN (SELECT item_id FROM new_rows WHERE rejected_at IS NULL) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM new_rows n LEFT JOIN call_item_capital c ON c.item_id = n.item_id
                WHERE n.rejected_at IS NULL AND (coalesce(c.outstanding, 0) <= 0 OR n.due_on IS DISTINCT FROM c.due_on)) THEN
        PERFORM refuse('default_is_of_what_is_owed', 'Only what was due and is owed still is in default.');
    END IF;
    IF EXISTS (SELECT FROM defaults d
                WHERE d.item_id IN (SELECT item_id FROM new_rows) AND d.rejected_at IS NULL AND NOT default_is_withdrawn(d.id)
                GROUP BY d.item_id HAVING count(*) > 1) THEN
        PERFORM refuse('one_default_per_item', 'One notice stands per item.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('defaults_were_written()', '{INSERT,UPDATE}', 'defaults');

CREATE FUNCTION default_remedies_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    approved bigint[] := ARRAY(SELECT id FROM new_rows WHERE approved_at IS NOT NULL);
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN funds f ON f.id = n.fund_id
                WHERE n.effective_on > local_day(coalesce(n.approved_at, n.recorded_at), f.time_zone)) THEN
        PERFORM refuse('default_not_ahead', 'A remedy is worked out to a day that has come.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN defaults d ON d.id = n.default_id
                WHERE n.rejected_at IS NULL AND (d.approved_at IS NULL OR n.effective_on < d.effective_on OR default_is_withdrawn(d.id))) THEN
        PERFORM refuse('remedy_follows_its_notice', 'A remedy follows the notice of its default.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN defaults d ON d.id = n.default_id LEFT JOIN call_item_capital c ON c.item_id = d.item_id
                WHERE n.rejected_at IS NULL AND n.kind NOT IN ('interest', 'shortfall')
                  AND (n.effective_on <= d.cure_by OR coalesce(c.outstanding, 0) <= 0)) THEN
        PERFORM refuse('loss_follows_the_time_to_cure', 'An interest is taken of who still owes, after the time in which the default might have been cured.');
    END IF;
    PERFORM note_checks('default_remedy_is_new', approved);
    PERFORM note_checks('default_remedy', approved);
    -- What a remedy moves was asked for by who asked for the remedy.
    PERFORM note_checks('follows_transfers_is_new', ARRAY(SELECT recorded_by_id FROM new_rows
                                                           WHERE approved_at IS NOT NULL AND kind IN ('forfeiture', 'sale')));
    PERFORM note_decisions(approved);
    RETURN NULL;
END $$;

CALL watch_statements('default_remedies_were_written()', '{INSERT,UPDATE}', 'default_remedies');

-- What a remedy leads to comes with its approval.
CREATE FUNCTION default_parts_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n
                WHERE n.remedy_id IS NOT NULL
                  AND NOT EXISTS (SELECT FROM pending_checks p
                                   WHERE p.xid = pg_current_xact_id() AND p.kind = 'default_remedy_is_new' AND p.object_id = n.remedy_id)) THEN
        PERFORM refuse('remedy_is_written_whole', 'What a remedy leads to is written as it is approved.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('default_parts_were_written()', '{INSERT}', 'default_parts', 'default_calls', 'refunds', 'transfers');

-- Whether a remedy counts at a time: it was approved, and its call was not cancelled.
CREATE FUNCTION remedy_counts(remedy bigint, known_at timestamptz DEFAULT 'infinity') RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM default_remedies r WHERE r.id = remedy AND r.approved_at <= known_at)
       AND NOT EXISTS (SELECT FROM default_calls c JOIN capital_calls k ON k.id = c.call_id
                        WHERE c.remedy_id = remedy AND k.cancelled_at <= known_at)
$$;

-- Notice is withdrawn where it was given and nothing was done about it that counts.
CREATE FUNCTION default_withdrawals_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM defaults WHERE id IN (SELECT default_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM new_rows n JOIN defaults d ON d.id = n.default_id
                WHERE n.rejected_at IS NULL
                  AND (d.approved_at IS NULL
                       OR EXISTS (SELECT FROM default_remedies r WHERE r.default_id = d.id AND r.rejected_at IS NULL
                                     AND (r.approved_at IS NULL OR remedy_counts(r.id))))) THEN
        PERFORM refuse('withdrawn_while_nothing_followed', 'Notice is withdrawn while nothing was done about the default, and nothing waits.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('default_withdrawals_were_written()', '{INSERT,UPDATE}', 'default_withdrawals');

-- Simple interest of a default up to a day, as known at a time: on each payment from the due date to its day, and on the rest to the
-- day; none on what came in time.
CREATE FUNCTION default_interest_by(of_default bigint, value_day date, known_at timestamptz) RETURNS numeric
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH this AS (
        SELECT d.due_on, d.rate, d.item_id, CASE d.day_count WHEN 'act/360' THEN 360 ELSE 365 END AS days,
               currency_decimals(f.currency) AS decimals, i.amount + (
               SELECT coalesce(sum(g.amount), 0) FROM line_changes g
                WHERE g.item_id = d.item_id AND g.changes_owed AND g.effective_on <= value_day AND g.recorded_at <= known_at) AS owed
          FROM defaults d JOIN funds f ON f.id = d.fund_id JOIN capital_call_items i ON i.id = d.item_id
         WHERE d.id = of_default
    ), paid AS (
        SELECT p.value_date AS on_day, sum(p.amount) AS amount
          FROM this JOIN payments p ON p.item_id = this.item_id AND p.value_date <= value_day AND p.recorded_at <= known_at
         GROUP BY p.value_date
    ), bearing AS (
        SELECT on_day, amount FROM paid
        UNION ALL
        SELECT value_day, this.owed - (SELECT coalesce(sum(amount), 0) FROM paid) FROM this
    )
    SELECT sum(round(b.amount * this.rate * greatest(b.on_day - this.due_on, 0) / this.days, this.decimals))
      FROM this CROSS JOIN bearing b
$$;

-- What of it was not asked for yet, nor kept of the price of a sale, when a remedy was approved.
CREATE FUNCTION default_interest_due(remedy bigint) RETURNS numeric
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT default_interest_by(r.default_id, r.effective_on, r.approved_at)
           - (SELECT coalesce(sum(CASE o.kind WHEN 'sale' THEN o.interest ELSE o.amount END), 0) FROM default_remedies o
               WHERE o.default_id = r.default_id AND o.kind IN ('interest', 'sale') AND o.number < r.number
                 AND remedy_counts(o.id, r.approved_at))
      FROM default_remedies r WHERE r.id = remedy
$$;

-- What the others may be asked for in place of an item at most: all of it but its part for the fee.
CREATE FUNCTION most_of_a_shortfall(item bigint) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(x.amount + (SELECT coalesce(sum(g.amount), 0) FROM line_changes g
                                     WHERE g.item_id = x.item_id AND g.line_id = x.line_id AND g.changes_owed)), 0)
      FROM capital_call_item_lines x JOIN capital_call_lines l ON l.id = x.line_id
     WHERE x.item_id = item AND l.kind <> 'management_fee' AND l.counts_as_called
$$;

-- A remedy that was approved is what it says: interest is what accrued, asked of the partner in default alone and passed on to the
-- others but for costs; a shortfall is no more than the item without its fee part, and asks each of the others up to its cap.
CREATE FUNCTION check_default_remedy(remedy bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
BEGIN
    SELECT r.id, r.kind, r.amount, r.costs, r.uncovered, r.default_id, r.effective_on, r.due_on, d.commitment_id, d.item_id, d.call_id,
           d.interest_to, d.cap, d.cap_base, c.call_id AS asked_by, currency_decimals(f.currency) AS decimals
      INTO this
      FROM default_remedies r JOIN defaults d ON d.id = r.default_id JOIN funds f ON f.id = r.fund_id
      LEFT JOIN default_calls c ON c.remedy_id = r.id
     WHERE r.id = remedy;
    PERFORM 1 FROM defaults WHERE id = this.default_id FOR NO KEY UPDATE;
    IF this.kind NOT IN ('interest', 'shortfall') THEN
        IF this.asked_by IS NOT NULL OR EXISTS (SELECT FROM default_parts p WHERE p.remedy_id = remedy)
           OR EXISTS (SELECT FROM refunds r WHERE r.remedy_id = remedy) THEN
            PERFORM refuse('default_call_asks_for_its_remedy', 'A remedy is asked for by a call of its own, of whom it names, and for nothing else.');
        END IF;
        PERFORM check_remedy_that_moves(remedy);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM transfers t WHERE t.remedy_id = remedy) THEN
        PERFORM refuse('remedy_moves_what_it_says', 'A remedy of a default moves what it says, and nothing else.');
    END IF;
    IF this.asked_by IS NULL OR NOT EXISTS (SELECT FROM capital_calls k WHERE k.id = this.asked_by AND k.due_date = this.due_on AND call_is_issued(k.status))
       OR EXISTS (SELECT FROM (SELECT i.commitment_id, i.amount FROM capital_call_items i WHERE i.call_id = this.asked_by AND i.amount <> 0) i
                    FULL JOIN (SELECT this.commitment_id, this.amount WHERE this.kind = 'interest'
                               UNION ALL
                               SELECT p.commitment_id, p.amount FROM default_parts p WHERE p.remedy_id = remedy AND p.amount > 0) o
                              USING (commitment_id)
                   WHERE i.amount IS DISTINCT FROM o.amount)
       OR EXISTS (SELECT FROM capital_call_lines l WHERE l.call_id = this.asked_by
                     AND ((l.kind = 'default_interest') IS DISTINCT FROM (this.kind = 'interest') OR l.kind = 'management_fee'
                          OR l.counts_as_called IS DISTINCT FROM (this.kind <> 'interest'))) THEN
        PERFORM refuse('default_call_asks_for_its_remedy', 'A remedy is asked for by a call of its own, of whom it names, and for nothing else.');
    END IF;
    IF this.kind = 'interest' AND this.amount IS DISTINCT FROM default_interest_due(remedy) THEN
        PERFORM refuse('default_interest_is_what_accrued', 'Interest of a default is what accrued by its terms and was not asked for before.');
    END IF;
    IF (SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.remedy_id = remedy)
       <> (CASE WHEN this.kind = 'interest' AND this.interest_to = 'others' THEN this.amount - least(this.costs, this.amount) ELSE 0 END)
       OR EXISTS (SELECT FROM refunds r WHERE r.remedy_id = remedy AND (r.commitment_id = this.commitment_id OR r.until <> this.effective_on)) THEN
        PERFORM refuse('default_interest_is_passed_on', 'What costs leave of the interest is passed on to the other partners, where the terms say so.');
    END IF;
    IF this.kind = 'shortfall' AND (
          this.amount - this.uncovered <> (SELECT coalesce(sum(p.amount), 0) FROM default_parts p WHERE p.remedy_id = remedy)
       OR this.amount > most_of_a_shortfall(this.item_id)
       OR EXISTS (SELECT FROM default_remedies r
                   WHERE r.default_id = this.default_id AND r.kind = 'shortfall' AND r.id <> remedy AND remedy_counts(r.id))) THEN
        PERFORM refuse('shortfall_within_its_item', 'The others are asked once, for no more than the item without its fee part; the rest is said to be uncovered.');
    END IF;
    IF EXISTS (SELECT FROM default_parts p
                LEFT JOIN capital_call_items i ON i.call_id = this.call_id AND i.commitment_id = p.commitment_id
                WHERE p.remedy_id = remedy
                  AND (this.kind <> 'shortfall' OR p.commitment_id = this.commitment_id
                       OR this.cap_base = 'item' AND p.cap > round(this.cap * (coalesce(i.amount, 0) + (
                              SELECT coalesce(sum(g.amount), 0) FROM line_changes g WHERE g.item_id = i.id AND g.changes_owed)), this.decimals)
                       OR this.cap_base = 'contributed' AND p.cap > round(this.cap * (
                              SELECT c.paid FROM commitment_capital c WHERE c.commitment_id = p.commitment_id), this.decimals))) THEN
        PERFORM refuse('shortfall_stays_under_its_caps', 'Nobody is asked for more in place of another than its cap.');
    END IF;
END $$;

-- Whether a call follows a remedy that was decided.
CREATE FUNCTION call_follows_a_default(call bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM default_calls c JOIN default_remedies r ON r.id = c.remedy_id WHERE c.call_id = call AND r.approved_at IS NOT NULL)
$$;

-- Interest on a late payment is asked for by a default alone.
CREATE FUNCTION check_default_interest_call(call bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM capital_call_lines l WHERE l.call_id = call AND l.kind = 'default_interest') AND NOT call_follows_a_default(call) THEN
        PERFORM refuse('default_interest_follows_a_default', 'Interest on a late payment is asked for by a remedy of a default.');
    END IF;
END $$;

CREATE FUNCTION default_interest_was_asked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('default_interest_call', ARRAY(SELECT DISTINCT call_id FROM new_rows WHERE kind = 'default_interest'));
    RETURN NULL;
END $$;

CALL watch_statements('default_interest_was_asked()', '{INSERT,UPDATE}', 'capital_call_lines');

-- The call of interest stays once something of it was passed on.
CREATE FUNCTION guard_default_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM default_calls c JOIN refunds r ON r.remedy_id = c.remedy_id
                 JOIN refund_payouts p ON p.refund_id = r.id
                WHERE c.call_id = NEW.id GROUP BY r.id HAVING sum(p.amount) <> 0) THEN
        PERFORM refuse('interest_passed_on_stays', 'Something of this interest was paid out to other partners: that is taken back first.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_default_call BEFORE UPDATE ON capital_calls FOR EACH ROW
    WHEN (NEW.status = 'cancelled' AND OLD.status <> 'cancelled') EXECUTE FUNCTION guard_default_call();

-- What a remedy asked of the partner in default, and what of it has come by a day, as known at a time, less its costs; of a call that
-- was cancelled nothing.
CREATE FUNCTION interest_collected(remedy bigint, value_day date DEFAULT 'infinity', known_at timestamptz DEFAULT 'infinity')
RETURNS TABLE (asked numeric, came numeric)
LANGUAGE sql STABLE ROWS 1 COST 100000 SET search_path = public, pg_temp AS $$
    SELECT greatest(r.amount - r.costs, 0),
           greatest(-r.costs + (SELECT coalesce(sum(p.amount), 0) FROM payments p
                                 WHERE p.call_id = c.call_id AND p.value_date <= value_day AND p.recorded_at <= known_at), 0)
      FROM default_remedies r JOIN default_calls c ON c.remedy_id = r.id
     WHERE r.id = remedy AND r.approved_at <= known_at AND r.effective_on <= value_day AND remedy_counts(r.id, known_at)
$$;

REVOKE EXECUTE ON FUNCTION defaults_were_written(), default_remedies_were_written(), default_parts_were_written(),
    default_withdrawals_were_written(), default_is_withdrawn(bigint), most_of_a_shortfall(bigint), check_default_remedy(bigint),
    call_follows_a_default(bigint), check_default_interest_call(bigint), default_interest_was_asked(), guard_default_call() FROM PUBLIC;
