-- What an excuse frees was not returned as capital by a distribution that is issued: who was given it back is not excused from it.
CREATE FUNCTION check_excuse_returned(excuse bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
BEGIN
    SELECT e.fund_id, EXISTS (SELECT FROM distributions d JOIN fund_terms t ON t.id = d.terms_id
                               WHERE d.fund_id = e.fund_id AND distribution_is_issued(d.status) AND t.scope = 'aggregate') AS pooled
      INTO this FROM excuses e WHERE e.id = excuse;
    IF EXISTS (
        SELECT FROM (SELECT i.commitment_id, -i.return_of_capital AS left_in
                       FROM distribution_items i JOIN distributions d ON d.id = i.distribution_id
                      WHERE d.fund_id = this.fund_id AND distribution_is_issued(d.status)
                     UNION ALL
                     SELECT x.commitment_id, -x.return_of_capital FROM taken_shares x WHERE x.fund_id = this.fund_id
                     UNION ALL
                     SELECT t.commitment_id, t.amount FROM capital_transactions t
                      WHERE t.fund_id = this.fund_id AND t.call_line_id IS NOT NULL AND t.counts_as_paid_in
                        AND t.reverses_id IS NULL AND NOT EXISTS (SELECT FROM capital_transactions r WHERE r.reverses_id = t.id)) m
          JOIN commitments c ON c.id = m.commitment_id
         GROUP BY CASE WHEN this.pooled AND c.kind <> 'gp' THEN 0 ELSE c.id END
        HAVING sum(m.left_in) < 0
           AND bool_or(EXISTS (SELECT FROM payments y WHERE y.excuse_id = excuse AND y.commitment_id = m.commitment_id))) THEN
        PERFORM refuse('excuse_frees_nothing_returned', 'A distribution returned as capital what this would free.');
    END IF;
END $$;

-- An excuse that takes effect after a distribution frees nothing that this returned.
CREATE FUNCTION excuses_meet_distributions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('excuse_returned', ARRAY(SELECT id FROM new_rows WHERE approved_at IS NOT NULL));
    RETURN NULL;
END $$;

CALL watch_statements('excuses_meet_distributions()', '{INSERT,UPDATE}', 'excuses');

REVOKE EXECUTE ON FUNCTION check_excuse_returned(bigint), excuses_meet_distributions() FROM PUBLIC;

-- Who is excused from the deals of a fund since it came in, by a closing that stands, and why; but for deals in which a word since
-- has it take part. A word of the call that is `besides` does not count.
CREATE FUNCTION excused_since_joining(of_fund bigint, besides bigint) RETURNS TABLE (commitment_id bigint, allocation_id bigint, reason text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT m.id, a.id, e.reason::text
      FROM closing_excuses e
      JOIN closings c ON c.id = e.closing_id AND c.status = 'settled'
      JOIN closing_tranches t ON t.id = e.tranche_id
      JOIN commitments m ON m.fund_id = e.fund_id AND m.investor_id = t.investor_id
      JOIN fund_allocations a ON a.fund_id = e.fund_id AND a.deal_id = e.deal_id
     WHERE e.fund_id = of_fund AND NOT included_since(m.id, a.id, c.approved_at, besides)
$$;

-- Who takes over nothing of these lines, and is asked for nothing of them in another's place: it is excused from the deal, by the last
-- word, or was left out of all of the line, or of the one that this equalises, and no word since has it take part. What a transfer
-- itself changed does not count.
CREATE FUNCTION left_out_of_lines(of_lines bigint[], besides bigint) RETURNS TABLE (commitment_id bigint, line_id bigint)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH lines AS MATERIALIZED (
        SELECT l.id AS line_id, r.id AS root_id, r.call_id, r.allocation_id, l.fund_id
          FROM capital_call_lines l JOIN capital_call_lines r ON r.id = coalesce(l.equalises_id, l.id)
         WHERE l.id = ANY (of_lines)
    ), said AS MATERIALIZED (
        SELECT w.commitment_id, w.allocation_id
          FROM (SELECT DISTINCT fund_id FROM lines WHERE allocation_id IS NOT NULL) f
         CROSS JOIN LATERAL (SELECT * FROM excused_from_deals(f.fund_id, NULL)
                              UNION ALL
                             SELECT * FROM excused_since_joining(f.fund_id, NULL)) w
    )
    SELECT w.commitment_id, l.line_id
      FROM lines l JOIN said w ON w.allocation_id = l.allocation_id
     UNION
    SELECT x.commitment_id, l.line_id
      FROM lines l
      JOIN capital_call_item_lines x ON x.line_id IN (l.line_id, l.root_id)
      JOIN capital_calls k ON k.id = x.call_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(g.amount), 0) AS amount, (array_agg(g.basis ORDER BY g.id DESC))[1] AS basis, max(g.recorded_at) AS at
             FROM line_changes g
            WHERE g.item_id = x.item_id AND g.line_id = x.line_id AND g.changes_held AND g.transfer_id IS DISTINCT FROM besides) g
     WHERE coalesce(g.basis, x.basis) = 'excused' AND x.amount + g.amount = 0
       AND (l.allocation_id IS NULL OR NOT included_since(x.commitment_id, l.allocation_id, coalesce(g.at, k.approved_at), l.call_id))
$$;

-- It takes no part in a further call of them either.
CREATE FUNCTION check_excused_since_joining(call bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM capital_calls k
                 JOIN capital_call_lines l ON l.call_id = k.id AND l.allocation_id IS NOT NULL
                 JOIN capital_call_item_lines x ON x.line_id = l.id AND x.amount > 0 AND x.included_reason = ''
                 JOIN excused_since_joining(k.fund_id, k.id) w ON w.commitment_id = x.commitment_id AND w.allocation_id = l.allocation_id
                WHERE k.id = call AND call_is_issued(k.status)) THEN
        PERFORM refuse('excused_partners_are_not_asked', 'Who is excused from a deal takes no part in a further call of it, unless that says why.');
    END IF;
END $$;

CREATE FUNCTION calls_meet_excuses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    issued bigint[] := ARRAY(SELECT id FROM new_rows WHERE call_is_issued(status));
BEGIN
    IF TG_OP = 'UPDATE' THEN
        issued := ARRAY(SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
                         WHERE call_is_issued(n.status) AND NOT call_is_issued(o.status));
    END IF;
    PERFORM note_checks('excused_since_joining', issued);
    RETURN NULL;
END $$;

CALL watch_statements('calls_meet_excuses()', '{INSERT,UPDATE}', 'capital_calls');

REVOKE EXECUTE ON FUNCTION check_excused_since_joining(bigint), calls_meet_excuses() FROM PUBLIC;
