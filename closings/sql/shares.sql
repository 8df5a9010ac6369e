-- What a closing moves of distributions stays, and is posted as the closing is settled, or taken back.
CALL keep_rows('equalisation_is_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'equalised_shares', 'equalised_rows');

CREATE FUNCTION shares_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n
                WHERE to_jsonb(n) ->> 'closing_id' IS NOT NULL
                  AND NOT CASE WHEN to_jsonb(n) ->> 'closing_reversal_id' IS NULL
                               THEN closing_is_new((to_jsonb(n) ->> 'closing_id')::bigint)
                               ELSE closing_reversal_is_new((to_jsonb(n) ->> 'closing_reversal_id')::bigint) END) THEN
        PERFORM refuse('equalisation_comes_with_its_closing', 'What a closing moves is posted as it is settled.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('shares_were_written()', '{INSERT}', 'equalised_shares', 'equalised_rows', 'taken_shares');

-- What moves of a row is two rows of the ledger, which count as their original does, on the day from which the closing counts.
CREATE FUNCTION post_equalised_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_read_committed();
    PERFORM 1 FROM commitments WHERE id IN (SELECT unnest(ARRAY[n.giver_id, n.taker_id]) FROM new_rows n) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM new_rows n JOIN capital_transactions o ON o.id = n.row_id
                WHERE o.fund_id <> n.fund_id OR o.moves_id IS NOT NULL OR o.reverses_id IS NOT NULL OR NOT o.counts_as_distributed
                   OR o.given_back_line_id IS NOT NULL OR EXISTS (SELECT FROM capital_transactions r WHERE r.reverses_id = o.id)) THEN
        PERFORM refuse('closing_moves_what_was_distributed', 'A closing moves what a distribution paid out, and still stands.');
    END IF;
    INSERT INTO capital_transactions
           (fund_id, commitment_id, type, amount, value_date, recorded_at, description, recallable,
            deal_id, line_kind, due_on, accrues_from, distribution_id,
            within_commitment, counts_as_paid_in, counts_as_distributed, earns_preferred_return, passed_on,
            closing_id, moves_id, happened_on)
    SELECT o.fund_id, side.commitment_id, o.type, side.amount, n.effective_on, coalesce(r.approved_at, c.approved_at),
           left('Closing #' || c.number || CASE WHEN r.id IS NULL THEN ': ' ELSE ' reversed: ' END || o.description, 300), o.recallable,
           o.deal_id, o.line_kind, o.due_on, o.accrues_from, o.distribution_id,
           o.within_commitment, o.counts_as_paid_in, o.counts_as_distributed, o.earns_preferred_return, false,
           c.id, o.id, o.value_date
      FROM new_rows n
      JOIN closings c ON c.id = n.closing_id
      LEFT JOIN closing_reversals r ON r.id = n.closing_reversal_id
      JOIN capital_transactions o ON o.id = n.row_id
     CROSS JOIN LATERAL (VALUES (n.giver_id, n.amount), (n.taker_id, -n.amount)) side (commitment_id, amount)
     ORDER BY n.id, side.amount DESC;
    IF EXISTS (SELECT FROM capital_transactions x
                WHERE x.id IN (SELECT row_id FROM new_rows) OR x.moves_id IN (SELECT row_id FROM new_rows)
                GROUP BY coalesce(x.moves_id, x.id), x.commitment_id HAVING sum(x.amount) > 0) THEN
        PERFORM refuse('closing_moves_what_is_held', 'Nobody gives more of a distribution than it holds.');
    END IF;
    PERFORM note_checks('unfunded', ARRAY(SELECT giver_id FROM new_rows));
    RETURN NULL;
END $$;

CREATE TRIGGER post_equalised_rows AFTER INSERT ON equalised_rows
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_equalised_rows();

-- Without a receipt, or a wire, a closing pays as it is settled, and is taken back as it is reversed.
CREATE FUNCTION closing_payments_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows WHERE closing_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN closings c ON c.id = n.closing_id
                WHERE n.call_id IS DISTINCT FROM c.call_id
                   OR CASE WHEN n.reverses_id IS NULL THEN NOT closing_is_new(c.id)
                           ELSE NOT EXISTS (SELECT FROM closing_reversals r WHERE r.closing_id = c.id AND closing_reversal_is_new(r.id)) END) THEN
        PERFORM refuse('equalisation_comes_with_its_closing', 'What a closing moves is posted as it is settled.');
    END IF;
    PERFORM note_checks('closing_parts', ARRAY(SELECT DISTINCT closing_id FROM new_rows WHERE closing_id IS NOT NULL));
    RETURN NULL;
END $$;

CALL watch_statements('closing_payments_were_written()', '{INSERT}', 'payments');

CREATE FUNCTION payouts_by_distribution_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN refunds f ON f.id = n.refund_id
                WHERE n.by_distribution
                  AND CASE WHEN n.reverses_id IS NULL THEN NOT closing_is_new(f.closing_id)
                           ELSE NOT EXISTS (SELECT FROM closing_reversals r
                                             WHERE r.closing_id = f.closing_id AND closing_reversal_is_new(r.id)) END)
       OR EXISTS (SELECT FROM new_rows n JOIN refund_payouts o ON o.id = n.reverses_id WHERE n.by_distribution <> o.by_distribution) THEN
        PERFORM refuse('equalisation_comes_with_its_closing', 'What a closing moves is posted as it is settled.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('payouts_by_distribution_were_written()', '{INSERT}', 'refund_payouts');

-- What a closing moves of distributions, by what was posted of it: shares, rows of the ledger, and what both sides pay by it.
CREATE FUNCTION check_closing_shares(closing bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
BEGIN
    SELECT * INTO this FROM closings WHERE id = closing;
    IF EXISTS (SELECT FROM equalised_shares s WHERE s.closing_id = closing
                GROUP BY s.distribution_id HAVING sum(s.delta) <> 0 OR sum(s.recallable) <> 0 OR sum(s.interest) <> 0) THEN
        PERFORM refuse('equalisation_moves_nothing_in_all', 'On each line what later partners pay is what earlier ones get back.');
    END IF;
    IF EXISTS (SELECT FROM equalised_shares s
                 JOIN distributions d ON d.id = s.distribution_id
                WHERE s.closing_id = closing
                  AND (this.distributions IS DISTINCT FROM 'resplit' OR d.type = 'RETURN_OF_EXCESS_CAPITAL' OR d.status <> 'paid'
                       OR d.deal_id IN (SELECT e.deal_id FROM closing_exclusions e WHERE e.closing_id = closing)
                       OR EXISTS (SELECT FROM closing_excuses e
                                    JOIN closing_tranches t ON t.id = e.tranche_id
                                    JOIN closings c ON c.id = e.closing_id AND (c.id = closing OR c.status = 'settled')
                                    JOIN commitments m ON m.fund_id = t.fund_id AND m.investor_id = t.investor_id
                                   WHERE e.deal_id = d.deal_id AND m.id = s.commitment_id)))
       OR this.distributions IS NULL AND EXISTS (
           SELECT FROM distributions d
            WHERE d.fund_id = this.fund_id AND distribution_is_issued(d.status) AND d.type <> 'RETURN_OF_EXCESS_CAPITAL'
              AND (d.deal_id IN (SELECT e.deal_id FROM closing_exclusions e WHERE e.closing_id = closing)) IS NOT TRUE) THEN
        PERFORM refuse('closing_says_what_becomes_of_distributions',
            'Distributions made before are shared anew where the closing says so, but for deals that it leaves out and partners that are excused.');
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT s.distribution_id, s.commitment_id, s.delta, s.recallable FROM equalised_shares s WHERE s.closing_id = closing) s
          FULL JOIN (SELECT o.distribution_id, side.commitment_id, sum(side.amount) AS delta,
                            coalesce(sum(side.amount) FILTER (WHERE o.recallable), 0) AS recallable,
                            min(e.effective_on) AS first_on, max(e.effective_on) AS last_on
                       FROM equalised_rows e
                       JOIN capital_transactions o ON o.id = e.row_id
                      CROSS JOIN LATERAL (VALUES (e.giver_id, e.amount), (e.taker_id, -e.amount)) side (commitment_id, amount)
                      WHERE e.closing_id = closing AND e.closing_reversal_id IS NULL
                      GROUP BY 1, 2) m USING (distribution_id, commitment_id)
          FULL JOIN (SELECT t.distribution_id, t.commitment_id, -t.gross_amount AS delta, -t.recallable_amount AS recallable,
                            t.recorded_at, t.effective_on
                       FROM taken_shares t WHERE t.closing_id = closing AND t.closing_reversal_id IS NULL) t
                 USING (distribution_id, commitment_id)
         WHERE (coalesce(s.delta, 0), coalesce(s.recallable, 0)) IS DISTINCT FROM (coalesce(m.delta, 0), coalesce(m.recallable, 0))
            OR (coalesce(s.delta, 0), coalesce(s.recallable, 0)) IS DISTINCT FROM (coalesce(t.delta, 0), coalesce(t.recallable, 0))
            OR t.recorded_at <> this.approved_at OR t.effective_on < this.held_on
            OR (m.first_on, m.last_on) IS DISTINCT FROM (t.effective_on, t.effective_on))
       OR EXISTS (SELECT FROM taken_shares t WHERE t.closing_id = closing AND t.closing_reversal_id IS NULL GROUP BY t.distribution_id
                  HAVING (sum(t.return_of_capital), sum(t.preferred_return), sum(t.profit_share), sum(t.carried_interest),
                          sum(t.withholding_tax)) <> (0, 0, 0, 0, 0)) THEN
        PERFORM refuse('shared_anew_is_what_moved', 'What a closing shares anew of a distribution is what moves of the rows that paid it.');
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT s.commitment_id, sum(greatest(-s.delta, 0)) AS gets, sum(greatest(s.delta, 0)) AS gives
                       FROM equalised_shares s WHERE s.closing_id = closing GROUP BY 1) s
          FULL JOIN (SELECT p.commitment_id, sum(p.amount) AS paid FROM payments p
                      WHERE p.closing_id = closing AND p.reverses_id IS NULL GROUP BY 1) p USING (commitment_id)
          FULL JOIN (SELECT r.commitment_id, r.set_off, coalesce(sum(o.amount), 0) AS paid_out
                       FROM refunds r
                       LEFT JOIN refund_payouts o ON o.refund_id = r.id AND o.by_distribution AND o.reverses_id IS NULL
                      WHERE r.closing_id = closing GROUP BY r.id) r USING (commitment_id)
         WHERE coalesce(s.gets, 0) <> coalesce(p.paid, 0) OR coalesce(s.gives, 0) <> coalesce(r.set_off, 0)
            OR coalesce(r.set_off, 0) <> coalesce(r.paid_out, 0)) THEN
        PERFORM refuse('shared_anew_pays_both_sides', 'What a partner gets of distributions pays what it owes, and what it gives its refund.');
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION shares_were_written(), post_equalised_rows(), closing_payments_were_written(),
    payouts_by_distribution_were_written(), check_closing_shares(bigint) FROM PUBLIC;
