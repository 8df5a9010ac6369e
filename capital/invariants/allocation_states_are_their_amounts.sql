-- The stored state of an allocation is what its committed, called and funded amounts say.
SELECT a.id AS allocation, a.state, coalesce(m.committed, 0) AS committed, coalesce(c.called, 0) AS called, coalesce(t.funded, 0) AS funded
  FROM fund_allocations a
  LEFT JOIN (SELECT x.allocation_id, sum(x.amount) AS committed
               FROM allocation_amounts x WHERE x.approved_at IS NOT NULL
              GROUP BY x.allocation_id) m ON m.allocation_id = a.id
  LEFT JOIN (SELECT l.allocation_id, sum(l.amount + coalesce(g.changed, 0)) AS called
               FROM capital_call_lines l JOIN capital_calls k ON k.id = l.call_id
               LEFT JOIN (SELECT line_id, sum(amount) AS changed FROM line_changes WHERE changes_owed GROUP BY line_id) g ON g.line_id = l.id
              WHERE k.status IN ('sent', 'partially_funded', 'fully_funded')
              GROUP BY l.allocation_id) c ON c.allocation_id = a.id
  LEFT JOIN (SELECT l.allocation_id, sum(x.amount) AS funded
               FROM capital_transactions x JOIN capital_call_lines l ON l.id = x.call_line_id
              WHERE x.payment_id IS NOT NULL
              GROUP BY l.allocation_id) t ON t.allocation_id = a.id
 WHERE a.state <> CASE WHEN coalesce(t.funded, 0) = coalesce(m.committed, 0) THEN 'funded'
                       WHEN coalesce(c.called, 0) = coalesce(m.committed, 0) THEN 'called'
                       WHEN coalesce(t.funded, 0) > 0 THEN 'partially_funded'
                       WHEN coalesce(c.called, 0) > 0 THEN 'partially_called'
                       ELSE 'committed' END
