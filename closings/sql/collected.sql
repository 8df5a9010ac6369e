-- What a closing asks later partners to pay of earlier lines, with interest, what of it has come by a day, as known at a time, and what of that in parts of earlier distributions. Of a closing that was reversed it is nothing. In
-- sums over all partners: for the eyes of the fund. It is dear beside a comparison of keys: once per closing, not once per refund.
CREATE FUNCTION closing_collected(closing bigint, value_day date DEFAULT 'infinity', known_at timestamptz DEFAULT 'infinity')
RETURNS TABLE (asked numeric, came numeric, set_off numeric)
LANGUAGE sql STABLE ROWS 1 COST 100000 SET search_path = public, pg_temp AS $$
    WITH lines AS MATERIALIZED (
        SELECT l.id, l.call_id, l.amount
          FROM closings c
          JOIN capital_call_lines l ON l.call_id = c.call_id AND (NOT l.counts_as_called OR l.equalises_id IS NOT NULL)
         WHERE c.id = closing
           AND NOT EXISTS (SELECT FROM closing_reversals b
                            WHERE b.closing_id = c.id AND b.approved_at <= known_at))
    SELECT coalesce((SELECT sum(amount) FROM lines), 0),
           coalesce((SELECT sum(x.amount)
                       FROM (SELECT DISTINCT call_id FROM lines) c
                       JOIN capital_call_items i ON i.call_id = c.call_id
                       JOIN capital_transactions x ON x.call_item_id = i.id AND x.refund_payout_id IS NULL
                                                  AND x.value_date <= value_day AND x.recorded_at <= known_at
                       JOIN lines l ON l.id = x.call_line_id), 0),
           coalesce((SELECT sum(x.amount) FROM payments x
                      WHERE x.closing_id = closing AND x.value_date <= value_day AND x.recorded_at <= known_at), 0)
$$;
