-- What was set off is one payment of the call without a receipt and as much of the payout of the partner's item, on one day; both
-- stand, or both were taken back. It is no more than was payable after tax was withheld.
SELECT p.id AS part, p.amount, y.amount AS paid, o.set_off
  FROM setoff_parts p
  JOIN setoffs s ON s.id = p.setoff_id
  JOIN distribution_items i ON i.id = p.distribution_item_id
  LEFT JOIN payments y ON y.setoff_part_id = p.id AND y.reverses_id IS NULL
  LEFT JOIN payouts o ON o.setoff_part_id = p.id AND o.reverses_id IS NULL
 WHERE p.amount > i.net_amount
    OR s.approved_at IS NULL AND num_nonnulls(y.id, o.id) > 0
    OR s.approved_at IS NOT NULL
       AND ((y.item_id, y.amount, y.value_date, y.receipt_id, o.item_id, o.set_off, o.value_date)
            IS DISTINCT FROM (p.call_item_id, p.amount, s.value_date, NULL, p.distribution_item_id, p.amount, s.value_date)
         OR (EXISTS (SELECT FROM payments b WHERE b.reverses_id = y.id), EXISTS (SELECT FROM payouts b WHERE b.reverses_id = o.id))
            IS DISTINCT FROM
            (EXISTS (SELECT FROM setoff_reversals r WHERE r.part_id = p.id AND r.approved_at IS NOT NULL),
             EXISTS (SELECT FROM setoff_reversals r WHERE r.part_id = p.id AND r.approved_at IS NOT NULL)))
