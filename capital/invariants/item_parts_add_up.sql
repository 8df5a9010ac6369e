-- The parts of an item add up to it.
SELECT i.id AS item, i.call_id AS call, i.amount, x.amount AS parts
  FROM capital_call_items i
  LEFT JOIN (SELECT item_id, sum(amount) AS amount FROM capital_call_item_lines GROUP BY item_id) x ON x.item_id = i.id
 WHERE i.amount IS DISTINCT FROM x.amount
