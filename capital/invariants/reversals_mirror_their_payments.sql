-- A reversing payment takes back one whole payment on its item and receipt, on its value date, as the outcome of one approved request.
SELECT n.id AS reversal, n.reverses_id AS payment, n.amount, o.amount AS paid
  FROM payments n
  LEFT JOIN payments o ON o.id = n.reverses_id
  LEFT JOIN payment_reversals r ON r.compensation_id = n.id
 WHERE (n.reverses_id IS NOT NULL OR n.amount <= 0 AND n.excuse_id IS NULL)
   AND ((o.amount, o.item_id, o.receipt_id, r.payment_id) IS DISTINCT FROM (-n.amount, n.item_id, n.receipt_id, n.reverses_id)
        OR o.reverses_id IS NOT NULL OR n.value_date <> o.value_date OR r.approved_at IS NULL)
UNION ALL
SELECT r.compensation_id, r.payment_id, NULL, NULL
  FROM payment_reversals r LEFT JOIN payments n ON n.id = r.compensation_id
 WHERE r.approved_at IS NOT NULL AND n.reverses_id IS DISTINCT FROM r.payment_id
