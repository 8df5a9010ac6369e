-- What is applied of a receipt and what was sent back stay within it.
SELECT r.id AS receipt, r.amount, coalesce(p.amount, 0) AS applied, coalesce(b.amount, 0) AS returned
  FROM receipts r
  LEFT JOIN (SELECT receipt_id, sum(amount) AS amount FROM payments GROUP BY receipt_id) p ON p.receipt_id = r.id
  LEFT JOIN (SELECT receipt_id, sum(amount) AS amount FROM receipt_returns GROUP BY receipt_id) b ON b.receipt_id = r.id
 WHERE coalesce(p.amount, 0) < 0 OR coalesce(p.amount, 0) + coalesce(b.amount, 0) > r.amount
