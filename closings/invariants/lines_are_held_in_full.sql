-- On every day the parts of a line, with those of the lines that equalise it, are the line less what nobody covered of an excuse.
SELECT d.root_id AS line, d.day, d.held, d.whole
  FROM (SELECT x.root_id, x.day, sum(x.held) OVER w AS held, sum(x.whole) OVER w AS whole
          FROM (SELECT m.root_id, m.day, sum(m.held) AS held, sum(m.whole) AS whole
                  FROM (SELECT coalesce(l.equalises_id, l.id) AS root_id,
                               least(k.call_date, (k.approved_at AT TIME ZONE f.time_zone)::date) AS day,
                               p.amount AS held, CASE WHEN l.equalises_id IS NULL THEN p.amount ELSE 0 END AS whole
                          FROM capital_call_item_lines p
                          JOIN capital_call_lines l ON l.id = p.line_id
                          JOIN capital_calls k ON k.id = p.call_id
                          JOIN funds f ON f.id = k.fund_id
                         WHERE k.status IN ('sent', 'partially_funded', 'fully_funded')
                           AND coalesce(l.equalises_id, l.id) IN (SELECT line_id FROM equalisation_parts)
                        UNION ALL
                        SELECT coalesce(l.equalises_id, l.id), g.effective_on, g.amount,
                               CASE WHEN g.closing_id IS NULL AND g.closing_reversal_id IS NULL THEN g.amount ELSE 0 END
                          FROM line_changes g
                          JOIN capital_call_lines l ON l.id = g.line_id
                         WHERE g.changes_held AND coalesce(l.equalises_id, l.id) IN (SELECT line_id FROM equalisation_parts)) m
                 GROUP BY m.root_id, m.day) x
        WINDOW w AS (PARTITION BY x.root_id ORDER BY x.day)) d
 WHERE d.held <> d.whole
