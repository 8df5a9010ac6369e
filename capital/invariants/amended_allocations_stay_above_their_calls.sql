-- An allocation is above zero on each day of its dated rows and, from the day it was first lowered, never below what was called by then.
SELECT d.allocation_id AS allocation, d.day, d.committed, c.called
  FROM (SELECT x.allocation_id, x.effective_on AS day, sum(x.amount) OVER w AS committed, bool_or(x.amount < 0) OVER w AS lowered
          FROM allocation_amounts x
         WHERE x.approved_at IS NOT NULL
        WINDOW w AS (PARTITION BY x.allocation_id ORDER BY x.effective_on)) d
 CROSS JOIN LATERAL (SELECT coalesce(sum(w.amount), 0) AS changed
                       FROM line_changes w JOIN capital_calls k ON k.id = w.call_id
                      WHERE w.allocation_id = d.allocation_id AND w.effective_on <= d.day
                        AND k.status IN ('sent', 'partially_funded', 'fully_funded')) g
 CROSS JOIN LATERAL (SELECT coalesce(sum(l.amount), 0) + g.changed AS called
                       FROM capital_call_lines l JOIN capital_calls k ON k.id = l.call_id
                      WHERE l.allocation_id = d.allocation_id AND k.call_date <= d.day
                        AND k.status IN ('sent', 'partially_funded', 'fully_funded')) c
 WHERE d.committed <= 0 OR d.lowered AND d.committed < c.called
