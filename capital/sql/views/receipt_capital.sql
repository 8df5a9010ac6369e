-- One row per receipt: what of it was applied, returned, and still waits.
CREATE VIEW receipt_capital WITH (security_invoker = true) AS
SELECT r.id AS receipt_id,
       r.fund_id,
       r.amount,
       p.applied,
       b.returned,
       r.amount - p.applied - b.returned AS unapplied
  FROM receipts r
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS applied FROM payments x WHERE x.receipt_id = r.id) p
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS returned FROM receipt_returns x WHERE x.receipt_id = r.id) b;
