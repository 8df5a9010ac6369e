-- What a transfer moved of each kind of rows is its share of all that the transferor held of it before, rounded once, no row left out.
SELECT x.transfer_id AS transfer, x.kind, x.held, x.moved, x.left_out
  FROM (SELECT h.transfer_id, h.numerator, h.denominator, h.units, h.kind, sum(h.held) AS held, sum(n.amount) AS moved,
               count(*) FILTER (WHERE n.id IS NULL) AS left_out
          FROM (SELECT t.id AS transfer_id, t.numerator::numeric, t.denominator::numeric,
                       power(10::numeric, currency_decimals(f.currency)) AS units, o.id AS row_id,
                       CASE WHEN o.call_line_id IS NOT NULL OR o.counts_as_paid_in THEN 'contribution'
                            WHEN o.recallable THEN 'recallable' ELSE 'distribution' END AS kind,
                       sum(c.amount) AS held
                  FROM transfers t
                  JOIN funds f ON f.id = t.fund_id
                  JOIN capital_transactions c ON c.commitment_id = t.transferor_id AND NOT c.passed_on AND c.reverses_id IS NULL
                                             AND c.id < (SELECT min(x.id) FROM capital_transactions x WHERE x.transfer_id = t.id)
                  JOIN capital_transactions o ON o.id = coalesce(c.moves_id, c.id)
                  LEFT JOIN capital_transactions r ON r.reverses_id = o.id
                       AND r.id < (SELECT min(x.id) FROM capital_transactions x WHERE x.transfer_id = t.id)
                 WHERE t.approved_at IS NOT NULL AND r.id IS NULL
                 GROUP BY t.id, f.currency, o.id
                HAVING sum(c.amount) <> 0) h
          LEFT JOIN transfer_rows n ON n.transfer_id = h.transfer_id AND n.row_id = h.row_id
         GROUP BY h.transfer_id, h.numerator, h.denominator, h.units, h.kind) x
 WHERE x.left_out > 0
    OR x.moved IS DISTINCT FROM
       sign(x.held) * div(2 * x.numerator * abs(x.held) * x.units + x.denominator, 2 * x.denominator) / x.units
