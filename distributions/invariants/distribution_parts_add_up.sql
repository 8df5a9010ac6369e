-- Items and tiers add up to their distribution.
SELECT d.id AS distribution, d.total_amount, i.amount AS items, t.amount AS tiers
  FROM distributions d
  LEFT JOIN (SELECT distribution_id, sum(gross_amount) AS amount FROM distribution_items GROUP BY distribution_id) i
    ON i.distribution_id = d.id
  LEFT JOIN (SELECT distribution_id, sum(lp_amount + gp_amount) AS amount FROM distribution_tiers GROUP BY distribution_id) t
    ON t.distribution_id = d.id
 WHERE d.total_amount IS DISTINCT FROM i.amount OR d.total_amount IS DISTINCT FROM t.amount
