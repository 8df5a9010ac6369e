-- An item is paid out whole and once, or not at all.
SELECT i.id AS item, i.gross_amount AS gross, sum(p.amount) AS paid_out
  FROM distribution_items i JOIN payouts p ON p.item_id = i.id
 GROUP BY i.id
HAVING sum(p.amount) NOT IN (0, i.gross_amount)
