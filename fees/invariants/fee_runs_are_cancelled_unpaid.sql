-- A fee run is cancelled by itself only where no call asks for it, and nothing that the fund paid of it stands.
SELECT c.run_id AS run, c.id AS cancellation, p.paid
  FROM fee_run_cancellations c
  JOIN fee_runs r ON r.id = c.run_id
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS paid FROM fee_payments x WHERE x.run_id = c.run_id) p
 WHERE c.approved_at IS NOT NULL
   AND (p.paid <> 0 OR r.approved_at IS NULL OR r.fund_id <> c.fund_id OR EXISTS (SELECT FROM fee_bills b WHERE b.run_id = c.run_id))
