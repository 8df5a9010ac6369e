-- What the ledger applied to a part of an item is at least zero and at most the part with what was changed of it since.
SELECT t.call_item_id AS item, t.call_line_id AS line, x.amount AS part, g.changed, t.amount AS applied
  FROM (SELECT call_item_id, call_line_id, sum(amount) AS amount
          FROM capital_transactions WHERE call_item_id IS NOT NULL GROUP BY call_item_id, call_line_id) t
  LEFT JOIN capital_call_item_lines x ON x.item_id = t.call_item_id AND x.line_id = t.call_line_id
  LEFT JOIN (SELECT item_id, line_id, sum(amount) AS changed FROM line_changes WHERE changes_owed GROUP BY item_id, line_id) g
    ON g.item_id = t.call_item_id AND g.line_id = t.call_line_id
 WHERE t.amount < 0 OR t.amount > x.amount + coalesce(g.changed, 0) OR x.amount IS NULL
