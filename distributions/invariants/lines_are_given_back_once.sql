-- No more of a call line is given back to a partner than it paid on it, whoever holds either by now.
SELECT g.commitment_id AS commitment, g.call_line_id AS line, g.given_back, coalesce(p.paid, 0) AS paid
  FROM (SELECT g.commitment_id, g.call_line_id, sum(g.amount) AS given_back
          FROM distribution_given_back g
          JOIN distributions d ON d.id = g.distribution_id
         WHERE d.status IN ('sent', 'paid')
         GROUP BY g.commitment_id, g.call_line_id) g
  LEFT JOIN (SELECT commitment_id, call_line_id, sum(amount) AS paid
               FROM capital_transactions WHERE call_item_id IS NOT NULL
              GROUP BY commitment_id, call_line_id) p USING (commitment_id, call_line_id)
 WHERE g.given_back > coalesce(p.paid, 0)
