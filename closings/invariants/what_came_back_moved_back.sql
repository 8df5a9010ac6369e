-- Of a payout that came back, and of which others held a part by transfers, nothing is held as paid by anybody until it is paid out again: each
-- transfer moved back what it had moved of it, and of the next payout of the same item it moved that again.
SELECT n.payout_id AS payout, w.transfer_id AS transfer, w.row_id AS turned, n.id AS ledger_row, w.amount AS moved, v.amount AS moved_since
  FROM payouts p
  JOIN capital_transactions n ON n.payout_id = p.id
  JOIN transfer_rows w ON w.row_id = turned_row(n.id) AND w.amount <> 0
  LEFT JOIN transfer_rows v ON v.transfer_id = w.transfer_id AND v.row_id = n.id
 WHERE EXISTS (SELECT FROM capital_transactions m WHERE m.moves_id = w.row_id GROUP BY m.commitment_id HAVING sum(m.amount) <> 0)
   AND v.amount IS DISTINCT FROM -w.amount
