-- Between the start of a fund's fee and its last run every day is charged by exactly one run that counts.
SELECT x.fund_id AS fund, x.id AS run, x.starts_on, x.expected
  FROM (SELECT r.fund_id, r.id, r.starts_on,
               coalesce(lag(r.ends_on) OVER (PARTITION BY r.fund_id ORDER BY r.starts_on, r.id),
                        (SELECT min(s.effective_on) FROM fee_schedules s WHERE s.fund_id = r.fund_id AND s.approved_at IS NOT NULL)) AS expected
          FROM fee_runs r
         WHERE r.approved_at IS NOT NULL
           AND NOT EXISTS (SELECT FROM fee_bills b JOIN capital_calls k ON k.id = b.call_id WHERE b.run_id = r.id AND k.status = 'cancelled')
           AND NOT EXISTS (SELECT FROM fee_run_cancellations x WHERE x.run_id = r.id AND x.approved_at IS NOT NULL)) x
 WHERE x.starts_on IS DISTINCT FROM x.expected
