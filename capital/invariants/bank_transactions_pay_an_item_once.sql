-- Of the payments of one bank transaction on one item, at most one stands.
SELECT p.item_id AS item, p.tx_ref, count(*) AS payments
  FROM payments p
 WHERE p.tx_ref IS NOT NULL
   AND NOT EXISTS (SELECT FROM payments r WHERE r.reverses_id = p.id)
 GROUP BY p.item_id, p.tx_ref
HAVING count(*) > 1
