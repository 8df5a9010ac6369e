-- After a closing everybody who shares in a line by its commitment holds its exact share of it, to less than one unit of the currency.
SELECT h.line_id AS line, h.commitment_id AS commitment, h.held, h.whole * h.weight / h.weights AS share
  FROM (SELECT x.*, sum(x.held) OVER (PARTITION BY x.line_id) AS whole, sum(x.weight) OVER (PARTITION BY x.line_id) AS weights
          FROM (SELECT coalesce(l.equalises_id, l.id) AS line_id, p.commitment_id, p.fund_id,
                       sum(p.amount + coalesce(g.changed, 0)) AS held,
                       (array_agg(coalesce(n.weight, p.weight) ORDER BY p.id DESC))[1] AS weight,
                       (array_agg(coalesce(n.basis, p.basis) ORDER BY p.id DESC))[1] AS basis
                  FROM capital_call_item_lines p
                  JOIN capital_call_lines l ON l.id = p.line_id
                  JOIN capital_calls k ON k.id = p.call_id AND k.status IN ('sent', 'partially_funded', 'fully_funded')
                  LEFT JOIN LATERAL (SELECT sum(c.amount) AS changed FROM line_changes c
                                      WHERE c.item_id = p.item_id AND c.line_id = p.line_id AND c.changes_held) g ON true
                  LEFT JOIN LATERAL (SELECT c.weight, c.basis FROM line_changes c
                                      WHERE c.item_id = p.item_id AND c.line_id = p.line_id AND c.changes_held
                                      ORDER BY c.id DESC LIMIT 1) n ON true
                 WHERE coalesce(l.equalises_id, l.id) IN (
                       SELECT e.line_id FROM equalisation_parts e WHERE e.closing_id = (
                              SELECT max(o.id) FROM closings o WHERE o.fund_id = e.fund_id AND o.status = 'settled'))
                 GROUP BY 1, 2, 3) x
         WHERE x.basis = 'pro_rata') h
  JOIN funds f ON f.id = h.fund_id
 WHERE h.weights > 0 AND abs(h.held - h.whole * h.weight / h.weights) >= power(10, -currency_decimals(f.currency))
