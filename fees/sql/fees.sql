-- What was asked for stays as it was asked for; runs follow one another, and what is approved is billed as it was worked out.
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON fee_schedules
    FOR EACH ROW EXECUTE FUNCTION guard_request('fee_rows_are_append_only');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON fee_letters
    FOR EACH ROW EXECUTE FUNCTION guard_request('fee_rows_are_append_only');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON fee_income
    FOR EACH ROW EXECUTE FUNCTION guard_request('fee_rows_are_append_only');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON fee_runs
    FOR EACH ROW EXECUTE FUNCTION guard_request('fee_rows_are_append_only');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON fee_events
    FOR EACH ROW EXECUTE FUNCTION guard_request('fee_rows_are_append_only');
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON fee_realisations
    FOR EACH ROW EXECUTE FUNCTION guard_request('fee_rows_are_append_only');
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON fee_income
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON fee_events
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON fee_realisations
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();
CALL keep_rows('fee_rows_are_append_only', 'DELETE OR TRUNCATE', 'fee_schedules', 'fee_letters', 'fee_income', 'fee_events',
    'fee_realisations', 'fee_runs');
CALL keep_rows('fee_rows_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'fee_run_lines', 'fee_bills', 'fee_payments');
CALL keep_rows('fee_rows_are_append_only', 'DELETE OR TRUNCATE', 'fee_statements');

-- A run counts once it is approved, until its call is cancelled, or it itself where no call asks for it.
CREATE FUNCTION fee_run_counts(run bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM fee_runs r WHERE r.id = run AND r.approved_at IS NOT NULL)
       AND NOT EXISTS (SELECT FROM fee_bills b JOIN capital_calls k ON k.id = b.call_id WHERE b.run_id = run AND k.status = 'cancelled')
       AND NOT EXISTS (SELECT FROM fee_run_cancellations c WHERE c.run_id = run AND c.approved_at IS NOT NULL)
$$;

CREATE FUNCTION fee_runs_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    fresh bigint[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY(SELECT id FROM new_rows) ELSE ARRAY[]::bigint[] END;
    approved bigint[] := ARRAY(SELECT id FROM new_rows WHERE approved_at IS NOT NULL);
BEGIN
    PERFORM note_checks('fee_run_is_new', fresh);
    PERFORM note_checks('fee_bill_is_new', approved);
    PERFORM note_checks('fee_run', ARRAY(SELECT id FROM new_rows WHERE rejected_at IS NULL));
    PERFORM note_decisions(approved);
    RETURN NULL;
END $$;

CALL watch_statements('fee_runs_were_written()', '{INSERT,UPDATE}', 'fee_runs');

-- The parts of a run are written with it, and its bill as it is approved.
CREATE FUNCTION fee_parts_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n
                WHERE NOT EXISTS (SELECT FROM pending_checks p
                                   WHERE p.xid = pg_current_xact_id() AND p.kind = TG_ARGV[0] AND p.object_id = n.run_id)) THEN
        PERFORM refuse('fee_run_is_written_whole', 'A fee run is written with its lines, and billed as it is approved.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('fee_parts_were_written(''fee_run_is_new'')', '{INSERT}', 'fee_run_lines');
CALL watch_statements('fee_parts_were_written(''fee_bill_is_new'')', '{INSERT}', 'fee_bills');

-- The lines whose parts are not the days of their run, each once, or do not come to what the line says; or whose true-up is not of
-- periods before it.
CREATE FUNCTION fee_lines_with_other_parts(of_run bigint DEFAULT NULL) RETURNS TABLE (run bigint, commitment bigint, gross numeric, by_parts numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT l.run_id, l.commitment_id, l.gross, p.gross
      FROM fee_run_lines l
      JOIN fee_runs r ON r.id = l.run_id
      LEFT JOIN LATERAL (SELECT range_agg(daterange(least((x ->> 'from')::date, (x ->> 'to')::date), (x ->> 'to')::date)) AS days,
                                sum((x ->> 'to')::date - (x ->> 'from')::date) AS counted,
                                sum((x ->> 'gross')::numeric) AS gross, sum((x ->> 'discount')::numeric) AS discount
                           FROM jsonb_array_elements(l.parts) x) p ON true
     WHERE (of_run IS NULL OR l.run_id = of_run)
       AND (coalesce(p.gross, 0) <> l.gross OR l.charged <> l.gross - coalesce(p.discount, 0) + l.true_up
            OR l.true_up <> (SELECT coalesce(sum((x ->> 'comes_to')::numeric - (x ->> 'was')::numeric), 0) FROM jsonb_array_elements(l.true_ups) x)
            OR EXISTS (SELECT FROM jsonb_array_elements(l.true_ups) x WHERE (x ->> 'to')::date > r.starts_on)
            OR p.counted IS NOT NULL AND (p.days <> datemultirange(daterange(r.starts_on, r.ends_on)) OR p.counted <> r.ends_on - r.starts_on))
$$;

-- What partners read of a run that is not what their lines say, or is withdrawn otherwise than their call or run; and who reads nothing
-- of a run of which others do.
CREATE FUNCTION fee_statements_of_other_lines(of_run bigint DEFAULT NULL) RETURNS TABLE (run bigint, commitment bigint, says text, net numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(s.run_id, l.run_id), coalesce(s.commitment_id, l.commitment_id), s.facts ->> 'net', l.net
      FROM (SELECT * FROM fee_statements WHERE run_id IS NOT NULL AND (of_run IS NULL OR run_id = of_run)) s
      FULL JOIN (SELECT n.* FROM fee_run_lines n
                  WHERE (of_run IS NULL OR n.run_id = of_run)
                    AND n.parts <> '[]' AND EXISTS (SELECT FROM fee_statements x WHERE x.run_id = n.run_id)) l
             ON l.run_id = s.run_id AND l.commitment_id = s.commitment_id
      LEFT JOIN fee_runs r ON r.id = s.run_id
      LEFT JOIN fee_bills b ON b.run_id = s.run_id
      LEFT JOIN capital_calls k ON k.id = b.call_id
     WHERE (s.facts ->> 'net')::numeric IS DISTINCT FROM l.net OR (s.facts ->> 'tax')::numeric IS DISTINCT FROM l.tax
        OR r.approved_at IS NULL OR s.effective_on <> r.effective_on
        OR s.withdrawn_at IS DISTINCT FROM CASE WHEN k.status = 'cancelled' THEN k.cancelled_at
                                                ELSE (SELECT c.approved_at FROM fee_run_cancellations c WHERE c.run_id = s.run_id AND c.approved_at IS NOT NULL) END
$$;

-- The partners whom a run leaves out: those who had promised something by its day, as was known when it was approved, and pay
-- a fee as everybody but a general partner does.
CREATE FUNCTION fee_runs_without_a_partner(of_run bigint DEFAULT NULL) RETURNS TABLE (run bigint, commitment bigint, promised numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT r.id, c.id, sum(e.amount)
      FROM fee_runs r
      JOIN commitments c ON c.fund_id = r.fund_id AND c.kind <> 'gp'
      JOIN commitment_events e ON e.commitment_id = c.id AND e.changes_commitment AND e.effective_on <= r.effective_on AND e.approved_at <= r.approved_at
     WHERE r.approved_at IS NOT NULL AND (of_run IS NULL OR r.id = of_run)
       AND NOT EXISTS (SELECT FROM fee_run_lines l WHERE l.run_id = r.id AND l.commitment_id = c.id AND l.parts <> '[]')
     GROUP BY r.id, c.id
    HAVING sum(e.amount) > 0
$$;

-- The lines whose credit is not what the run before left of it, and who was left a credit that the next run says nothing of.
CREATE FUNCTION fee_credits_that_are_lost(of_run bigint DEFAULT NULL) RETURNS TABLE (run bigint, commitment bigint, credit numeric, carried numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH counting AS (
        SELECT r.id, lag(r.id) OVER (PARTITION BY r.fund_id ORDER BY r.starts_on) AS before
          FROM fee_runs r
         WHERE r.approved_at IS NOT NULL AND (of_run IS NULL OR r.fund_id = (SELECT fund_id FROM fee_runs WHERE id = of_run))
           AND NOT EXISTS (SELECT FROM fee_bills b JOIN capital_calls k ON k.id = b.call_id WHERE b.run_id = r.id AND k.status = 'cancelled')
           AND NOT EXISTS (SELECT FROM fee_run_cancellations x WHERE x.run_id = r.id AND x.approved_at IS NOT NULL))
    SELECT n.id, coalesce(l.commitment_id, b.commitment_id), coalesce(l.credit, 0), coalesce(b.credit_carried, 0)
      FROM counting n
     CROSS JOIN LATERAL (SELECT x.commitment_id, x.credit FROM fee_run_lines x WHERE x.run_id = n.id
                         UNION ALL
                         SELECT y.commitment_id, NULL FROM fee_run_lines y WHERE y.run_id = n.before AND y.credit_carried <> 0
                            AND NOT EXISTS (SELECT FROM fee_run_lines z WHERE z.run_id = n.id AND z.commitment_id = y.commitment_id)) l
      LEFT JOIN fee_run_lines b ON b.run_id = n.before AND b.commitment_id = l.commitment_id
     WHERE (of_run IS NULL OR n.id = of_run) AND coalesce(l.credit, 0) <> coalesce(b.credit_carried, 0)
$$;

-- A run adds up to its lines, goes on from the run before and from where each partner stood after it, and what it comes to is
-- asked for by its call: the fee and the tax on it, from each partner its own part, and nothing else. No call asks for what is
-- paid from cash on hand.
CREATE FUNCTION check_fee_run(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
    until date;
BEGIN
    SELECT r.*, b.call_id INTO this FROM fee_runs r LEFT JOIN fee_bills b ON b.run_id = r.id WHERE r.id = run;
    IF this.rejected_at IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM 1 FROM funds WHERE id = this.fund_id FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM fee_run_lines l WHERE l.run_id = run
                   HAVING coalesce(sum(l.net), 0) = this.net AND coalesce(sum(l.tax), 0) = this.tax
                      AND coalesce(sum(l.recognised), 0) = this.recognised) THEN
        PERFORM refuse('fee_run_adds_up_to_its_lines', 'The fee of a fund is the sum of its partners'' fees.');
    END IF;
    IF EXISTS (SELECT FROM fee_lines_with_other_parts(run)) THEN
        PERFORM refuse('fee_parts_are_the_days_of_the_run', 'The parts of a fee are the days of its run, each once, and add up to it.');
    END IF;
    until := coalesce((SELECT max(r.ends_on) FROM fee_runs r
                        WHERE r.fund_id = this.fund_id AND r.id <> run AND r.starts_on <= this.starts_on AND fee_run_counts(r.id)),
                      (SELECT min(s.effective_on) FROM fee_schedules s WHERE s.fund_id = this.fund_id AND s.approved_at IS NOT NULL));
    IF this.starts_on IS DISTINCT FROM until
       OR EXISTS (SELECT FROM fee_runs r
                   WHERE r.fund_id = this.fund_id AND r.starts_on > this.starts_on AND r.starts_on < this.ends_on AND fee_run_counts(r.id)) THEN
        PERFORM refuse('fee_runs_follow_one_another', 'A fee run starts where the one before ended.');
    END IF;
    IF this.approved_at IS NULL THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM fee_run_lines l
                 LEFT JOIN LATERAL (SELECT sum(x.recognised) AS recognised, sum(x.offset_applied) AS applied
                                      FROM fee_run_lines x
                                      JOIN fee_runs r ON r.id = x.run_id AND r.starts_on < this.starts_on
                                     WHERE x.commitment_id = l.commitment_id AND fee_run_counts(x.run_id)) b ON true
                WHERE l.run_id = run AND l.offset_opening <> coalesce(b.recognised - b.applied, 0)) THEN
        PERFORM refuse('fee_offsets_go_on_from_the_run_before', 'What is carried forward of offsets is what earlier runs left.');
    END IF;
    IF EXISTS (SELECT FROM fee_credits_that_are_lost(run)) THEN
        PERFORM refuse('fee_credits_go_on_from_the_run_before', 'What a partner is credited is what the run before left of it.');
    END IF;
    IF EXISTS (SELECT FROM fee_runs_without_a_partner(run)) THEN
        PERFORM refuse('fee_run_charges_every_partner', 'A fee run says of everybody who pays a fee what it owes.');
    END IF;
    IF EXISTS (SELECT FROM fee_statements_of_other_lines(run)) THEN
        PERFORM refuse('fee_statement_says_its_line', 'What a partner reads of its fee is what it owes.');
    END IF;
    IF (this.net + this.tax > 0 AND this.paid_from = 'call') <> (this.call_id IS NOT NULL)
       OR this.call_id IS NOT NULL AND EXISTS (
          SELECT FROM (SELECT x.commitment_id, k.kind, x.amount
                         FROM capital_call_item_lines x JOIN capital_call_lines k ON k.id = x.line_id
                        WHERE x.call_id = this.call_id AND x.amount <> 0) x
          FULL JOIN (SELECT l.commitment_id, 'management_fee' AS kind, l.net AS owed FROM fee_run_lines l WHERE l.run_id = run AND l.net > 0
                     UNION ALL
                     SELECT l.commitment_id, 'partnership_expenses', l.tax FROM fee_run_lines l WHERE l.run_id = run AND l.tax > 0) o
                    USING (commitment_id, kind)
           WHERE x.amount IS DISTINCT FROM o.owed) THEN
        PERFORM refuse('fee_call_asks_for_its_run', 'The call that bills a fee run asks each partner for its part of the run.');
    END IF;
END $$;

-- The call of a run is issued with it, and cancelled while no later run rests on it.
CREATE FUNCTION guard_fee_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM fee_bills b
                 JOIN fee_runs r ON r.id = b.run_id
                 JOIN fee_runs later ON later.fund_id = r.fund_id AND later.starts_on >= r.ends_on
                WHERE b.call_id = NEW.id
                  AND (fee_run_counts(later.id) OR later.approved_at IS NULL AND later.rejected_at IS NULL)) THEN
        PERFORM refuse('fee_calls_are_cancelled_in_turn', 'A later fee run rests on this one: it is cancelled first.');
    END IF;
    UPDATE fee_statements s SET withdrawn_at = NEW.cancelled_at FROM fee_bills b WHERE b.call_id = NEW.id AND s.run_id = b.run_id;
    UPDATE fee_statements s SET withdrawn_at = NEW.cancelled_at FROM fee_catch_ups c WHERE c.call_id = NEW.id AND s.catch_up_id = c.id;
    PERFORM note_checks('fee_waivers', ARRAY[NEW.fund_id]);
    RETURN NEW;
END $$;

CREATE TRIGGER guard_fee_call BEFORE UPDATE ON capital_calls FOR EACH ROW
    WHEN (NEW.status = 'cancelled' AND OLD.status <> 'cancelled') EXECUTE FUNCTION guard_fee_call();

-- Whether a call follows a run, or the use of a waived fee, that two have decided.
CREATE FUNCTION call_follows_a_fee_run(call bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM fee_bills b JOIN fee_runs r ON r.id = b.run_id WHERE b.call_id = call AND r.approved_at IS NOT NULL)
        OR EXISTS (SELECT FROM fee_waiver_calls w JOIN fee_waiver_uses u ON u.id = w.use_id WHERE w.call_id = call AND u.approved_at IS NOT NULL)
$$;

-- Of the events that stand, each kind happened once, and a suspension ends before the next begins. What is said to have been
-- sold of a deal is never less than nothing, on any day.
CREATE FUNCTION fee_facts_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks(TG_ARGV[0], ARRAY(SELECT DISTINCT fund_id FROM new_rows WHERE approved_at IS NOT NULL));
    RETURN NULL;
END $$;

CALL watch_statements('fee_facts_were_written(''fee_events'')', '{INSERT,UPDATE}', 'fee_events');
CALL watch_statements('fee_facts_were_written(''fee_realisations'')', '{INSERT,UPDATE}', 'fee_realisations');

CREATE FUNCTION check_fee_events(fund bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM funds WHERE id = fund FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM fee_events t JOIN fee_events o ON o.id = t.takes_back_id
                WHERE t.fund_id = fund AND (o.approved_at IS NULL OR o.takes_back_id IS NOT NULL) AND t.approved_at IS NOT NULL) THEN
        PERFORM refuse('fee_event_takes_back_what_counts', 'What is taken back counted, and was itself no taking back.');
    END IF;
    IF EXISTS (SELECT FROM fee_events_out_of_order(fund)) THEN
        PERFORM refuse('fee_events_in_their_order', 'A suspension ends before the next one begins, and each other event happens once.');
    END IF;
END $$;

CREATE FUNCTION fee_events_out_of_order(of_fund bigint DEFAULT NULL) RETURNS TABLE (fund bigint, event bigint, kind text, effective_on date)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH standing AS (
        SELECT e.id, e.fund_id, e.kind, e.effective_on, e.kind IN ('suspended', 'resumed') AS pause
          FROM fee_events e
         WHERE (of_fund IS NULL OR e.fund_id = of_fund) AND e.approved_at IS NOT NULL AND e.takes_back_id IS NULL
           AND NOT EXISTS (SELECT FROM fee_events t WHERE t.takes_back_id = e.id AND t.approved_at IS NOT NULL)),
    placed AS (
        SELECT s.*, lag(s.kind) OVER w AS before, lag(s.effective_on) OVER w AS before_on
          FROM standing s
        WINDOW w AS (PARTITION BY s.fund_id, s.pause, CASE WHEN NOT s.pause THEN s.kind END ORDER BY s.effective_on, s.id))
    SELECT p.fund_id, p.id, p.kind, p.effective_on FROM placed p
     WHERE CASE WHEN p.pause THEN coalesce(p.before, 'resumed') = p.kind OR p.before_on >= p.effective_on ELSE p.before IS NOT NULL END
$$;

CREATE FUNCTION check_fee_realisations(fund bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM funds WHERE id = fund FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM (SELECT sum(r.amount) OVER (PARTITION BY r.deal_id ORDER BY r.effective_on) AS sold
                              FROM fee_realisations r WHERE r.fund_id = fund AND r.approved_at IS NOT NULL) x WHERE x.sold < 0) THEN
        PERFORM refuse('fee_realisation_not_below_nothing', 'No more can be corrected, on any day, than was said to be sold by then.');
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION fee_facts_were_written(), check_fee_events(bigint), check_fee_realisations(bigint),
    fee_run_counts(bigint), fee_runs_were_written(), fee_parts_were_written(), check_fee_run(bigint), guard_fee_call(),
    call_follows_a_fee_run(bigint) FROM PUBLIC;
