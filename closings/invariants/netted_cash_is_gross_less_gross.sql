-- Cash in less cash out is what calls were paid less what was paid out, with tax that was withheld, and is still to be remitted,
-- added: per partner and day on which something was set off. Bank charges that the fund bore came from nobody.
SELECT d.commitment_id AS commitment, d.value_date, i.cash_in, o.cash_out, g.called, g.distributed, o.withheld
  FROM (SELECT commitment_id, value_date FROM payments WHERE setoff_part_id IS NOT NULL
         UNION SELECT commitment_id, value_date FROM payouts WHERE setoff_part_id IS NOT NULL) d
 CROSS JOIN LATERAL (SELECT coalesce(sum(y.amount), 0) AS cash_in FROM payments y
                      WHERE y.commitment_id = d.commitment_id AND y.value_date = d.value_date AND y.receipt_id IS NOT NULL) i
 CROSS JOIN LATERAL (SELECT coalesce(sum(p.amount - sign(p.amount) * x.withholding_tax - p.set_off), 0) AS cash_out,
                            coalesce(sum(sign(p.amount) * x.withholding_tax), 0) AS withheld
                       FROM payouts p JOIN distribution_items x ON x.id = p.item_id
                      WHERE p.commitment_id = d.commitment_id AND p.value_date = d.value_date) o
 CROSS JOIN LATERAL (SELECT coalesce(sum(t.amount) FILTER (WHERE y.receipt_id IS NOT NULL OR y.setoff_part_id IS NOT NULL), 0) AS called,
                            coalesce(-sum(t.amount) FILTER (WHERE t.payout_id IS NOT NULL), 0) AS distributed
                       FROM capital_transactions t LEFT JOIN payments y ON y.id = t.payment_id
                      WHERE t.commitment_id = d.commitment_id AND t.value_date = d.value_date) g
 WHERE i.cash_in - o.cash_out <> g.called - g.distributed + o.withheld
