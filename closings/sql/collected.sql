-- What a closing asks later partners to pay of earlier lines, with interest, and what of it has come by a day, as known at a time. In sums over all
-- partners: for the eyes of the fund.
CREATE FUNCTION closing_collected(closing bigint, value_day date DEFAULT 'infinity', known_at timestamptz DEFAULT 'infinity')
RETURNS TABLE (asked numeric, came numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(l.amount), 0), coalesce(sum(t.came), 0)
      FROM closings c
      JOIN capital_call_lines l ON l.call_id = c.call_id
                               AND (NOT l.counts_as_called OR l.equalises_id IS NOT NULL)
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS came
             FROM capital_transactions x
            WHERE x.call_line_id = l.id AND x.call_id = l.call_id AND x.refund_payout_id IS NULL
              AND x.value_date <= value_day AND x.recorded_at <= known_at) t
     WHERE c.id = closing
$$;
