-- What was paid out of a refund is zero or more, and the refund at most.
SELECT p.refund_id AS refund, r.amount, sum(p.amount) AS paid_out
  FROM refund_payouts p JOIN refunds r ON r.id = p.refund_id
 GROUP BY p.refund_id, r.amount
HAVING sum(p.amount) < 0 OR sum(p.amount) > r.amount
