-- A fund's fee is the sum of its partners' fees, the tax on it and the offsets that it recognises too.
SELECT r.id AS run, r.net, r.tax, r.recognised, sum(l.net) AS nets, sum(l.tax) AS taxes, sum(l.recognised) AS shared
  FROM fee_runs r
  LEFT JOIN fee_run_lines l ON l.run_id = r.id
 WHERE r.rejected_at IS NULL
 GROUP BY r.id
HAVING coalesce(sum(l.net), 0) <> r.net OR coalesce(sum(l.tax), 0) <> r.tax OR coalesce(sum(l.recognised), 0) <> r.recognised
