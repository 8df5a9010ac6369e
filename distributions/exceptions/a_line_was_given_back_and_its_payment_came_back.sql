-- Money of a call line was given back to a partner whose payment of it came back afterwards. Have it paid again.
SELECT c.fund_id AS fund, b.commitment_id AS commitment, k.number AS call, l.position AS line, b.given_back AS returned, coalesce(p.paid, 0) AS paid_in,
       b.given_back - coalesce(p.paid, 0) AS to_recover
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
               FROM capital_transactions WHERE call_line_id IS NOT NULL
              GROUP BY commitment_id, call_line_id) p USING (commitment_id, line)
  LEFT JOIN (SELECT commitment_id, given_back_line_id AS line, count(*) AS rows
               FROM capital_transactions WHERE transfer_id IS NOT NULL AND given_back_line_id IS NOT NULL
              GROUP BY commitment_id, given_back_line_id) m USING (commitment_id, line)
  JOIN capital_call_lines l ON l.id = b.line
  JOIN capital_calls k ON k.id = l.call_id
  JOIN commitments c ON c.id = b.commitment_id
  JOIN funds f ON f.id = c.fund_id
 WHERE b.given_back > coalesce(p.paid, 0)
                      + (coalesce(p.rows, 0) + coalesce(m.rows, 0)) / power(10::numeric, currency_decimals(f.currency))
