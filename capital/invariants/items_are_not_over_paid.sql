-- What is paid of an item is at least zero and at most what was called less what was waived.
SELECT p.item_id AS item, i.amount AS called, w.waived, sum(p.amount) AS paid
  FROM payments p JOIN capital_call_items i ON i.id = p.item_id
  LEFT JOIN (SELECT item_id, sum(amount) AS waived FROM waived_parts GROUP BY item_id) w ON w.item_id = p.item_id
 GROUP BY p.item_id, i.amount, w.waived
HAVING sum(p.amount) < 0 OR sum(p.amount) > i.amount - coalesce(w.waived, 0) OR sum(p.amount) IS NULL
