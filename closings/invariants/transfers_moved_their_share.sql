-- What a transfer moved of each kind of rows is its share of all that the transferor held of it before, rounded once, no row left out; what
-- a forfeiture moved is the share that it takes, by all its transfers together.
SELECT x.transfer_id AS transfer, x.kind, x.held, x.moved, x.left_out
  FROM (SELECT h.transfer_id, h.numerator, h.denominator, h.units, h.kind, sum(h.held) AS held, sum(n.amount) AS moved,
               count(*) FILTER (WHERE n.id IS NULL) AS left_out
          FROM (SELECT t.id AS transfer_id, t.together, t.numerator::numeric, t.denominator::numeric,
                       power(10::numeric, currency_decimals(f.currency)) AS units, o.id AS row_id,
                       CASE WHEN o.call_line_id IS NOT NULL OR o.counts_as_paid_in THEN 'contribution'
                            WHEN o.recallable THEN 'recallable' ELSE 'distribution' END AS kind,
                       sum(c.amount) AS held
                  FROM (SELECT min(o.id) AS id, min(o.fund_id) AS fund_id, o.transferor_id, array_agg(o.id) AS together,
                               min(CASE r.kind WHEN 'forfeiture' THEN r.numerator ELSE o.numerator END) AS numerator,
                               min(CASE r.kind WHEN 'forfeiture' THEN r.denominator ELSE o.denominator END) AS denominator
                          FROM transfers o LEFT JOIN default_remedies r ON r.id = o.remedy_id
                         WHERE o.approved_at IS NOT NULL
                         GROUP BY coalesce(-o.remedy_id, o.id), o.transferor_id) t
                  JOIN funds f ON f.id = t.fund_id
                  JOIN capital_transactions c ON c.commitment_id = t.transferor_id AND NOT c.passed_on AND c.reverses_id IS NULL
                                             AND c.id < (SELECT min(x.id) FROM capital_transactions x WHERE x.transfer_id = ANY (t.together))
                  JOIN capital_transactions o ON o.id = coalesce(c.moves_id, c.id)
                  LEFT JOIN capital_transactions r ON r.reverses_id = o.id
                       AND r.id < (SELECT min(x.id) FROM capital_transactions x WHERE x.transfer_id = ANY (t.together))
                 WHERE r.id IS NULL
                 GROUP BY t.id, t.together, t.numerator, t.denominator, f.currency, o.id
                HAVING sum(c.amount) <> 0) h
          LEFT JOIN LATERAL (SELECT min(o.id) AS id, sum(o.amount) AS amount FROM transfer_rows o
                              WHERE o.transfer_id = ANY (h.together) AND o.row_id = h.row_id) n ON true
         GROUP BY h.transfer_id, h.numerator, h.denominator, h.units, h.kind) x
 WHERE x.left_out > 0
    OR x.moved IS DISTINCT FROM
       sign(x.held) * div(2 * x.numerator * abs(x.held) * x.units + x.denominator, 2 * x.denominator) / x.units
