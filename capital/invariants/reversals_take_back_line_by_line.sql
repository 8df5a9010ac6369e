-- A reversal takes back, line by line, what its payment was applied to.
SELECT n.id AS reversal, t.call_line_id AS line, sum(t.amount) AS left_over
  FROM payments n
  JOIN capital_transactions t ON t.payment_id IN (n.id, n.reverses_id)
 WHERE n.reverses_id IS NOT NULL
 GROUP BY n.id, t.call_line_id
HAVING sum(t.amount) <> 0
