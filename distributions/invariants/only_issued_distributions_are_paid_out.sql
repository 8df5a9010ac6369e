-- Only an issued distribution has anything paid out.
SELECT d.id AS distribution, d.status, sum(p.amount) AS paid_out
  FROM distributions d JOIN payouts p ON p.distribution_id = d.id
 WHERE d.status NOT IN ('sent', 'paid')
 GROUP BY d.id
HAVING sum(p.amount) <> 0
