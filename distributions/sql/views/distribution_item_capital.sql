-- One row per item: what of it went out, and when.
CREATE VIEW distribution_item_capital WITH (security_invoker = true) AS
SELECT i.id AS item_id,
       i.distribution_id,
       p.paid_out,
       (SELECT max(y.value_date)
          FROM payouts y
         WHERE y.item_id = i.id
           AND y.amount > 0
           AND NOT EXISTS (SELECT FROM payouts r WHERE r.reverses_id = y.id)) AS paid_on
  FROM distribution_items i
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS paid_out FROM payouts x WHERE x.item_id = i.id) p;
