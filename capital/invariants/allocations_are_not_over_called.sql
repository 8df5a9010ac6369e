-- What issued calls draw on an allocation stays within it.
SELECT a.id AS allocation, a.committed_amount AS committed, sum(l.amount) AS called
  FROM fund_allocations a
  JOIN capital_call_lines l ON l.allocation_id = a.id
  JOIN capital_calls k ON k.id = l.call_id
 WHERE k.status IN ('sent', 'partially_funded', 'fully_funded')
 GROUP BY a.id
HAVING sum(l.amount) > a.committed_amount
