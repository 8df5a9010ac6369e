-- One row per call. Called is the call's own total (a rail holds its items to it) with what was changed of it
-- since, by waivers and excuses; only issued
-- calls count. It is due on its due date, but for residuals that were carried: then when the first of its items is that
-- still owes something, on no day where all of them wait for a next call.
CREATE VIEW call_capital WITH (security_invoker = true) AS
SELECT k.id AS call_id,
       k.fund_id,
       CASE WHEN call_is_issued(k.status) THEN k.total_amount + g.changed ELSE 0 END AS called,
       CASE WHEN call_is_issued(k.status) THEN g.changed ELSE 0 END AS changed,
       CASE WHEN call_is_issued(k.status) THEN g.waived ELSE 0 END AS waived,
       p.paid,
       CASE WHEN call_is_issued(k.status) THEN k.total_amount + g.changed - p.paid ELSE 0 END AS outstanding,
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
       SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_owed), 0) AS changed, coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_held), 0) AS waived
         FROM line_changes x
        WHERE x.call_id = k.id) g;
