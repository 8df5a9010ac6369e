-- A payout has the distribution, fund and partner of its item, and its ledger rows have them too.
SELECT p.id AS payout, 'item' AS what, p.item_id AS id
  FROM payouts p LEFT JOIN distribution_items i ON i.id = p.item_id
 WHERE (i.distribution_id, i.fund_id, i.commitment_id) IS DISTINCT FROM (p.distribution_id, p.fund_id, p.commitment_id)
UNION ALL
SELECT p.id, 'ledger row', t.id
  FROM capital_transactions t JOIN payouts p ON p.id = t.payout_id
 WHERE (t.distribution_id, t.distribution_item_id, t.fund_id, t.commitment_id)
       IS DISTINCT FROM (p.distribution_id, p.item_id, p.fund_id, p.commitment_id)
