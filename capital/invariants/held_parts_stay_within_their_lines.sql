-- On every day, what partners hold of a line is zero or more each and the line or less in all; what excuses took off it is asked of nobody twice.
SELECT d.line_id AS line, d.commitment_id AS commitment, d.day, d.held, d.whole, l.amount
  FROM (SELECT x.line_id, x.commitment_id, x.day,
               sum(x.amount) OVER (PARTITION BY x.line_id, x.commitment_id ORDER BY x.day) AS held,
               sum(x.amount) OVER (PARTITION BY x.line_id ORDER BY x.day) AS whole
          FROM (SELECT p.line_id, p.commitment_id, k.call_date AS day, p.amount
                  FROM capital_call_item_lines p JOIN capital_calls k ON k.id = p.call_id
                 WHERE p.line_id IN (SELECT line_id FROM line_changes WHERE changes_held)
                UNION ALL
                SELECT g.line_id, g.commitment_id, g.effective_on, g.amount FROM line_changes g WHERE g.changes_held
                UNION ALL
                SELECT t.line_id, t.commitment_id, t.effective_on, t.amount FROM taken_parts t
                 WHERE t.line_id IN (SELECT line_id FROM line_changes WHERE changes_held)) x) d
  JOIN capital_call_lines l ON l.id = d.line_id
 WHERE d.held < 0 OR d.whole > l.amount
