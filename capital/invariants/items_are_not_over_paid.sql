-- What is paid of an item is at least zero and at most what was called.
SELECT p.item_id AS item, i.amount AS called, sum(p.amount) AS paid
  FROM payments p JOIN capital_call_items i ON i.id = p.item_id
 GROUP BY p.item_id, i.amount
HAVING sum(p.amount) < 0 OR sum(p.amount) > i.amount OR sum(p.amount) IS NULL
