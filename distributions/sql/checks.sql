-- Checks that wait for commit, one per distribution, under its lock.

CREATE FUNCTION check_distribution_sums(distribution bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    total numeric;
    excess boolean;
    comes_back boolean;
BEGIN
    SELECT total_amount, type = 'RETURN_OF_EXCESS_CAPITAL', recallable OR type = 'RETURN_OF_EXCESS_CAPITAL'
      INTO total, excess, comes_back
      FROM distributions WHERE id = distribution FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF total IS DISTINCT FROM (SELECT sum(gross_amount) FROM distribution_items WHERE distribution_id = distribution) THEN
        PERFORM refuse('distribution_items_sum_to_distribution', 'The items of a distribution must add up to its total.');
    END IF;
    IF total IS DISTINCT FROM
       (SELECT sum(lp_amount + gp_amount) FROM distribution_tiers WHERE distribution_id = distribution) THEN
        PERFORM refuse('distribution_tiers_sum_to_distribution', 'The tiers of a distribution must add up to its total.');
    END IF;
    IF excess AND EXISTS (SELECT FROM distribution_items
                           WHERE distribution_id = distribution AND gross_amount <> return_of_capital) THEN
        PERFORM refuse('excess_capital_is_no_profit', 'Returned excess capital is no profit.');
    END IF;
    PERFORM check_given_back(distribution, comes_back);
    IF EXISTS (SELECT FROM distribution_items i JOIN commitments c ON c.id = i.commitment_id
                WHERE i.distribution_id = distribution AND i.carried_interest > 0 AND c.kind <> 'gp') THEN
        PERFORM refuse('carried_interest_is_the_gps', 'Carried interest goes to the general partner.');
    END IF;
    PERFORM check_distribution_parts(distribution);
END $$;

-- What is given back names lines that the partner paid, no more of each than was paid, and restores only what a line
-- drew on the commitment; gains may restore beside it, where the distribution is recallable at all.
CREATE FUNCTION check_given_back(distribution bigint, comes_back boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM distribution_items i
                CROSS JOIN LATERAL (
                      SELECT coalesce(sum(g.amount), 0) AS lines, coalesce(sum(g.restores), 0) AS restores
                        FROM distribution_given_back g WHERE g.item_id = i.id) s
                WHERE i.distribution_id = distribution
                  AND (s.lines > i.return_of_capital OR i.recallable_amount < s.restores
                       OR i.recallable_amount - s.restores > i.gross_amount - i.return_of_capital
                       OR NOT comes_back AND (i.recallable_amount > 0 OR s.lines > 0))) THEN
        PERFORM refuse('recallable_is_what_was_given_back',
            'What a distribution lets be called again is what it gives back of the lines that were paid.');
    END IF;
    IF EXISTS (SELECT FROM distribution_given_back g JOIN capital_call_lines l ON l.id = g.call_line_id
                WHERE g.distribution_id = distribution AND g.restores > 0 AND NOT l.reduces_unfunded) THEN
        PERFORM refuse('outside_the_commitment_restores_nothing',
            'What was called outside the commitment restores nothing.');
    END IF;
    IF EXISTS (SELECT FROM distribution_given_back g
                CROSS JOIN LATERAL (
                      SELECT coalesce(sum(x.amount), 0) AS paid FROM capital_transactions x
                       WHERE x.commitment_id = g.commitment_id AND x.call_line_id = g.call_line_id) p
                CROSS JOIN LATERAL (
                      SELECT coalesce(sum(o.amount), 0) AS given_back
                        FROM distribution_given_back o JOIN distributions d ON d.id = o.distribution_id
                       WHERE o.commitment_id = g.commitment_id AND o.call_line_id = g.call_line_id
                         AND (o.distribution_id = g.distribution_id OR distribution_is_issued(d.status))) b
                -- Who holds the line by transfer holds what went back of it too, below zero as the ledger has it.
                CROSS JOIN LATERAL (
                      SELECT coalesce(sum(m.amount), 0) AS given_back
                        FROM capital_transactions m
                       WHERE m.transfer_id IS NOT NULL AND m.commitment_id = g.commitment_id
                         AND m.given_back_line_id = g.call_line_id AND NOT follows_moved_row(m.transfer_id, m.moves_id)) m
                JOIN distributions own ON own.id = g.distribution_id
                WHERE g.distribution_id = distribution AND own.status = 'sent' AND b.given_back - m.given_back > p.paid
                  AND NOT EXISTS (SELECT FROM payouts w WHERE w.distribution_id = own.id)) THEN
        PERFORM refuse('given_back_within_what_was_paid', 'No more of a line is given back than was paid on it.');
    END IF;
    -- What later partners took over of earlier ones' capital is no longer in the fund's hands for these.
    IF EXISTS (SELECT FROM distributions own
                 JOIN commitment_capital c ON c.fund_id = own.fund_id AND c.to_refund > 0
                WHERE own.id = distribution AND own.status = 'sent' AND own.type <> 'RETURN_OF_EXCESS_CAPITAL'
                  AND NOT EXISTS (SELECT FROM payouts w WHERE w.distribution_id = own.id)) THEN
        PERFORM refuse('refunds_go_out_before_distributions',
            'Capital that later partners took over is paid back first: until then it would be distributed on twice.');
    END IF;
    IF EXISTS (SELECT FROM distribution_items i
                JOIN commitment_capital c ON c.commitment_id = i.commitment_id
                JOIN commitment_limits t ON t.commitment_id = i.commitment_id
                JOIN distributions own ON own.id = i.distribution_id
               CROSS JOIN LATERAL (
                     SELECT coalesce(sum(o.recallable_amount), 0) AS promised
                       FROM distribution_items o
                       JOIN distributions d ON d.id = o.distribution_id
                       JOIN distribution_item_capital p ON p.item_id = o.id
                      WHERE o.commitment_id = i.commitment_id AND distribution_is_issued(d.status) AND p.paid_out = 0) w
               WHERE i.distribution_id = distribution AND own.status = 'sent' AND i.recallable_amount > 0
                 AND c.unfunded + w.promised > t.most_unfunded
                 AND NOT EXISTS (SELECT FROM payouts w WHERE w.distribution_id = own.id)) THEN
        PERFORM refuse('unfunded_within_its_most', 'More would be unfunded than the terms of the fund allow.');
    END IF;
END $$;

-- The partners' parts are the tiers, told by another way; so is what each tier paid on a partner's share.
CREATE FUNCTION check_distribution_parts(distribution bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    carried numeric;
BEGIN
    SELECT sum(carried_interest) INTO carried FROM distribution_items WHERE distribution_id = distribution;
    IF (SELECT (coalesce(sum(i.return_of_capital) FILTER (WHERE c.kind <> 'gp'), 0),
                coalesce(sum(i.preferred_return) FILTER (WHERE c.kind <> 'gp'), 0),
                coalesce(sum(i.profit_share) FILTER (WHERE c.kind <> 'gp'), 0),
                coalesce(sum(i.gross_amount - i.carried_interest) FILTER (WHERE c.kind = 'gp'), 0),
                carried)
          FROM distribution_items i JOIN commitments c ON c.id = i.commitment_id
         WHERE i.distribution_id = distribution)
       IS DISTINCT FROM
       (SELECT (coalesce(sum(t.lp_amount) FILTER (WHERE t.kind IN ('return_of_capital', 'excess')), 0),
                coalesce(sum(t.lp_amount) FILTER (WHERE t.kind = 'preferred_return'), 0),
                coalesce(sum(t.lp_amount) FILTER (WHERE t.kind IN ('catch_up', 'split')), 0),
                coalesce(sum(t.gp_amount) FILTER (WHERE t.kind IN ('gp_own', 'excess')), 0),
                coalesce(sum(t.gp_amount) FILTER (WHERE t.kind IN ('catch_up', 'split')), 0))
          FROM distribution_tiers t
         WHERE t.distribution_id = distribution) THEN
        PERFORM refuse('distribution_items_are_its_tiers', 'What partners get is what the tiers paid.');
    END IF;
    IF EXISTS (SELECT FROM distribution_items i
                 JOIN commitments c ON c.id = i.commitment_id AND c.kind <> 'gp'
                CROSS JOIN LATERAL (
                      SELECT coalesce(sum((t->>0)::numeric + (t->>2)::numeric), 0) AS profit
                        FROM jsonb_array_elements(i.tiers) t) x
                WHERE i.distribution_id = distribution AND x.profit IS DISTINCT FROM i.profit_share)
       OR carried IS DISTINCT FROM
          (SELECT coalesce(sum((t->>1)::numeric + (t->>3)::numeric), 0)
             FROM distribution_items i CROSS JOIN LATERAL jsonb_array_elements(i.tiers) t
            WHERE i.distribution_id = distribution) THEN
        PERFORM refuse('distribution_item_tiers_are_its_profit', 'What each tier paid adds up to the profit.');
    END IF;
END $$;

CREATE FUNCTION check_distribution_status(distribution bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stored text;
    total numeric;
    out_so_far numeric;
BEGIN
    SELECT status, total_amount INTO stored, total FROM distributions WHERE id = distribution FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT paid_out INTO out_so_far FROM distribution_capital WHERE distribution_id = distribution;
    IF NOT distribution_is_issued(stored) THEN
        IF out_so_far <> 0 THEN
            PERFORM refuse('payout_needs_issued_distribution', 'A distribution that was paid out stays issued.');
        END IF;
    ELSIF stored <> issued_distribution_status(total, out_so_far) THEN
        PERFORM refuse('distribution_status_is_what_was_paid_out',
            format('Distribution %s is stored as %s, but its payouts make it %s.',
                   distribution, stored, issued_distribution_status(total, out_so_far)));
    END IF;
END $$;

-- Approved distributions count for each other in the order of their approval, and are issued in it; one that goes takes
-- along what was approved after it.
CREATE FUNCTION check_distribution_turn(distribution bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this distributions;
BEGIN
    SELECT * INTO this FROM distributions WHERE id = distribution FOR NO KEY UPDATE;
    IF distribution_is_issued(this.status) AND EXISTS (
           SELECT FROM distributions d
            WHERE d.fund_id = this.fund_id AND d.status = 'approved'
              AND (d.approved_at, d.id) < (this.approved_at, this.id)) THEN
        PERFORM refuse('distributions_are_issued_in_turn', 'One that was approved before it is issued first.');
    END IF;
    IF this.status = 'cancelled' AND EXISTS (
           SELECT FROM distributions d
            WHERE d.fund_id = this.fund_id AND (d.status = 'approved' OR distribution_is_issued(d.status))
              AND (d.approved_at, d.id) > (this.approved_at, this.id)) THEN
        PERFORM refuse('nothing_rests_on_a_distribution_that_went',
            'What was approved after it counted it: that goes back to draft first.');
    END IF;
END $$;

-- An issue returns no more capital than was paid in by its day: per partner, or over all limited partners where they
-- share one account. Interest between partners is no capital; what was reversed was never paid in.
CREATE FUNCTION check_returned_capital(distribution bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
    over record;
BEGIN
    SELECT d.id, d.fund_id, d.date, t.scope = 'aggregate' AS pooled INTO this
      FROM distributions d JOIN fund_terms t ON t.id = d.terms_id
     WHERE d.id = distribution AND distribution_is_issued(d.status);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM 1 FROM commitments WHERE fund_id = this.fund_id ORDER BY id FOR NO KEY UPDATE;
    WITH moved AS (
        SELECT i.commitment_id, d.date AS moved_on, i.return_of_capital AS returned, 0 AS paid_in,
               d.id = this.id AND i.return_of_capital > 0 AS asked
          FROM distribution_items i JOIN distributions d ON d.id = i.distribution_id
         WHERE d.fund_id = this.fund_id AND distribution_is_issued(d.status)
        UNION ALL
        SELECT x.commitment_id, x.effective_on, x.return_of_capital, 0, false FROM taken_shares x WHERE x.fund_id = this.fund_id
        UNION ALL
        SELECT t.commitment_id, t.value_date, 0, t.amount, false
          FROM capital_transactions t
         WHERE t.fund_id = this.fund_id AND t.call_line_id IS NOT NULL AND t.counts_as_paid_in
           AND t.reverses_id IS NULL AND NOT EXISTS (SELECT FROM capital_transactions r WHERE r.reverses_id = t.id)
    ), accounts AS (
        SELECT CASE WHEN this.pooled AND c.kind <> 'gp' THEN 0 ELSE c.id END AS account,
               sum(m.returned) AS returned, sum(m.paid_in) AS paid_in,
               coalesce(sum(m.returned) FILTER (WHERE m.moved_on <= this.date), 0) AS returned_by_then,
               coalesce(sum(m.paid_in) FILTER (WHERE m.moved_on <= this.date), 0) AS paid_in_by_then,
               bool_or(m.asked) AS asked
          FROM moved m JOIN commitments c ON c.id = m.commitment_id
         GROUP BY 1
    )
    SELECT * INTO over FROM accounts
     WHERE asked AND (returned > paid_in OR returned_by_then > paid_in_by_then)
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('capital_returned_was_paid_in',
            format('%s of capital would be returned of %s paid in by %s.',
                   over.returned_by_then, over.paid_in_by_then, this.date));
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION check_distribution_sums(bigint), check_given_back(bigint, boolean), check_distribution_parts(bigint),
    check_distribution_status(bigint), check_distribution_turn(bigint), check_returned_capital(bigint) FROM PUBLIC;
