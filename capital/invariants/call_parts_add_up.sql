-- Lines and items add up to their call.
SELECT k.id AS call, k.total_amount, l.amount AS lines, i.amount AS items
  FROM capital_calls k
  LEFT JOIN (SELECT call_id, sum(amount) AS amount FROM capital_call_lines GROUP BY call_id) l ON l.call_id = k.id
  LEFT JOIN (SELECT call_id, sum(amount) AS amount FROM capital_call_items GROUP BY call_id) i ON i.call_id = k.id
 WHERE k.total_amount IS DISTINCT FROM l.amount OR k.total_amount IS DISTINCT FROM i.amount
