-- After a closing everybody who shares in a line by its commitment holds its exact share of it, to less than one unit of the currency.
SELECT h.line_id AS line, h.commitment_id AS commitment, h.held, h.whole * h.weight / h.weights AS share
  FROM (SELECT x.*, sum(x.held) OVER (PARTITION BY x.line_id) AS whole, sum(x.weight) OVER (PARTITION BY x.line_id) AS weights
          FROM (SELECT coalesce(l.equalises_id, l.id) AS line_id, p.commitment_id, p.fund_id,
                       sum(p.amount + coalesce(g.changed, 0) + coalesce(m.moved, 0)) AS held,
                       -- Of whose part neither the closing nor anything since changed: what it promised by then.
                       (array_agg(CASE WHEN n.recorded_at >= c.approved_at OR k.id = c.call_id THEN coalesce(n.weight, p.weight)
                                       ELSE r.promised END ORDER BY p.id DESC, l.id DESC))[1] AS weight,
                       (array_agg(coalesce(n.basis, m.basis, p.basis) ORDER BY p.id DESC, l.id DESC))[1] AS basis
                  FROM closings c
                 -- What defaults cut is weighed still, and moved with what was transferred, in proportion.
                 CROSS JOIN LATERAL (
                       WITH RECURSIVE lowered AS (
                            SELECT row_number() OVER (ORDER BY e.id) AS n, e.commitment_id::text AS giver, t.transferee_id::text AS taker,
                                   -e.amount AS amount, e.promised, currency_decimals(u.currency) AS decimals
                              FROM (SELECT o.*, sum(o.amount) OVER (PARTITION BY o.commitment_id ORDER BY o.id) - o.amount AS promised
                                      FROM commitment_events o
                                     WHERE o.fund_id = c.fund_id AND o.changes_commitment AND o.approved_at <= c.approved_at
                                       AND o.effective_on <= c.held_on
                                       AND EXISTS (SELECT FROM commitment_events d WHERE d.fund_id = c.fund_id AND d.kind = 'default_reduction')) e
                              JOIN funds u ON u.id = e.fund_id
                              LEFT JOIN transfers t ON t.id = e.transfer_id
                             WHERE e.kind IN ('default_reduction', 'transfer_out')),
                       walk AS (
                            SELECT 0::bigint AS n, '{}'::jsonb AS cut
                             UNION ALL
                            SELECT l.n, CASE WHEN l.taker IS NULL
                                        THEN k.cut || jsonb_build_object(l.giver, x.has + l.amount)
                                        ELSE k.cut || jsonb_build_object(l.giver, x.has - x.moves, l.taker, coalesce((k.cut ->> l.taker)::numeric, 0) + x.moves) END
                              FROM walk k
                              JOIN lowered l ON l.n = k.n + 1
                             CROSS JOIN LATERAL (SELECT coalesce((k.cut ->> l.giver)::numeric, 0) AS has) g
                             CROSS JOIN LATERAL (SELECT g.has, round(g.has * l.amount / nullif(l.promised, 0), l.decimals) AS moves) x)
                       SELECT cut FROM walk ORDER BY n DESC LIMIT 1) w
                  JOIN capital_call_lines l ON coalesce(l.equalises_id, l.id) IN (
                       SELECT e.line_id FROM equalisation_parts e WHERE e.closing_id = c.id)
                  -- What is held by transfer alone is a part of nothing that was called, and by one since of nothing that this shared.
                  JOIN (SELECT x.id, x.fund_id, x.call_id, x.line_id, x.commitment_id, x.amount, x.weight, x.basis, '-infinity' AS since
                          FROM capital_call_item_lines x
                        UNION ALL
                        SELECT 0, t.fund_id, b.call_id, t.line_id, t.commitment_id, 0, 0, 'pro_rata', min(t.recorded_at)
                          FROM taken_parts t JOIN capital_call_lines b ON b.id = t.line_id
                         WHERE NOT EXISTS (SELECT FROM capital_call_item_lines x
                                            WHERE (x.line_id, x.commitment_id) = (t.line_id, t.commitment_id))
                         GROUP BY t.fund_id, b.call_id, t.line_id, t.commitment_id) p ON p.line_id = l.id AND p.since < c.approved_at
                  JOIN capital_calls k ON k.id = p.call_id AND k.status IN ('sent', 'partially_funded', 'fully_funded')
                  LEFT JOIN LATERAL (SELECT sum(o.amount) AS changed FROM line_changes o
                                      WHERE o.line_id = p.line_id AND o.commitment_id = p.commitment_id AND o.changes_held
                                        AND (o.transfer_id IS NULL OR o.recorded_at < c.approved_at)) g ON true
                  LEFT JOIN LATERAL (SELECT o.weight, o.basis, o.recorded_at FROM line_changes o
                                      WHERE o.line_id = p.line_id AND o.commitment_id = p.commitment_id
                                        AND o.changes_held AND o.transfer_id IS NULL
                                      ORDER BY o.id DESC LIMIT 1) n ON true
                  LEFT JOIN LATERAL (SELECT sum(t.amount) AS moved,
                                            (array_agg(t.basis ORDER BY t.id DESC))[1] AS basis FROM taken_parts t
                                      WHERE t.line_id = p.line_id AND t.commitment_id = p.commitment_id
                                        AND t.recorded_at < c.approved_at) m ON true
                 CROSS JOIN LATERAL (SELECT coalesce(sum(e.amount), 0) + coalesce((w.cut ->> p.commitment_id::text)::numeric, 0) AS promised
                                       FROM commitment_events e
                                      WHERE e.commitment_id = p.commitment_id AND e.changes_commitment
                                        AND e.approved_at <= c.approved_at AND e.effective_on <= c.held_on) r
                 WHERE c.id = (SELECT max(o.id) FROM closings o WHERE o.fund_id = c.fund_id AND o.status = 'settled')
                 GROUP BY 1, 2, 3) x
         WHERE x.basis = 'pro_rata') h
  JOIN funds f ON f.id = h.fund_id
 WHERE h.weights > 0 AND abs(h.held - h.whole * h.weight / h.weights) >= power(10, -currency_decimals(f.currency))
