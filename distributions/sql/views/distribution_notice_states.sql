-- One row per letter about a distribution: what has become of it. A cancelled one's letters are cancelled, all versions.
CREATE VIEW distribution_notice_states WITH (security_invoker = true) AS
SELECT n.id AS notice_id,
       CASE WHEN d.status = 'cancelled' THEN 'cancelled'
            WHEN EXISTS (SELECT FROM notices o
                          WHERE o.kind = n.kind AND o.item_id = n.item_id AND o.version > n.version) THEN 'replaced'
            WHEN c.paid_out >= i.gross_amount THEN 'paid'
            ELSE 'live' END AS state
  FROM notices n
  JOIN distributions d ON d.id = n.subject_id
  JOIN distribution_items i ON i.id = n.item_id
  JOIN distribution_item_capital c ON c.item_id = n.item_id
 WHERE n.kind = 'distribution';
