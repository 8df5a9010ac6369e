-- The parts of a line add up to it.
SELECT l.id AS line, l.call_id AS call, l.amount, x.amount AS parts
  FROM capital_call_lines l
  LEFT JOIN (SELECT line_id, sum(amount) AS amount FROM capital_call_item_lines GROUP BY line_id) x ON x.line_id = l.id
 WHERE l.amount IS DISTINCT FROM x.amount
