-- What who came in at a later closing was charged for the time before stays as it was written, and is what its call asks of it.
-- It is what its periods add up to, asked of it by the call that was issued with it; nobody else is asked for a fee by that call.
CREATE FUNCTION fee_catch_ups_asked_otherwise(of_call bigint DEFAULT NULL)
RETURNS TABLE (call bigint, commitment bigint, net numeric, tax numeric, by_periods numeric, asked_fee numeric, asked_tax numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT c.call_id, c.commitment_id, c.net, c.tax, p.amount, a.fee, a.tax
      FROM fee_catch_ups c
      JOIN capital_calls k ON k.id = c.call_id
     CROSS JOIN LATERAL (SELECT coalesce(sum((x ->> 'amount')::numeric), 0) AS amount, count(*) - count(DISTINCT x ->> 'from') AS twice
                           FROM jsonb_array_elements(c.periods) x) p
     CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount) FILTER (WHERE l.kind = 'management_fee'), 0) AS fee,
                                coalesce(sum(x.amount) FILTER (WHERE l.kind = 'partnership_expenses'), 0) AS tax
                           FROM capital_call_item_lines x
                           JOIN capital_call_lines l ON l.id = x.line_id AND l.equalises_id IS NULL
                          WHERE x.call_id = c.call_id AND x.commitment_id = c.commitment_id) a
     WHERE (of_call IS NULL OR c.call_id = of_call)
       AND ((c.net, c.tax, c.charged) IS DISTINCT FROM (a.fee, a.tax, p.amount) OR p.twice > 0 OR k.approved_at IS NULL)
    UNION ALL
    SELECT x.call_id, x.commitment_id, NULL, NULL, NULL, x.amount, NULL
      FROM capital_call_item_lines x
      JOIN capital_call_lines l ON l.id = x.line_id AND l.kind = 'management_fee'
     WHERE (of_call IS NULL OR x.call_id = of_call)
       AND EXISTS (SELECT FROM fee_catch_ups c WHERE c.call_id = x.call_id)
       AND NOT EXISTS (SELECT FROM fee_catch_ups c WHERE c.call_id = x.call_id AND c.commitment_id = x.commitment_id)
$$;

CREATE FUNCTION fee_catch_ups_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN capital_calls k ON k.id = n.call_id WHERE k.approved_at IS DISTINCT FROM n.recorded_at) THEN
        PERFORM refuse('fee_catch_up_is_written_with_its_call', 'What is caught up with of a fee is written with the call that asks for it.');
    END IF;
    PERFORM note_checks('fee_catch_ups', ARRAY(SELECT call_id FROM new_rows));
    RETURN NULL;
END $$;

CALL watch_statements('fee_catch_ups_were_written()', '{INSERT}', 'fee_catch_ups');
CALL keep_rows('fee_rows_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'fee_catch_ups');

-- What partners read of it that is not what they are charged, or is withdrawn otherwise than its call, or its closing with what that asks
-- for; and who reads nothing of what it is charged.
CREATE FUNCTION fee_statements_of_other_catch_ups(of_call bigint DEFAULT NULL)
RETURNS TABLE (call bigint, commitment bigint, says text, net numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT c.call_id, c.commitment_id, s.facts ->> 'net', c.net
      FROM fee_catch_ups c
      JOIN capital_calls k ON k.id = c.call_id
      LEFT JOIN fee_statements s ON s.catch_up_id = c.id
     WHERE (of_call IS NULL OR c.call_id = of_call)
       AND ((s.id IS NOT NULL) <> (c.net <> 0 OR c.charged <> 0)
            OR s.id IS NOT NULL
               AND ((s.facts ->> 'net')::numeric IS DISTINCT FROM c.net OR (s.facts ->> 'tax')::numeric IS DISTINCT FROM c.tax
                    OR s.effective_on <> c.effective_on
                    OR s.withdrawn_at IS DISTINCT FROM CASE WHEN k.status = 'cancelled' THEN k.cancelled_at
                           ELSE (SELECT min(x.recorded_at) FROM line_changes x
                                  WHERE x.call_id = c.call_id AND x.closing_id IS NULL AND x.closing_reversal_id IS NOT NULL) END))
$$;

-- What a partner reads of a fee is written with what it is of.
CREATE FUNCTION fee_statements_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n LEFT JOIN fee_catch_ups c ON c.id = n.catch_up_id
                WHERE NOT EXISTS (SELECT FROM pending_checks p
                                   WHERE p.xid = pg_current_xact_id()
                                     AND (p.kind, p.object_id) IN (('fee_bill_is_new', n.run_id), ('fee_catch_ups', c.call_id)))) THEN
        PERFORM refuse('fee_run_is_written_whole', 'A fee run is written with its lines, and billed as it is approved.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('fee_statements_were_written()', '{INSERT}', 'fee_statements');

-- It is withdrawn with the closing that is taken back.
CREATE FUNCTION fee_statements_are_withdrawn() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE fee_statements s SET withdrawn_at = n.recorded_at
      FROM fee_catch_ups c
      JOIN (SELECT call_id, min(recorded_at) AS recorded_at FROM new_rows
             WHERE closing_id IS NULL AND closing_reversal_id IS NOT NULL GROUP BY call_id) n USING (call_id)
     WHERE s.catch_up_id = c.id AND s.withdrawn_at IS NULL;
    RETURN NULL;
END $$;

CALL watch_statements('fee_statements_are_withdrawn()', '{INSERT}', 'line_changes');

CREATE FUNCTION check_fee_catch_ups(call bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM fee_statements_of_other_catch_ups(call)) THEN
        PERFORM refuse('fee_statement_says_its_line', 'What a partner reads of its fee is what it owes.');
    END IF;
    IF EXISTS (SELECT FROM fee_catch_ups_asked_otherwise(call)) THEN
        PERFORM refuse('fee_catch_up_is_asked_for', 'What a late closer is charged for the time before is what its call asks of it.');
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION fee_catch_ups_were_written(), check_fee_catch_ups(bigint), fee_statements_were_written(),
    fee_statements_are_withdrawn() FROM PUBLIC;
