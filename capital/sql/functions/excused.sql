-- Who is excused from the deals of a fund, and why: by the last word, in a call that is issued, or about it since. A word of a
-- call that is `besides` does not count, as that call is about to be issued. An excuse since from a part alone is no word: who holds
-- something of a deal takes part in it.
CREATE FUNCTION excused_from_deals(of_fund bigint, besides bigint) RETURNS TABLE (commitment_id bigint, allocation_id bigint, reason text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT w.commitment_id, w.allocation_id, w.reason
      FROM (SELECT DISTINCT ON (s.commitment_id, s.allocation_id) s.*
              FROM (SELECT x.commitment_id, l.allocation_id, k.approved_at AS said_at, k.id AS call_id,
                           x.basis = 'excused' AS excused, x.excuse_reason::text AS reason
                      FROM capital_call_item_lines x
                      JOIN capital_calls k ON k.id = x.call_id AND call_is_issued(k.status)
                      JOIN capital_call_lines l ON l.id = x.line_id AND l.allocation_id IS NOT NULL
                     WHERE x.fund_id = of_fund AND (x.basis = 'excused' OR x.included_reason <> '')
                     UNION ALL
                    SELECT e.commitment_id, l.allocation_id, e.approved_at, e.call_id, true, e.reason::text
                      FROM excuses e
                      JOIN capital_calls k ON k.id = e.call_id AND call_is_issued(k.status)
                      JOIN capital_call_lines l ON l.id = e.line_id AND l.allocation_id IS NOT NULL
                      JOIN capital_call_item_lines x ON x.item_id = e.item_id AND x.line_id = e.line_id
                     WHERE e.fund_id = of_fund AND e.approved_at IS NOT NULL
                       AND x.amount + (SELECT sum(c.amount) FROM line_changes c
                                        WHERE c.item_id = e.item_id AND c.line_id = e.line_id AND c.changes_held
                                          AND c.recorded_at <= e.approved_at) = 0) s
             WHERE s.call_id IS DISTINCT FROM besides
             ORDER BY s.commitment_id, s.allocation_id, s.said_at DESC, s.call_id DESC, s.excused DESC) w
     WHERE w.excused
$$;

-- Whether a word since a moment has a partner take part in a deal from which it was excused.
CREATE FUNCTION included_since(partner bigint, allocation bigint, moment timestamptz, besides bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM capital_call_item_lines x
                     JOIN capital_calls k ON k.id = x.call_id AND call_is_issued(k.status)
                     JOIN capital_call_lines l ON l.id = x.line_id
                    WHERE x.commitment_id = partner AND l.allocation_id = allocation AND x.included_reason <> ''
                      AND k.approved_at >= moment AND k.id IS DISTINCT FROM besides)
$$;

-- Who is excused from a deal takes no part in a further call of it, unless that says why.
CREATE FUNCTION check_excused_from_deals(call bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM capital_calls k
                 JOIN capital_call_lines l ON l.call_id = k.id AND l.allocation_id IS NOT NULL
                 JOIN capital_call_item_lines x ON x.line_id = l.id AND x.amount > 0 AND x.included_reason = ''
                 JOIN excused_from_deals(k.fund_id, k.id) w ON w.commitment_id = x.commitment_id AND w.allocation_id = l.allocation_id
                WHERE k.id = call AND call_is_issued(k.status)) THEN
        PERFORM refuse('excused_partners_are_not_asked', 'Who is excused from a deal takes no part in a further call of it, unless that says why.');
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION check_excused_from_deals(bigint) FROM PUBLIC;
