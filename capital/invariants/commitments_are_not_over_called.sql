-- What issued calls draw on a commitment, less what was waived, stays within it and what may be called again of it.
SELECT c.id AS commitment, c.amount AS committed, x.called, coalesce(t.recallable, 0) AS recallable
  FROM commitments c
  JOIN (SELECT p.commitment_id, sum(p.amount - coalesce(w.waived, 0)) AS called
          FROM capital_call_item_lines p
          LEFT JOIN (SELECT item_id, line_id, sum(amount) AS waived FROM waived_parts GROUP BY item_id, line_id) w
            ON w.item_id = p.item_id AND w.line_id = p.line_id
          JOIN capital_calls k ON k.id = p.call_id
         WHERE p.reduces_unfunded AND k.status IN ('sent', 'partially_funded', 'fully_funded')
         GROUP BY p.commitment_id) x ON x.commitment_id = c.id
  LEFT JOIN (SELECT commitment_id, -sum(amount) AS recallable
               FROM capital_transactions WHERE recallable
              GROUP BY commitment_id) t ON t.commitment_id = c.id
 WHERE x.called > c.amount + coalesce(t.recallable, 0)
