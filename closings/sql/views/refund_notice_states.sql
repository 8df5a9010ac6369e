-- One row per letter about a refund: what has become of it. Where its closing stands no longer its letters are cancelled, all versions.
CREATE VIEW refund_notice_states WITH (security_invoker = true) AS
SELECT n.id AS notice_id,
       CASE WHEN c.status <> 'settled' THEN 'cancelled'
            WHEN EXISTS (SELECT FROM notices o
                          WHERE o.kind = n.kind AND o.item_id = n.item_id AND o.version > n.version) THEN 'replaced'
            WHEN r.amount <= (SELECT coalesce(sum(p.amount), 0) FROM refund_payouts p WHERE p.refund_id = r.id) THEN 'paid'
            ELSE 'live' END AS state
  FROM notices n
  JOIN refunds r ON r.id = n.item_id
  JOIN closings c ON c.id = r.closing_id
 WHERE n.kind = 'refund';
