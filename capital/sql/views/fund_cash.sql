-- One row per fund: cash that arrived, and what became of it. What was charged to expenses paid an item without cash.
CREATE VIEW fund_cash WITH (security_invoker = true) AS
SELECT f.id AS fund_id,
       r.received,
       p.applied,
       b.returned,
       r.received - p.applied - b.returned AS unapplied
  FROM funds f
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS received FROM receipts x WHERE x.fund_id = f.id) r
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS applied FROM payments x WHERE x.fund_id = f.id AND x.receipt_id IS NOT NULL) p
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS returned FROM receipt_returns x WHERE x.fund_id = f.id) b;
