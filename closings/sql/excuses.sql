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
