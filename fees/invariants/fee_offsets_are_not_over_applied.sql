-- After every run, the offsets that were applied to a partner's fees are no more than were recognised for it; the rest is carried forward.
SELECT x.id AS line, x.recognised, x.applied, x.offset_carried
  FROM (SELECT l.id, l.offset_carried, sum(l.recognised) OVER w AS recognised, sum(l.offset_applied) OVER w AS applied
          FROM fee_run_lines l
          JOIN fee_runs r ON r.id = l.run_id AND r.approved_at IS NOT NULL
         WHERE NOT EXISTS (SELECT FROM fee_bills b JOIN capital_calls k ON k.id = b.call_id WHERE b.run_id = r.id AND k.status = 'cancelled')
           AND NOT EXISTS (SELECT FROM fee_run_cancellations x WHERE x.run_id = r.id AND x.approved_at IS NOT NULL)
        WINDOW w AS (PARTITION BY l.commitment_id ORDER BY r.starts_on, r.id)) x
 WHERE x.applied > x.recognised OR x.offset_carried <> x.recognised - x.applied
