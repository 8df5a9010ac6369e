-- One row per item: what one partner owes and has paid on one call. Called is what was called with what was changed of it
-- since, by waivers and excuses.
-- A residual that was carried is due with the partner's next call that was issued since, and not before: until then on no
-- day. More than was carried, as after a wire that bounced, is due as it was.
CREATE VIEW call_item_capital WITH (security_invoker = true) AS
SELECT o.item_id,
       o.call_id,
       o.commitment_id,
       o.called,
       o.changed,
       o.waived,
       o.paid,
       o.outstanding,
       CASE WHEN c.item_id IS NOT NULL AND n.call_id IS NULL THEN 'carried' ELSE o.status END AS status,
       o.paid_on,
       n.call_id AS carried_to_id,
       CASE WHEN c.item_id IS NULL THEN o.due_date ELSE n.due_date END AS due_on
  FROM (SELECT i.id AS item_id,
               i.call_id,
               i.commitment_id,
               k.due_date,
               CASE WHEN call_is_issued(k.status) THEN i.amount + g.changed ELSE 0 END AS called,
               CASE WHEN call_is_issued(k.status) THEN g.changed ELSE 0 END AS changed,
               CASE WHEN call_is_issued(k.status) THEN g.waived ELSE 0 END AS waived,
               p.paid,
               CASE WHEN call_is_issued(k.status) THEN i.amount + g.changed - p.paid ELSE 0 END AS outstanding,
               item_status(i.amount + g.changed, p.paid) AS status,
               (SELECT max(y.value_date)
                  FROM payments y
                 WHERE y.item_id = i.id
                   AND y.amount > 0
                   AND NOT EXISTS (SELECT FROM payments r WHERE r.reverses_id = y.id)) AS paid_on
          FROM capital_call_items i
          JOIN capital_calls k ON k.id = i.call_id
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(x.amount), 0) AS paid FROM payments x WHERE x.item_id = i.id) p
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_owed), 0) AS changed,
                      coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_held), 0) AS waived
                 FROM line_changes x
                WHERE x.item_id = i.id) g) o
  LEFT JOIN LATERAL (
       SELECT s.item_id, s.approved_at
         FROM residual_settlements s
        WHERE s.item_id = o.item_id AND s.kind = 'carried' AND s.approved_at IS NOT NULL
          AND o.outstanding > 0 AND o.outstanding <= s.amount
        ORDER BY s.approved_at DESC, s.id DESC
        LIMIT 1) c ON true
  LEFT JOIN LATERAL (
       SELECT q.id AS call_id, q.due_date
         FROM capital_call_items m
         JOIN capital_calls q ON q.id = m.call_id
        WHERE c.item_id IS NOT NULL AND m.commitment_id = o.commitment_id AND m.amount > 0
          AND q.id <> o.call_id AND call_is_issued(q.status) AND q.approved_at >= c.approved_at
        ORDER BY q.approved_at, q.id
        LIMIT 1) n ON true;
