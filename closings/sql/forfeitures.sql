-- What a default takes from its partner by rows: a forfeiture, a forced sale, and a reduction of the commitment.

-- Of the transfers that a forfeiture led to, by partner and kind of row: what each was given, and its exact part of what moved.
CREATE FUNCTION forfeited_parts(remedy bigint)
RETURNS TABLE (transfer_id bigint, kind text, given numeric, exact numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH moved AS (
        SELECT n.transfer_id, n.amount, t.numerator / t.denominator::numeric AS part,
               CASE WHEN o.call_line_id IS NOT NULL OR o.counts_as_paid_in THEN 'contribution'
                    WHEN o.recallable THEN 'recallable' ELSE 'distribution' END || sign(n.amount) AS kind
          FROM transfers t JOIN transfer_rows n ON n.transfer_id = t.id JOIN capital_transactions o ON o.id = n.row_id
         WHERE t.remedy_id = remedy AND n.amount <> 0
    ), whole AS (
        SELECT m.kind, sum(m.amount) AS amount FROM moved m GROUP BY m.kind
    )
    SELECT t.id, w.kind, coalesce((SELECT sum(m.amount) FROM moved m WHERE m.transfer_id = t.id AND m.kind = w.kind), 0),
           w.amount * (t.numerator / t.denominator::numeric) / (SELECT sum(o.numerator / o.denominator::numeric) FROM transfers o WHERE o.remedy_id = remedy)
      FROM transfers t CROSS JOIN whole w
     WHERE t.remedy_id = remedy
$$;

-- A forfeiture and a sale move what they say by transfers of the partner in default, decided with them and on their day; of its
-- commitment they leave no less than it still owes. A reduction is in the register.
CREATE FUNCTION check_remedy_that_moves(remedy bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
    moved record;
BEGIN
    SELECT r.*, d.commitment_id, currency_decimals(f.currency) AS decimals INTO this
      FROM default_remedies r JOIN defaults d ON d.id = r.default_id JOIN funds f ON f.id = r.fund_id WHERE r.id = remedy;
    IF this.kind = 'reduction' THEN
        IF EXISTS (SELECT FROM transfers t WHERE t.remedy_id = remedy)
           OR 1 <> (SELECT count(*) FROM commitment_events e WHERE e.commitment_id = this.commitment_id AND event_follows_a_remedy(e.id)
                       AND (e.amount, e.approved_at, e.effective_on) = (-this.amount, this.approved_at, this.effective_on)) THEN
            PERFORM refuse('remedy_moves_what_it_says', 'A remedy of a default moves what it says, and nothing else.');
        END IF;
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM transfers t WHERE t.remedy_id = remedy)
       OR EXISTS (SELECT FROM transfers t WHERE t.remedy_id = remedy
                     AND ((t.transferor_id, t.effective_on, t.approved_at, t.approved_by_id)
                          IS DISTINCT FROM (this.commitment_id, this.effective_on, this.approved_at, this.approved_by_id)
                          OR this.kind = 'sale' AND (t.transferee_id, t.numerator, t.denominator) IS DISTINCT FROM (this.buyer_id, 1::bigint, 1::bigint)))
       OR EXISTS (SELECT FROM transfers t WHERE t.remedy_id = remedy GROUP BY t.transferee_id HAVING count(*) > 1)
       OR EXISTS (SELECT FROM forfeited_parts(remedy) p WHERE abs(p.given - p.exact) >= 2 * power(10::numeric, -this.decimals)) THEN
        PERFORM refuse('remedy_moves_what_it_says', 'A remedy of a default moves what it says, and nothing else.');
    END IF;
    SELECT coalesce(-sum(e.amount) FILTER (WHERE e.changes_commitment AND e.kind = 'transfer_out'), 0) AS commitment,
           coalesce(sum(e.amount) FILTER (WHERE NOT e.changes_commitment AND e.kind = 'transfer_out'), 0) AS released,
           min(e.id) AS first,
           bool_or((e.effective_on, e.approved_at) IS DISTINCT FROM (this.effective_on, this.approved_at)
                   OR e.commitment_id <> CASE e.kind WHEN 'transfer_out' THEN t.transferor_id ELSE t.transferee_id END) AS astray
      INTO moved
      FROM transfers t JOIN commitment_events e ON e.transfer_id = t.id WHERE t.remedy_id = remedy;
    IF moved.astray IS NOT FALSE
       OR EXISTS (SELECT FROM transfers t JOIN commitment_events e ON e.transfer_id = t.id WHERE t.remedy_id = remedy
                   GROUP BY t.id, e.changes_commitment HAVING sum(e.amount) <> 0)
       OR this.kind = 'forfeiture' AND moved.commitment <> this.amount
       OR EXISTS (SELECT FROM (SELECT coalesce(sum(e.amount) FILTER (WHERE e.changes_commitment), 0) AS promised,
                                      coalesce(-sum(e.amount) FILTER (WHERE NOT e.changes_commitment), 0) AS released
                                 FROM commitment_events e
                                WHERE e.commitment_id = this.commitment_id AND e.approved_at IS NOT NULL AND e.id < moved.first) b
                   CROSS JOIN (SELECT s.* FROM transfers t CROSS JOIN share_of_a_transfer(t.id) s WHERE t.remedy_id = remedy LIMIT 1) s
                   WHERE moved.released <> share_of_units(b.released, s.numerator, s.denominator, this.decimals)
                      OR moved.commitment > share_of_units(b.promised, s.numerator, s.denominator, this.decimals)
                      OR moved.commitment < share_of_units(b.promised, s.numerator, s.denominator, this.decimals)
                         AND 0 <> (SELECT c.unfunded FROM commitment_capital c WHERE c.commitment_id = this.commitment_id)) THEN
        PERFORM refuse('remedy_leaves_what_is_owed', 'Of a commitment a remedy takes its share, but for what the partner still owes.');
    END IF;
END $$;

-- The register follows a remedy: its event asks for no second person of its own.
CREATE FUNCTION event_follows_a_remedy(event bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM commitment_events e
                     JOIN defaults d ON d.commitment_id = e.commitment_id
                     JOIN default_remedies r ON r.default_id = d.id AND r.kind = 'reduction' AND r.amount = -e.amount
                          AND r.approved_at = e.approved_at AND r.effective_on = e.effective_on
                    WHERE e.id = event AND e.kind = 'default_reduction' AND e.changes_commitment)
$$;

REVOKE EXECUTE ON FUNCTION check_remedy_that_moves(bigint), event_follows_a_remedy(bigint) FROM PUBLIC;
