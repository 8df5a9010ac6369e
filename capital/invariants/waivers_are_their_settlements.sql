-- What is waived of an item's lines is an approved waiver of it, whole, with its keys, its day and its time, and counts as its lines do.
SELECT s.id AS settlement, s.kind, s.amount, p.waived
  FROM residual_settlements s
  LEFT JOIN (SELECT settlement_id, -sum(amount) AS waived FROM line_changes GROUP BY settlement_id) p ON p.settlement_id = s.id
 WHERE p.waived IS DISTINCT FROM CASE WHEN s.kind = 'waived' AND s.approved_at IS NOT NULL THEN s.amount::numeric END
UNION ALL
SELECT s.id, s.kind, s.amount, -w.amount
  FROM line_changes w
  LEFT JOIN residual_settlements s ON s.id = w.settlement_id
  LEFT JOIN capital_call_item_lines x ON x.item_id = w.item_id AND x.line_id = w.line_id
  LEFT JOIN capital_call_lines l ON l.id = w.line_id
 WHERE w.settlement_id IS NOT NULL AND ((s.item_id, s.call_id, s.fund_id, s.commitment_id, s.effective_on, s.approved_at, x.reduces_unfunded, l.allocation_id)
       IS DISTINCT FROM
       (w.item_id, w.call_id, w.fund_id, w.commitment_id, w.effective_on, w.recorded_at, w.reduces_unfunded, w.allocation_id)
    OR w.changes_held OR (-w.amount <= x.amount) IS NOT TRUE)
