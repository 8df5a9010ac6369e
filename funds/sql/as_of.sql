-- What was promised as of the end of a day, as known at a time: the view without those two.
CREATE FUNCTION commitment_amounts_at(value_day date, known_at timestamptz)
RETURNS TABLE (commitment_id bigint, fund_id bigint, committed numeric, released numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT c.id, c.fund_id, e.committed, e.released
      FROM commitments c
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_commitment), 0) AS committed,
                  coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_commitment), 0) AS released
             FROM commitment_events x
            WHERE x.commitment_id = c.id AND x.effective_on <= value_day AND x.approved_at <= known_at) e; END;
