-- One row per part of a call line: what its partner holds of the line, of an issued call. Waivers do not change it. What a
-- later partner holds of a line is its part of the line that equalises it: all parts of one root are one line. What a transfer moved
-- comes off one partner's part and on another's; who has none of that line has one by transfer alone, with a key below zero, from
-- which a closing takes by a change that names no item. The weight is that of the last change that was no transfer's, with what was
-- transferred since.
CREATE VIEW held_parts WITH (security_invoker = true) AS
SELECT x.id AS part_id,
       x.fund_id,
       x.call_id,
       x.line_id,
       r.id AS root_id,
       x.commitment_id,
       r.allocation_id,
       x.amount AS called,
       CASE WHEN call_is_issued(k.status)
            THEN x.amount + coalesce(g.changed, 0) + coalesce(b.changed, 0) + coalesce(t.moved, 0) ELSE 0 END AS held,
       coalesce(n.weight, x.weight) + coalesce(t.weight, 0) AS weight,
       coalesce(t.basis, n.basis, x.basis) AS basis
  FROM capital_call_item_lines x
  JOIN capital_call_lines l ON l.id = x.line_id
  JOIN capital_call_lines r ON r.id = coalesce(l.equalises_id, l.id)
  JOIN capital_calls k ON k.id = x.call_id
  LEFT JOIN LATERAL (
       SELECT sum(c.amount) AS changed
         FROM line_changes c
        WHERE c.item_id = x.item_id AND c.line_id = x.line_id AND c.changes_held) g ON true
  LEFT JOIN LATERAL (
       SELECT sum(c.amount) AS changed
         FROM line_changes c
        WHERE c.item_id IS NULL AND c.line_id = x.line_id AND c.commitment_id = x.commitment_id) b ON true
  LEFT JOIN LATERAL (
       SELECT e.weight, e.basis, e.recorded_at
         FROM (SELECT c.id, c.weight, c.basis, c.recorded_at
                 FROM line_changes c
                WHERE c.item_id = x.item_id AND c.line_id = x.line_id AND c.changes_held AND c.transfer_id IS NULL
               UNION ALL
               SELECT c.id, c.weight, c.basis, c.recorded_at
                 FROM line_changes c
                WHERE c.item_id IS NULL AND c.line_id = x.line_id AND c.commitment_id = x.commitment_id) e
        ORDER BY e.id DESC
        LIMIT 1) n ON true
  LEFT JOIN LATERAL (
       SELECT sum(c.amount) AS moved, sum(c.weight) FILTER (WHERE s.since) AS weight,
              (array_agg(c.basis ORDER BY c.id DESC) FILTER (WHERE s.since))[1] AS basis
         FROM taken_parts c
        CROSS JOIN LATERAL (SELECT n.recorded_at IS NULL OR c.recorded_at > n.recorded_at AS since) s
        WHERE c.line_id = x.line_id AND c.commitment_id = x.commitment_id) t ON true
UNION ALL
SELECT -t.id, t.fund_id, l.call_id, t.line_id, r.id, t.commitment_id, r.allocation_id, 0,
       CASE WHEN call_is_issued(k.status) THEN t.moved + coalesce(g.changed, 0) ELSE 0 END,
       coalesce(n.weight, 0) + coalesce(s.weight, 0), coalesce(s.basis, n.basis)
  FROM (SELECT min(c.id) AS id, c.fund_id, c.line_id, c.commitment_id, sum(c.amount) AS moved
          FROM taken_parts c
         WHERE NOT EXISTS (SELECT FROM capital_call_item_lines x WHERE x.line_id = c.line_id AND x.commitment_id = c.commitment_id)
         GROUP BY c.fund_id, c.line_id, c.commitment_id) t
  LEFT JOIN LATERAL (
       SELECT sum(c.amount) AS changed
         FROM line_changes c
        WHERE c.item_id IS NULL AND c.line_id = t.line_id AND c.commitment_id = t.commitment_id) g ON true
  LEFT JOIN LATERAL (
       SELECT c.weight, c.basis, c.recorded_at
         FROM line_changes c
        WHERE c.item_id IS NULL AND c.line_id = t.line_id AND c.commitment_id = t.commitment_id
        ORDER BY c.id DESC
        LIMIT 1) n ON true
  LEFT JOIN LATERAL (
       SELECT sum(c.weight) AS weight, (array_agg(c.basis ORDER BY c.id DESC))[1] AS basis
         FROM taken_parts c
        WHERE c.line_id = t.line_id AND c.commitment_id = t.commitment_id
          AND (n.recorded_at IS NULL OR c.recorded_at > n.recorded_at)) s ON true
  JOIN capital_call_lines l ON l.id = t.line_id
  JOIN capital_call_lines r ON r.id = coalesce(l.equalises_id, l.id)
  JOIN capital_calls k ON k.id = l.call_id;
