-- What is paid of an item is at least zero and at most what was called with what was changed since.
SELECT p.item_id AS item, i.amount AS called, g.changed, sum(p.amount) AS paid
  FROM payments p JOIN capital_call_items i ON i.id = p.item_id
  LEFT JOIN (SELECT item_id, sum(amount) AS changed FROM line_changes WHERE changes_owed GROUP BY item_id) g ON g.item_id = p.item_id
 GROUP BY p.item_id, i.amount, g.changed
HAVING sum(p.amount) < 0 OR sum(p.amount) > i.amount + coalesce(g.changed, 0) OR sum(p.amount) IS NULL
