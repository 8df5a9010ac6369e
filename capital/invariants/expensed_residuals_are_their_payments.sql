-- What was charged to expenses is one payment without a receipt, of its amount and day; nothing else is, but what takes it back,
-- and what was set off, paid by a part of earlier distributions at a later closing, or deemed paid out of a waived fee.
SELECT s.id AS settlement, p.id AS payment, s.amount, p.amount AS paid
  FROM (SELECT * FROM residual_settlements WHERE kind = 'expensed' AND approved_at IS NOT NULL) s
  FULL JOIN (SELECT * FROM payments WHERE settlement_id IS NOT NULL OR (receipt_id IS NULL AND reverses_id IS NULL AND setoff_part_id IS NULL AND closing_id IS NULL AND waiver_use_id IS NULL)) p ON p.settlement_id = s.id
 WHERE (s.item_id, s.amount, s.effective_on) IS DISTINCT FROM (p.item_id, p.amount, p.value_date) OR p.receipt_id IS NOT NULL
