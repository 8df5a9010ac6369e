-- What the manager waived of its fees counts as the general partner's own contribution, as far as it goes and once. Deemed paid on
-- its item of a call, it is paid for the general partner by the partners who were spared the fee, by a call that asks for nothing else.
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON fee_waiver_uses
    FOR EACH ROW EXECUTE FUNCTION guard_request('fee_rows_are_append_only');
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON fee_waiver_uses
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();
CALL keep_rows('fee_rows_are_append_only', 'DELETE OR TRUNCATE', 'fee_waiver_uses');
CALL keep_rows('fee_rows_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'fee_waiver_calls');

CREATE FUNCTION fee_waiver_uses_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    approved bigint[] := ARRAY(SELECT id FROM new_rows WHERE approved_at IS NOT NULL);
BEGIN
    PERFORM note_checks('fee_waiver_use', approved);
    PERFORM note_checks('fee_waivers', ARRAY(SELECT fund_id FROM new_rows WHERE approved_at IS NOT NULL));
    PERFORM note_decisions(approved);
    RETURN NULL;
END $$;

CALL watch_statements('fee_waiver_uses_were_written()', '{INSERT,UPDATE}', 'fee_waiver_uses');

CREATE FUNCTION fee_waiver_calls_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('fee_waiver_use', ARRAY(SELECT use_id FROM new_rows));
    RETURN NULL;
END $$;

CALL watch_statements('fee_waiver_calls_were_written()', '{INSERT}', 'fee_waiver_calls');

CREATE FUNCTION deemed_payments_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('fee_waiver_use', ARRAY(SELECT waiver_use_id FROM new_rows WHERE waiver_use_id IS NOT NULL));
    RETURN NULL;
END $$;

CALL watch_statements('deemed_payments_were_written()', '{INSERT}', 'payments');

-- The uses that are not posted on both sides, and what is posted of none: the item of a general partner is paid by it, whole and
-- on its day, and its call asks for it. The payment may be taken back; while it stands, so does the call.
CREATE FUNCTION fee_waiver_uses_posted_otherwise(of_use bigint DEFAULT NULL) RETURNS TABLE (use bigint, amount numeric, deemed numeric, asked numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(u.id, p.waiver_use_id), u.amount, p.amount, a.asked
      FROM (SELECT * FROM fee_waiver_uses WHERE approved_at IS NOT NULL AND (of_use IS NULL OR id = of_use)) u
      FULL JOIN (SELECT x.*, EXISTS (SELECT FROM payments y WHERE y.reverses_id = x.id) AS is_back
                   FROM payments x WHERE x.waiver_use_id IS NOT NULL AND x.reverses_id IS NULL AND (of_use IS NULL OR x.waiver_use_id = of_use)) p
             ON p.waiver_use_id = u.id
      LEFT JOIN commitments g ON g.id = p.commitment_id
      LEFT JOIN LATERAL (SELECT k.status, k.due_date, sum(x.amount) AS asked,
                                bool_and(l.kind = 'deemed_contribution' AND c.kind <> 'gp') AS alone
                           FROM fee_waiver_calls w
                           JOIN capital_calls k ON k.id = w.call_id
                           JOIN capital_call_item_lines x ON x.call_id = k.id
                           JOIN capital_call_lines l ON l.id = x.line_id
                           JOIN commitments c ON c.id = x.commitment_id
                          WHERE w.use_id = u.id
                          GROUP BY k.id) a ON true
     WHERE (u.amount, u.item_id, u.effective_on, u.fund_id) IS DISTINCT FROM (p.amount, p.item_id, p.value_date, p.fund_id)
        OR g.kind IS DISTINCT FROM 'gp' OR a.asked IS DISTINCT FROM u.amount OR NOT a.alone
        OR a.status = 'cancelled' AND NOT p.is_back
$$;

CREATE FUNCTION check_fee_waiver_use(use bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM fee_waiver_uses_posted_otherwise(use)) THEN
        PERFORM refuse('fee_waiver_use_is_posted_on_both_sides',
            'What is deemed paid by the general partner is its item of a call, and other partners are asked for as much.');
    END IF;
END $$;

-- What the manager waived of the runs of a fund that count, less what its side letters let off, and what of it is used.
CREATE FUNCTION fee_waivers_of(fund bigint) RETURNS TABLE (waived numeric, used numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT (SELECT coalesce(sum(r.waived), 0) FROM fee_runs r
             WHERE r.fund_id = fund AND r.approved_at IS NOT NULL
               AND NOT EXISTS (SELECT FROM fee_bills b JOIN capital_calls k ON k.id = b.call_id WHERE b.run_id = r.id AND k.status = 'cancelled')
               AND NOT EXISTS (SELECT FROM fee_run_cancellations c WHERE c.run_id = r.id AND c.approved_at IS NOT NULL)),
           (SELECT coalesce(sum(u.amount), 0) FROM fee_waiver_uses u
             WHERE u.fund_id = fund AND u.approved_at IS NOT NULL
               AND NOT EXISTS (SELECT FROM fee_waiver_calls w JOIN capital_calls k ON k.id = w.call_id WHERE w.use_id = u.id AND k.status = 'cancelled'))
$$;

CREATE FUNCTION check_fee_waivers(fund bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM funds WHERE id = fund FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM fee_waivers_of(fund) w WHERE w.used > w.waived) THEN
        PERFORM refuse('fee_waivers_are_used_once', 'No more of waived fees is used than was waived.');
    END IF;
END $$;

-- A partner pays for the general partner by the use of a waived fee alone; the call is cancelled once that was taken back.
CREATE FUNCTION deemed_lines_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('deemed_call', ARRAY(SELECT DISTINCT call_id FROM new_rows WHERE kind = 'deemed_contribution'));
    RETURN NULL;
END $$;

CALL watch_statements('deemed_lines_were_written()', '{INSERT,UPDATE}', 'capital_call_lines');

CREATE FUNCTION check_deemed_call(call bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM capital_call_lines l WHERE l.call_id = call AND l.kind = 'deemed_contribution')
       AND NOT EXISTS (SELECT FROM fee_waiver_calls w WHERE w.call_id = call) THEN
        PERFORM refuse('deemed_contribution_follows_a_waiver', 'Partners pay for the general partner by the use of a waived fee.');
    END IF;
END $$;

CREATE FUNCTION guard_deemed_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('fee_waiver_use', ARRAY(SELECT w.use_id FROM fee_waiver_calls w WHERE w.call_id = NEW.id));
    RETURN NEW;
END $$;

CREATE TRIGGER guard_deemed_call BEFORE UPDATE ON capital_calls FOR EACH ROW
    WHEN (NEW.status = 'cancelled' AND OLD.status <> 'cancelled') EXECUTE FUNCTION guard_deemed_call();

REVOKE EXECUTE ON FUNCTION fee_waiver_uses_were_written(), fee_waiver_calls_were_written(), deemed_payments_were_written(),
    check_fee_waiver_use(bigint), check_fee_waivers(bigint), deemed_lines_were_written(), check_deemed_call(bigint), guard_deemed_call()
    FROM PUBLIC;
