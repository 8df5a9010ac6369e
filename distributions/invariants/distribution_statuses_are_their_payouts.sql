-- The stored status of an issued distribution is what its payouts say.
SELECT d.id AS distribution, d.status, d.total_amount, coalesce(p.paid_out, 0) AS paid_out
  FROM distributions d
  LEFT JOIN (SELECT distribution_id, sum(amount) AS paid_out FROM payouts GROUP BY distribution_id) p
    ON p.distribution_id = d.id
 WHERE d.status IN ('sent', 'paid')
   AND d.status <> CASE WHEN coalesce(p.paid_out, 0) = d.total_amount THEN 'paid' ELSE 'sent' END
