-- One row per call. Called is the call's own total (a rail holds its items to it) less what was waived of it; only issued
-- calls count. It is due on its due date, but for residuals that were carried: then when the first of its items is that
-- still owes something, on no day where all of them wait for a next call.
CREATE VIEW call_capital WITH (security_invoker = true) AS
SELECT k.id AS call_id,
       k.fund_id,
       CASE WHEN call_is_issued(k.status) THEN k.total_amount - w.waived ELSE 0 END AS called,
       CASE WHEN call_is_issued(k.status) THEN w.waived ELSE 0 END AS waived,
       p.paid,
       CASE WHEN call_is_issued(k.status) THEN k.total_amount - w.waived - p.paid ELSE 0 END AS outstanding,
       CASE WHEN EXISTS (SELECT FROM residual_settlements s
                          WHERE s.call_id = k.id AND s.kind = 'carried' AND s.approved_at IS NOT NULL)
            THEN (SELECT min(c.due_on) FROM call_item_capital c WHERE c.call_id = k.id AND c.outstanding > 0)
            ELSE k.due_date END AS due_on
  FROM capital_calls k
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS paid
         FROM payments x
        WHERE x.fund_id = k.fund_id AND x.call_id = k.id) p
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS waived FROM waived_parts x WHERE x.call_id = k.id) w;
