-- No more of a call line is given back to a partner than it paid on it; payments that came back afterwards count, and are exceptions; refunds that came back do not.
-- What a transfer moved counts for who holds it now, of what was paid and of what went back of it; the two are rounded apart, by less
-- than a unit for each row that moved.
SELECT b.commitment_id AS commitment, b.line, b.given_back, coalesce(p.paid, 0) AS paid
  FROM (SELECT commitment_id, line, sum(amount) AS given_back
          FROM (SELECT g.commitment_id, g.call_line_id AS line, g.amount
                  FROM distribution_given_back g
                  JOIN distributions d ON d.id = g.distribution_id
                 WHERE d.status IN ('sent', 'paid')
                UNION ALL
                SELECT commitment_id, given_back_line_id, -amount
                  FROM capital_transactions
                 WHERE transfer_id IS NOT NULL AND given_back_line_id IS NOT NULL AND NOT follows_moved_row(transfer_id, moves_id)) g
         GROUP BY commitment_id, line) b
  LEFT JOIN (SELECT commitment_id, call_line_id AS line, sum(amount) AS paid,
                    count(*) FILTER (WHERE transfer_id IS NOT NULL) AS rows
               FROM capital_transactions WHERE call_line_id IS NOT NULL AND (reverses_id IS NULL OR refund_payout_id IS NOT NULL)
              GROUP BY commitment_id, call_line_id) p USING (commitment_id, line)
  LEFT JOIN (SELECT commitment_id, given_back_line_id AS line, count(*) AS rows
               FROM capital_transactions WHERE transfer_id IS NOT NULL AND given_back_line_id IS NOT NULL
              GROUP BY commitment_id, given_back_line_id) m USING (commitment_id, line)
  JOIN commitments c ON c.id = b.commitment_id
  JOIN funds f ON f.id = c.fund_id
 WHERE b.given_back > coalesce(p.paid, 0)
                      + (coalesce(p.rows, 0) + coalesce(m.rows, 0)) / power(10::numeric, currency_decimals(f.currency))
