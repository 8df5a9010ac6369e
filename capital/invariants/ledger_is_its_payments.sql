-- The ledger rows of a payment add up to it, and every contribution in the ledger belongs to a payment.
SELECT p.id AS payment, p.amount, t.amount AS posted
  FROM payments p
  FULL JOIN (SELECT payment_id, sum(amount) AS amount
               FROM capital_transactions WHERE call_item_id IS NOT NULL AND refund_payout_id IS NULL GROUP BY payment_id) t ON t.payment_id = p.id
 WHERE p.amount IS DISTINCT FROM t.amount
