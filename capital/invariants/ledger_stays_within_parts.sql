-- What the ledger applied to a part of an item, whatever was refunded of it, is at least zero with what transfers moved of it, and without
-- that at most the part with what was changed of it since.
SELECT t.call_item_id AS item, t.call_line_id AS line, x.amount AS part, g.changed, t.amount AS applied, m.moved
  FROM (SELECT call_item_id, call_line_id, sum(amount) AS amount
          FROM capital_transactions WHERE call_item_id IS NOT NULL AND refund_payout_id IS NULL GROUP BY call_item_id, call_line_id) t
  LEFT JOIN capital_call_item_lines x ON x.item_id = t.call_item_id AND x.line_id = t.call_line_id
  LEFT JOIN (SELECT item_id, line_id, sum(amount) AS changed FROM line_changes WHERE changes_owed GROUP BY item_id, line_id) g
    ON g.item_id = t.call_item_id AND g.line_id = t.call_line_id
  LEFT JOIN (SELECT y.call_line_id AS line_id, y.commitment_id, sum(y.amount) AS moved
               FROM capital_transactions y JOIN capital_transactions o ON o.id = y.moves_id AND o.refund_payout_id IS NULL
              WHERE y.call_line_id IS NOT NULL GROUP BY y.call_line_id, y.commitment_id) m
    ON m.line_id = t.call_line_id AND m.commitment_id = x.commitment_id
 WHERE t.amount + coalesce(m.moved, 0) < 0 OR t.amount > x.amount + coalesce(g.changed, 0) OR x.amount IS NULL
