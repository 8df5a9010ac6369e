-- Cash in less cash out is what calls were paid less what was paid out, with tax that was withheld, and is still to be remitted,
-- added: per partner and day on which something was set off. Bank charges that the fund bore came from nobody.
WITH days AS (
    SELECT DISTINCT commitment_id, value_date FROM payments WHERE setoff_part_id IS NOT NULL
    UNION SELECT commitment_id, value_date FROM payouts WHERE setoff_part_id IS NOT NULL
), sides AS (
    SELECT d.*, i.cash_in, o.cash_out, o.withheld,
           -(SELECT coalesce(sum(t.amount), 0) FROM capital_transactions t
              WHERE t.commitment_id = d.commitment_id AND t.value_date = d.value_date AND t.payout_id IS NOT NULL) AS distributed,
           (SELECT coalesce(sum(t.amount), 0) FROM capital_transactions t JOIN payments y ON y.id = t.payment_id
             WHERE t.commitment_id = d.commitment_id AND t.value_date = d.value_date
               AND (y.receipt_id IS NOT NULL OR y.setoff_part_id IS NOT NULL)) AS called
      FROM days d
     CROSS JOIN LATERAL (SELECT coalesce(sum(y.amount), 0) AS cash_in FROM payments y
                          WHERE y.commitment_id = d.commitment_id AND y.value_date = d.value_date AND y.receipt_id IS NOT NULL) i
     CROSS JOIN LATERAL (SELECT coalesce(sum(p.amount - sign(p.amount) * x.withholding_tax - p.set_off), 0) AS cash_out,
                                coalesce(sum(sign(p.amount) * x.withholding_tax), 0) AS withheld
                           FROM payouts p JOIN distribution_items x ON x.id = p.item_id
                          WHERE p.commitment_id = d.commitment_id AND p.value_date = d.value_date) o
)
SELECT commitment_id AS commitment, value_date, cash_in, cash_out, called, distributed, withheld
  FROM sides
 WHERE cash_in - cash_out <> called - distributed + withheld
