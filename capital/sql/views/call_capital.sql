-- One row per call. Called is the call's own total (a rail holds its items to it); only issued calls count.
CREATE VIEW call_capital WITH (security_invoker = true) AS
SELECT k.id AS call_id,
       k.fund_id,
       CASE WHEN call_is_issued(k.status) THEN k.total_amount::numeric ELSE 0 END AS called,
       p.paid,
       CASE WHEN call_is_issued(k.status) THEN k.total_amount - p.paid ELSE 0 END AS outstanding
  FROM capital_calls k
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS paid
         FROM payments x
        WHERE x.fund_id = k.fund_id AND x.call_id = k.id) p;
