-- The ledger rows of a payout take out what it paid, the recallable part apart, and every distribution in the ledger belongs to a payout.
SELECT p.id AS payout, p.amount, t.amount AS posted, t.recallable, sign(p.amount) * i.recallable_amount AS to_be_recallable
  FROM payouts p
  JOIN distribution_items i ON i.id = p.item_id
  FULL JOIN (SELECT payout_id, -sum(amount) AS amount, coalesce(-sum(amount) FILTER (WHERE recallable), 0) AS recallable
               FROM capital_transactions WHERE call_item_id IS NULL AND refund_payout_id IS NULL AND moves_id IS NULL GROUP BY payout_id) t ON t.payout_id = p.id
 WHERE p.amount IS DISTINCT FROM t.amount OR t.recallable IS DISTINCT FROM sign(p.amount) * i.recallable_amount
