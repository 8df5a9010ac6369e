-- What a closing moves is taken off what earlier partners held, and asked of later ones by the call that collects; nothing else is.
SELECT coalesce(p.closing_id, g.closing_id, t.closing_id) AS closing, coalesce(p.line_id, g.line_id, t.line_id) AS line,
       coalesce(p.commitment_id, g.commitment_id, t.commitment_id) AS commitment, p.delta, g.back, t.taken
  FROM equalisation_parts p
  FULL JOIN (SELECT g.closing_id, coalesce(l.equalises_id, l.id) AS line_id, g.commitment_id, sum(g.amount) AS back,
                    -coalesce(sum(g.amount) FILTER (WHERE g.changes_owed), 0) AS reduces_open
               FROM line_changes g JOIN capital_call_lines l ON l.id = g.line_id
              WHERE g.closing_id IS NOT NULL AND g.closing_reversal_id IS NULL
              GROUP BY 1, 2, 3) g ON (g.closing_id, g.line_id, g.commitment_id) = (p.closing_id, p.line_id, p.commitment_id)
  FULL JOIN (SELECT c.id AS closing_id, l.equalises_id AS line_id, x.commitment_id, sum(x.amount) AS taken
               FROM capital_call_item_lines x
               JOIN capital_call_lines l ON l.id = x.line_id
               LEFT JOIN closings c ON c.call_id = l.call_id AND c.status IN ('settled', 'reversed')
              WHERE l.equalises_id IS NOT NULL
              GROUP BY 1, 2, 3) t ON (t.closing_id, t.line_id, t.commitment_id) = (p.closing_id, p.line_id, p.commitment_id)
 WHERE (coalesce(g.back, 0) + coalesce(t.taken, 0), coalesce(g.reduces_open, 0))
       IS DISTINCT FROM (coalesce(p.delta, 0), coalesce(p.reduces_open, 0))
