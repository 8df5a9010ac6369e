-- On every day, what issued calls draw on a commitment, with what was changed since, stays within what was promised and not released
-- by then, and what may be called again of it.
SELECT d.commitment_id AS commitment, min(d.day) AS first_day, min(d.unfunded) AS unfunded
  FROM (SELECT m.commitment_id, m.day, sum(m.amount) OVER (PARTITION BY m.commitment_id ORDER BY m.day) AS unfunded
          FROM (SELECT commitment_id, effective_on AS day, amount FROM commitment_events WHERE approved_at IS NOT NULL
                UNION ALL
                SELECT p.commitment_id, least(k.call_date, (k.approved_at AT TIME ZONE f.time_zone)::date), -p.amount
                  FROM capital_call_item_lines p JOIN capital_calls k ON k.id = p.call_id JOIN funds f ON f.id = k.fund_id
                 WHERE p.reduces_unfunded AND k.status IN ('sent', 'partially_funded', 'fully_funded')
                UNION ALL
                SELECT w.commitment_id, w.effective_on, -w.amount
                  FROM line_changes w JOIN capital_calls k ON k.id = w.call_id
                 WHERE w.reduces_unfunded AND k.status IN ('sent', 'partially_funded', 'fully_funded')
                UNION ALL
                SELECT commitment_id, value_date, -amount FROM capital_transactions WHERE recallable
                UNION ALL
                SELECT commitment_id, value_date, -amount
                  FROM capital_transactions WHERE moves_id IS NOT NULL AND call_line_id IS NOT NULL AND within_commitment) m) d
 WHERE d.unfunded < 0
 GROUP BY d.commitment_id
