-- One row per part of a call line: what its partner holds of the line, of an issued call. Waivers do not change it. What a
-- later partner holds of a line is its part of the line that equalises it: all parts of one root are one line.
CREATE VIEW held_parts WITH (security_invoker = true) AS
SELECT x.id AS part_id,
       x.fund_id,
       x.call_id,
       x.line_id,
       r.id AS root_id,
       x.commitment_id,
       r.allocation_id,
       x.amount AS called,
       CASE WHEN call_is_issued(k.status) THEN x.amount + coalesce(g.changed, 0) ELSE 0 END AS held,
       coalesce(n.weight, x.weight) AS weight,
       coalesce(n.basis, x.basis) AS basis
  FROM capital_call_item_lines x
  JOIN capital_call_lines l ON l.id = x.line_id
  JOIN capital_call_lines r ON r.id = coalesce(l.equalises_id, l.id)
  JOIN capital_calls k ON k.id = x.call_id
  LEFT JOIN LATERAL (
       SELECT sum(c.amount) AS changed
         FROM line_changes c
        WHERE c.item_id = x.item_id AND c.line_id = x.line_id AND c.changes_held) g ON true
  LEFT JOIN LATERAL (
       SELECT c.weight, c.basis
         FROM line_changes c
        WHERE c.item_id = x.item_id AND c.line_id = x.line_id AND c.changes_held
        ORDER BY c.id DESC
        LIMIT 1) n ON true;
