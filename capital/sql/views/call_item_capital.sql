-- One row per item: what one partner owes and has paid on one call. Called is what was called less what was waived of it.
CREATE VIEW call_item_capital WITH (security_invoker = true) AS
SELECT i.id AS item_id,
       i.call_id,
       i.commitment_id,
       CASE WHEN call_is_issued(k.status) THEN i.amount - w.waived ELSE 0 END AS called,
       CASE WHEN call_is_issued(k.status) THEN w.waived ELSE 0 END AS waived,
       p.paid,
       CASE WHEN call_is_issued(k.status) THEN i.amount - w.waived - p.paid ELSE 0 END AS outstanding,
       item_status(i.amount - w.waived, p.paid) AS status,
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
       SELECT coalesce(sum(x.amount), 0) AS waived FROM waived_parts x WHERE x.item_id = i.id) w;
