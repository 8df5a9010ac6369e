-- A reversing payout takes back one whole payout on its item, on its value date, as the outcome of one approved request.
SELECT n.id AS reversal, n.reverses_id AS payout, n.amount, o.amount AS paid_out
  FROM payouts n
  LEFT JOIN payouts o ON o.id = n.reverses_id
  LEFT JOIN payout_reversals r ON r.compensation_id = n.id
 WHERE (n.reverses_id IS NOT NULL OR n.amount <= 0)
   AND ((o.amount, o.item_id, r.payout_id) IS DISTINCT FROM (-n.amount, n.item_id, n.reverses_id)
        OR o.reverses_id IS NOT NULL OR n.value_date <> o.value_date OR r.approved_at IS NULL)
UNION ALL
SELECT r.compensation_id, r.payout_id, NULL, NULL
  FROM payout_reversals r LEFT JOIN payouts n ON n.id = r.compensation_id
 WHERE r.approved_at IS NOT NULL AND n.reverses_id IS DISTINCT FROM r.payout_id
