-- What was set off is one payment of the call without a receipt, and as much of the payout of the partner's item of a distribution, on
-- one day, or of its refund; both stand, or both were taken back. It is no more than was payable after tax was withheld. Of a refund
-- both come once so much is released: not before it was approved.
SELECT p.id AS part, p.amount, y.amount AS paid, coalesce(o.set_off, f.amount) AS set_off
  FROM setoff_parts p
  JOIN setoffs s ON s.id = p.setoff_id
  LEFT JOIN distribution_items i ON i.id = p.distribution_item_id
  LEFT JOIN refunds r ON r.id = p.refund_id
  LEFT JOIN payments y ON y.setoff_part_id = p.id AND y.reverses_id IS NULL
  LEFT JOIN payouts o ON o.setoff_part_id = p.id AND o.reverses_id IS NULL
  LEFT JOIN refund_payouts f ON f.setoff_part_id = p.id AND f.reverses_id IS NULL
 CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM setoff_reversals b WHERE b.part_id = p.id AND b.approved_at IS NOT NULL) AS taken_back) t
 WHERE p.amount > coalesce(i.net_amount, r.amount - r.set_off)
    OR s.approved_at IS NULL AND num_nonnulls(y.id, o.id, f.id) > 0
    OR p.refund_id IS NULL AND s.approved_at IS NOT NULL
       AND ((y.item_id, y.amount, y.value_date, y.receipt_id, o.item_id, o.set_off, o.value_date)
            IS DISTINCT FROM (p.call_item_id, p.amount, s.value_date, NULL, p.distribution_item_id, p.amount, s.value_date)
         OR (EXISTS (SELECT FROM payments b WHERE b.reverses_id = y.id), EXISTS (SELECT FROM payouts b WHERE b.reverses_id = o.id))
            IS DISTINCT FROM (t.taken_back, t.taken_back))
    OR p.refund_id IS NOT NULL AND num_nonnulls(y.id, f.id) > 0
       AND ((y.item_id, y.amount, y.value_date, y.receipt_id, f.refund_id, f.amount, y.value_date >= s.value_date)
            IS DISTINCT FROM (p.call_item_id, p.amount, f.value_date, NULL, p.refund_id, p.amount, true)
         OR (EXISTS (SELECT FROM payments b WHERE b.reverses_id = y.id), EXISTS (SELECT FROM refund_payouts b WHERE b.reverses_id = f.id))
            IS DISTINCT FROM (t.taken_back, t.taken_back))
