-- The stored status of an issued call is what its payments say of its total and what was changed of it since.
SELECT k.id AS call, k.status, k.total_amount, coalesce(g.changed, 0) AS changed, coalesce(p.paid, 0) AS paid
  FROM capital_calls k
  LEFT JOIN (SELECT call_id, sum(amount) AS paid FROM payments GROUP BY call_id) p ON p.call_id = k.id
  LEFT JOIN (SELECT call_id, sum(amount) AS changed FROM line_changes WHERE changes_owed GROUP BY call_id) g ON g.call_id = k.id
 WHERE k.status IN ('sent', 'partially_funded', 'fully_funded')
   AND k.status <> CASE WHEN coalesce(p.paid, 0) = k.total_amount + coalesce(g.changed, 0) THEN 'fully_funded'
                        WHEN coalesce(p.paid, 0) > 0 THEN 'partially_funded'
                        ELSE 'sent' END
