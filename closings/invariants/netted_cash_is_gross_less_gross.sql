-- Cash in less cash out is what calls were paid less what was paid out and refunded, with tax that was withheld, and is still to be
-- remitted, added: per partner and day on which something was set off. Bank charges that the fund bore came from nobody; what a
-- closing paid by distributions made before moved no cash either.
SELECT d.commitment_id AS commitment, d.value_date, i.cash_in, o.cash_out, f.refunded_out, g.called, g.distributed, g.refunded, o.withheld
  FROM (SELECT commitment_id, value_date FROM payments WHERE setoff_part_id IS NOT NULL
         UNION SELECT commitment_id, value_date FROM payouts WHERE setoff_part_id IS NOT NULL
         UNION SELECT commitment_id, value_date FROM refund_payouts WHERE setoff_part_id IS NOT NULL) d
 CROSS JOIN LATERAL (SELECT coalesce(sum(y.amount), 0) AS cash_in FROM payments y
                      WHERE y.commitment_id = d.commitment_id AND y.value_date = d.value_date AND y.receipt_id IS NOT NULL) i
 CROSS JOIN LATERAL (SELECT coalesce(sum(p.amount - sign(p.amount) * x.withholding_tax - p.set_off), 0) AS cash_out,
                            coalesce(sum(sign(p.amount) * x.withholding_tax), 0) AS withheld
                       FROM payouts p JOIN distribution_items x ON x.id = p.item_id
                      WHERE p.commitment_id = d.commitment_id AND p.value_date = d.value_date) o
 CROSS JOIN LATERAL (SELECT coalesce(sum(p.amount), 0) AS refunded_out FROM refund_payouts p
                      WHERE p.commitment_id = d.commitment_id AND p.value_date = d.value_date
                        AND p.setoff_part_id IS NULL AND NOT p.by_distribution) f
 CROSS JOIN LATERAL (SELECT coalesce(sum(t.amount) FILTER (WHERE y.receipt_id IS NOT NULL OR y.setoff_part_id IS NOT NULL), 0) AS called,
                            coalesce(-sum(t.amount) FILTER (WHERE t.payout_id IS NOT NULL), 0) AS distributed,
                            coalesce(-sum(t.amount) FILTER (WHERE NOT b.by_distribution), 0) AS refunded
                       FROM capital_transactions t
                       LEFT JOIN payments y ON y.id = t.payment_id
                       LEFT JOIN refund_payouts b ON b.id = t.refund_payout_id
                      WHERE t.commitment_id = d.commitment_id AND t.value_date = d.value_date) g
 WHERE i.cash_in - o.cash_out - f.refunded_out <> g.called - g.distributed - g.refunded + o.withheld
