-- Whether a closing is settled by this very transaction, and not whole yet: what it moves is posted until then.
CREATE FUNCTION closing_is_new(closing bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pending_checks p
                    WHERE p.xid = pg_current_xact_id() AND p.kind = 'closing_is_new' AND p.object_id = closing)
$$;

-- Which way a closing may move. It is settled when no other waits, nothing else of its fund waits to be issued, and what was
-- asked for by the closing before was due by then and paid.
CREATE FUNCTION guard_closing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.status <> 'draft' OR TG_OP = 'UPDATE' AND OLD.status <> NEW.status AND NOT (
           (OLD.status = 'draft' AND NEW.status IN ('pending_approval', 'cancelled'))
        OR (OLD.status = 'pending_approval' AND NEW.status IN ('settled', 'draft', 'cancelled'))
        OR (OLD.status = 'settled' AND NEW.status = 'reversed'
            AND EXISTS (SELECT FROM closing_reversals r WHERE r.closing_id = NEW.id AND r.approved_at IS NOT NULL))) THEN
        PERFORM refuse('closing_moves_along_its_states',
            'A closing is drafted, submitted and settled, or withdrawn before; settled, it is reversed by a decision.');
    END IF;
    -- The call that collects is named as it is settled, and stays.
    IF NEW.call_id IS DISTINCT FROM OLD.call_id
       AND (NEW.status <> 'settled' OR OLD.status = 'settled' AND NOT closing_is_new(NEW.id)) THEN
        PERFORM refuse('submitted_closing_is_fixed', 'A closing is settled with the call that collects for it.');
    END IF;
    IF NEW.status = 'settled' AND OLD.status <> 'settled' THEN
        PERFORM 1 FROM funds WHERE id = NEW.fund_id FOR NO KEY UPDATE;
        IF EXISTS (SELECT FROM closings c LEFT JOIN capital_calls k ON k.id = c.call_id
                    WHERE c.fund_id = NEW.fund_id AND c.id <> NEW.id
                      AND (c.status = 'pending_approval'
                           OR c.status = 'settled' AND (c.pay_on > NEW.held_on OR k.status <> 'fully_funded'))) THEN
            PERFORM refuse('closings_are_settled_in_turn', 'The closing before is settled, due and paid first.');
        END IF;
        IF EXISTS (SELECT FROM capital_calls k WHERE k.fund_id = NEW.fund_id AND k.status = 'pending_approval')
           OR EXISTS (SELECT FROM distributions d WHERE d.fund_id = NEW.fund_id AND d.status IN ('pending_approval', 'approved')) THEN
            PERFORM refuse('nothing_waits_beside_a_closing', 'A call or a distribution of this fund waits: it is issued or sent back first.');
        END IF;
        IF NEW.held_on > local_day(NEW.approved_at, (SELECT time_zone FROM funds WHERE id = NEW.fund_id)) THEN
            PERFORM refuse('closing_not_ahead', 'A closing is settled on its day or later.');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_submission BEFORE INSERT OR UPDATE OR DELETE ON closings
    FOR EACH ROW EXECUTE FUNCTION guard_submission('submitted_closing_is_fixed', 'call_id');
CREATE TRIGGER guard_turn BEFORE INSERT OR UPDATE ON closings
    FOR EACH ROW EXECUTE FUNCTION guard_closing();

CREATE FUNCTION closings_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    settled bigint[] := ARRAY(SELECT n.id FROM new_rows n WHERE n.status = 'settled');
    fresh bigint[];
BEGIN
    PERFORM note_checks('closing_sums', ARRAY(SELECT id FROM new_rows));
    IF TG_OP = 'UPDATE' THEN
        -- What it moves is posted in the transaction that settles it.
        fresh := ARRAY(SELECT n.id FROM new_rows n JOIN old_rows o USING (id) WHERE n.status = 'settled' AND o.status <> 'settled');
        PERFORM note_checks('closing_is_new', fresh);
        PERFORM note_decisions(fresh);
        PERFORM note_checks('closing_parts', settled);
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('closings_were_written()', '{INSERT,UPDATE}', 'closings');
CALL guard_parts('submitted_closing_is_fixed', 'closings_keep_their_history', 'closings', 'closing_id', 'closing',
                 'closing_tranches', 'closing_rates', 'closing_fees', 'closing_excuses', 'closing_exclusions', 'closing_values');

-- What is submitted admits somebody, at one rate or by a table of them.
CREATE FUNCTION check_closing_sums(closing bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
BEGIN
    SELECT * INTO this FROM closings WHERE id = closing FOR NO KEY UPDATE;
    IF NOT FOUND OR this.status IN ('draft', 'cancelled') THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM closing_tranches t WHERE t.closing_id = closing) THEN
        PERFORM refuse('closing_admits_somebody', 'A closing admits a partner, or raises what one promised.');
    END IF;
    IF (this.rate IS NOT NULL) = EXISTS (SELECT FROM closing_rates r WHERE r.closing_id = closing) THEN
        PERFORM refuse('closing_has_one_rate', 'Interest has one rate or a table of rates.');
    END IF;
END $$;

CALL keep_rows('equalisation_is_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'equalisation_parts', 'refunds');

-- Parts, refunds and changes of lines come with the settlement of their closing.
CREATE FUNCTION equalisation_was_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n
                WHERE n.closing_id IS NOT NULL AND NOT closing_is_new(n.closing_id)
                  AND to_jsonb(n) ->> 'closing_reversal_id' IS NULL) THEN
        PERFORM refuse('equalisation_comes_with_its_closing', 'What a closing moves is posted as it is settled.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('equalisation_was_written()', '{INSERT}', 'equalisation_parts', 'refunds', 'line_changes');

-- What each partner is charged by a closing and gets back, interest with premium: on lines, and less that on distributions.
CREATE FUNCTION closing_sides(closing bigint) RETURNS TABLE (commitment_id bigint, charged numeric, capital numeric, interest numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT x.commitment_id, sum(x.charged), sum(x.capital), sum(x.interest)
      FROM (SELECT p.commitment_id, greatest(p.interest, 0) + greatest(p.premium, 0) AS charged,
                   greatest(-p.delta, 0) - p.reduces_open AS capital, -least(p.interest, 0) - least(p.premium, 0) AS interest
              FROM equalisation_parts p WHERE p.closing_id = closing
             UNION ALL
            SELECT s.commitment_id, least(s.interest, 0), 0, -greatest(s.interest, 0)
              FROM equalised_shares s WHERE s.closing_id = closing) x
     GROUP BY x.commitment_id
$$;

-- A settled closing is whole at commit: the register has whom it admits; on every line what is paid is what goes back, with its
-- interest; what goes back is taken off what its partner held, what is paid is asked for by the call that collects it, and each
-- refund is the sum of its parts.
CREATE FUNCTION check_closing_parts(closing bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
BEGIN
    SELECT * INTO this FROM closings WHERE id = closing FOR NO KEY UPDATE;
    IF this.status <> 'settled' THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM closing_tranches t
                WHERE t.closing_id = closing AND 1 <> (
                      SELECT count(*) FROM commitments m JOIN commitment_events e ON e.commitment_id = m.id
                       WHERE m.fund_id = t.fund_id AND m.investor_id = t.investor_id AND e.changes_commitment
                         AND (e.amount, e.effective_on, e.approved_at) = (t.amount, this.held_on, this.approved_at))) THEN
        PERFORM refuse('closing_is_in_the_register', 'Who comes in, or promises more, is in the register once, from the day of the closing.');
    END IF;
    IF EXISTS (SELECT FROM equalisation_parts p WHERE p.closing_id = closing
                GROUP BY p.line_id HAVING sum(p.delta) <> 0 OR sum(p.interest) <> 0 OR sum(p.premium) <> 0) THEN
        PERFORM refuse('equalisation_moves_nothing_in_all', 'On each line what later partners pay is what earlier ones get back.');
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT p.line_id, p.commitment_id, least(p.delta, 0) AS back, greatest(p.delta, 0) AS taken, p.reduces_open
                       FROM equalisation_parts p WHERE p.closing_id = closing) p
          FULL JOIN (SELECT coalesce(l.equalises_id, l.id) AS line_id, g.commitment_id, sum(g.amount) AS back,
                            -coalesce(sum(g.amount) FILTER (WHERE g.changes_owed), 0) AS reduces_open
                       FROM line_changes g JOIN capital_call_lines l ON l.id = g.line_id
                      WHERE g.closing_id = closing AND g.closing_reversal_id IS NULL
                      GROUP BY 1, 2) g ON g.line_id = p.line_id AND g.commitment_id = p.commitment_id
          FULL JOIN (SELECT l.equalises_id AS line_id, x.commitment_id, sum(x.amount) AS taken
                       FROM capital_call_item_lines x JOIN capital_call_lines l ON l.id = x.line_id
                      WHERE x.call_id = this.call_id AND l.equalises_id IS NOT NULL AND x.amount > 0
                      GROUP BY 1, 2) t ON t.line_id = coalesce(p.line_id, g.line_id)
                                      AND t.commitment_id = coalesce(p.commitment_id, g.commitment_id)
         WHERE (coalesce(p.back, 0), coalesce(p.reduces_open, 0), coalesce(p.taken, 0))
               IS DISTINCT FROM (coalesce(g.back, 0), coalesce(g.reduces_open, 0), coalesce(t.taken, 0))) THEN
        PERFORM refuse('equalisation_is_what_it_says', 'What a closing moves is posted on the lines, in full.');
    END IF;
    IF EXISTS (
        SELECT FROM closing_sides(closing) p
          FULL JOIN (SELECT x.commitment_id, sum(x.amount) AS asked
                       FROM capital_call_item_lines x
                      WHERE x.call_id = this.call_id AND NOT x.counts_as_called
                      GROUP BY x.commitment_id) a USING (commitment_id)
         WHERE coalesce(p.charged, 0) <> coalesce(a.asked, 0)) THEN
        PERFORM refuse('interest_is_asked_as_it_is_passed_on', 'Interest that earlier partners get is asked of those who owe it.');
    END IF;
    IF EXISTS (
        SELECT FROM closing_sides(closing) p
          FULL JOIN (SELECT * FROM refunds WHERE closing_id = closing) r ON r.commitment_id = p.commitment_id
         WHERE (coalesce(r.capital, 0), coalesce(r.interest, 0)) IS DISTINCT FROM (coalesce(p.capital, 0), coalesce(p.interest, 0))) THEN
        PERFORM refuse('refund_is_the_sum_of_its_parts', 'A refund is what goes back on all lines.');
    END IF;
    PERFORM check_closing_shares(closing);
    IF EXISTS (SELECT FROM line_changes g
                JOIN capital_call_lines l ON l.id = g.line_id
                JOIN capital_call_lines r ON r.id = coalesce(l.equalises_id, l.id)
               WHERE g.closing_id = closing
                 AND (g.effective_on < this.held_on
                      OR (g.recorded_at, g.allocation_id) IS DISTINCT FROM (this.approved_at, CASE WHEN g.changes_owed THEN r.allocation_id END)))
       OR EXISTS (SELECT FROM equalisation_parts p
                    JOIN capital_call_lines r ON r.id = p.line_id
                    LEFT JOIN fund_allocations a ON a.id = r.allocation_id
                   WHERE p.closing_id = closing
                     AND (p.inside <> CASE WHEN r.reduces_unfunded THEN p.delta ELSE 0 END
                          OR a.deal_id IN (SELECT e.deal_id FROM closing_exclusions e WHERE e.closing_id = closing)
                          OR EXISTS (SELECT FROM closing_excuses e
                                       JOIN closing_tranches t ON t.id = e.tranche_id
                                       JOIN closings c ON c.id = e.closing_id AND (c.id = closing OR c.status = 'settled')
                                       JOIN commitments m ON m.fund_id = t.fund_id AND m.investor_id = t.investor_id
                                      WHERE e.deal_id = a.deal_id AND m.id = p.commitment_id))) THEN
        PERFORM refuse('equalisation_follows_its_lines',
            'What a closing moves counts as its line does; it moves no deal that it leaves out, and nothing to who is excused.');
    END IF;
    IF EXISTS (SELECT FROM line_changes g
                 JOIN capital_call_item_lines x ON x.item_id = g.item_id AND x.line_id = g.line_id
                CROSS JOIN LATERAL (SELECT coalesce(sum(o.amount) FILTER (WHERE o.changes_held), 0) AS held,
                                           coalesce(sum(o.amount) FILTER (WHERE o.changes_owed), 0) AS owed,
                                           coalesce(sum(o.amount) FILTER (WHERE NOT o.changes_owed), 0) AS back
                                      FROM line_changes o
                                     WHERE o.line_id = x.line_id AND (o.item_id = x.item_id OR o.item_id IS NULL AND o.commitment_id = x.commitment_id)) o
                CROSS JOIN LATERAL (SELECT coalesce(sum(t.amount), 0) AS received
                                      FROM capital_transactions t
                                     WHERE t.call_item_id = x.item_id AND t.call_line_id = x.line_id AND t.refund_payout_id IS NULL) t
                CROSS JOIN LATERAL (SELECT coalesce(sum(p.amount), 0) AS moved
                                      FROM taken_parts p WHERE (p.line_id, p.commitment_id) = (x.line_id, x.commitment_id)) m
                WHERE g.closing_id = closing
                  AND (x.amount + o.held + m.moved < 0 OR x.amount + o.owed < t.received OR t.received + o.back + m.moved < 0))
       OR EXISTS (SELECT FROM line_changes g
                   WHERE g.closing_id = closing AND g.item_id IS NULL
                     AND (EXISTS (SELECT FROM capital_call_item_lines x WHERE (x.line_id, x.commitment_id) = (g.line_id, g.commitment_id))
                          OR 0 > (SELECT coalesce(sum(o.amount), 0) FROM line_changes o
                                   WHERE o.item_id IS NULL AND (o.line_id, o.commitment_id) = (g.line_id, g.commitment_id))
                                 + (SELECT coalesce(sum(p.amount), 0) FROM taken_parts p
                                     WHERE (p.line_id, p.commitment_id) = (g.line_id, g.commitment_id)))) THEN
        PERFORM refuse('equalisation_takes_what_is_held',
            'Nobody gives back more of a line than it holds, or gets back more than it paid.');
    END IF;
END $$;

-- A call that equalises lines of issued calls collects for a closing, and stays as long as that does.
CREATE FUNCTION check_equalising_call(call bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    collects boolean := EXISTS (SELECT FROM closings c WHERE c.call_id = call AND c.status IN ('settled', 'reversed'));
    stands boolean := EXISTS (SELECT FROM closings c WHERE c.call_id = call AND c.status = 'settled');
BEGIN
    IF collects AND NOT EXISTS (SELECT FROM capital_calls k WHERE k.id = call AND call_is_issued(k.status))
       OR EXISTS (SELECT FROM capital_call_lines l
                    JOIN capital_call_lines r ON r.id = l.equalises_id
                    JOIN capital_calls q ON q.id = r.call_id
                   WHERE l.call_id = call
                     AND (NOT collects OR stands AND NOT call_is_issued(q.status) OR r.equalises_id IS NOT NULL OR NOT r.counts_as_called
                          OR (l.kind, l.reduces_unfunded) IS DISTINCT FROM (r.kind, r.reduces_unfunded)
                          OR l.allocation_id IS NOT NULL AND l.allocation_id IS DISTINCT FROM r.allocation_id)) THEN
        PERFORM refuse('equalising_call_collects_for_a_closing',
            'A call that equalises earlier lines collects for a settled closing, and stays.');
    END IF;
END $$;

CREATE FUNCTION equalising_lines_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'capital_calls' THEN
        IF EXISTS (SELECT FROM new_rows n JOIN capital_call_lines l ON l.call_id = n.id JOIN equalisation_parts p ON p.line_id = l.id
                      JOIN closings c ON c.id = p.closing_id AND c.status = 'settled'
                    WHERE NOT call_is_issued(n.status)) THEN
            PERFORM refuse('equalised_call_stays', 'A later closing moved parts of this call: it stays.');
        END IF;
        PERFORM note_checks('equalising_call', ARRAY(SELECT c.call_id FROM closings c JOIN new_rows n ON n.id = c.call_id));
    ELSE
        PERFORM note_checks('equalising_call', ARRAY(
            SELECT DISTINCT l.call_id FROM capital_call_lines l WHERE l.id IN (SELECT id FROM new_rows) AND l.equalises_id IS NOT NULL));
    END IF;
    RETURN NULL;
END $$;

-- What asks for no second person of its own in a transaction that settles a closing, follows from it, whether it is approved
-- already or waits: the call that collects, and the increases that it admits.
CREATE FUNCTION check_call_of_closing(call bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM closings c WHERE c.call_id = call AND c.status IN ('settled', 'reversed'))
       AND NOT call_follows_a_fee_run(call) AND NOT call_follows_a_default(call) THEN
        PERFORM refuse('four_eyes_as_the_fund_demands', 'A submission takes the fund''s own rule on a second approver.');
    END IF;
END $$;

CREATE FUNCTION check_event_of_closing(event bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM commitment_events e
                     JOIN commitments m ON m.id = e.commitment_id
                     JOIN closing_tranches t ON t.fund_id = m.fund_id AND t.investor_id = m.investor_id AND t.amount = e.amount
                     JOIN closings c ON c.id = t.closing_id AND c.held_on = e.effective_on AND c.approved_at = e.approved_at
                    WHERE e.id = event AND e.kind = 'increased' AND c.status = 'settled')
       AND NOT EXISTS (SELECT FROM commitment_events e
                         JOIN commitments m ON m.id = e.commitment_id
                         JOIN closing_tranches t ON t.fund_id = m.fund_id AND t.investor_id = m.investor_id AND t.amount = -e.amount
                         JOIN closing_reversals r ON r.closing_id = t.closing_id AND r.approved_at = e.approved_at
                        WHERE e.id = event AND e.kind = 'reversed')
       AND NOT event_follows_a_transfer(event) AND NOT event_follows_a_remedy(event) THEN
        PERFORM refuse('four_eyes_as_the_fund_demands', 'A request takes the fund''s own rule on a second approver.');
    END IF;
END $$;

-- What was issued before under another rule, and is paid or revised by it, does not follow from it.
CREATE FUNCTION followers_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stood bigint[];
BEGIN
    IF follows_a_decision() THEN
        IF TG_OP = 'UPDATE' THEN
            stood := ARRAY(SELECT o.id FROM old_rows o WHERE to_jsonb(o) ->> 'status' NOT IN ('draft', 'pending_approval', 'approved'));
        END IF;
        PERFORM note_checks(TG_ARGV[0], ARRAY(
            SELECT n.id FROM new_rows n JOIN funds f ON f.id = n.fund_id
             WHERE f.four_eyes AND NOT n.four_eyes AND to_jsonb(n) ->> 'kind' IS DISTINCT FROM 'admitted'
               AND (to_jsonb(n) ->> 'status' IN ('draft', 'cancelled')) IS NOT TRUE AND (n.id = ANY (stood)) IS NOT TRUE));
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('followers_were_written(''call_of_closing'')', '{INSERT,UPDATE}', 'capital_calls');
CALL watch_statements('followers_were_written(''event_of_closing'')', '{INSERT}', 'commitment_events');

CALL watch_statements('equalising_lines_were_written()', '{INSERT,UPDATE}', 'capital_calls', 'capital_call_lines');

REVOKE EXECUTE ON FUNCTION closing_is_new(bigint), guard_closing(), closings_were_written(), check_closing_sums(bigint),
    closing_sides(bigint), equalisation_was_written(), check_closing_parts(bigint), check_equalising_call(bigint), equalising_lines_were_written(),
    check_call_of_closing(bigint), check_event_of_closing(bigint),
    followers_were_written() FROM PUBLIC;
