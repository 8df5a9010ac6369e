-- What issued calls draw on an allocation, with what was changed since, stays within its dated rows.
SELECT a.id AS allocation, m.committed, c.called
  FROM fund_allocations a
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS committed
                       FROM allocation_amounts x WHERE x.allocation_id = a.id AND x.approved_at IS NOT NULL) m
 CROSS JOIN LATERAL (SELECT coalesce(sum(l.amount + coalesce(g.changed, 0)), 0) AS called
                       FROM capital_call_lines l JOIN capital_calls k ON k.id = l.call_id
                       LEFT JOIN (SELECT line_id, sum(amount) AS changed FROM line_changes WHERE changes_owed GROUP BY line_id) g ON g.line_id = l.id
                      WHERE l.allocation_id = a.id AND k.status IN ('sent', 'partially_funded', 'fully_funded')) c
 WHERE c.called > m.committed
