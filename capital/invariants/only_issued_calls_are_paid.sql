-- A call that is not issued has no money on it.
SELECT k.id AS call, k.status, sum(p.amount) AS paid
  FROM capital_calls k JOIN payments p ON p.call_id = k.id
 WHERE k.status NOT IN ('sent', 'partially_funded', 'fully_funded')
 GROUP BY k.id
HAVING sum(p.amount) <> 0
