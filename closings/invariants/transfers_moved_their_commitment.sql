-- A transfer moved its share of the commitment, and of what of it may no longer be called, rounded once each, from the one register to the
-- other on its day; one that was not approved moved nothing; of one
-- that a default led to speak its own sentence and rails.
SELECT t.id AS transfer, s.changes AS commitment, s.promised, s.gone, s.came
  FROM transfers t
  JOIN funds f ON f.id = t.fund_id
 CROSS JOIN LATERAL (
       SELECT c.changes,
              coalesce(sum(e.amount) FILTER (WHERE e.commitment_id = t.transferor_id AND e.approved_at IS NOT NULL
                  AND e.id < (SELECT min(o.id) FROM commitment_events o WHERE o.transfer_id = t.id)), 0) AS promised,
              -coalesce(sum(e.amount) FILTER (WHERE e.transfer_id = t.id AND e.kind = 'transfer_out' AND e.commitment_id = t.transferor_id
                  AND (e.effective_on, e.approved_at) = (t.effective_on, t.approved_at)), 0) AS gone,
              coalesce(sum(e.amount) FILTER (WHERE e.transfer_id = t.id AND e.kind = 'transfer_in' AND e.commitment_id = t.transferee_id
                  AND (e.effective_on, e.approved_at) = (t.effective_on, t.approved_at)), 0) AS came
         FROM (VALUES (true), (false)) c (changes)
         LEFT JOIN commitment_events e ON e.commitment_id IN (t.transferor_id, t.transferee_id) AND e.changes_commitment = c.changes
        GROUP BY c.changes) s
 WHERE s.gone <> s.came
    OR t.remedy_id IS NULL AND s.gone <> sign(s.promised) * div(2 * t.numerator * abs(s.promised) * power(10::numeric, currency_decimals(f.currency)) + t.denominator,
                                        2 * t.denominator::numeric) / power(10::numeric, currency_decimals(f.currency))
    OR t.remedy_id IS NULL AND t.approved_at IS NOT NULL AND s.changes AND s.gone = 0
