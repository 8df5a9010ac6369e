-- One row per letter about unapplied cash that was returned: what has become of it. Once the return is taken back its letters are cancelled.
CREATE VIEW cash_return_notice_states WITH (security_invoker = true) AS
SELECT n.id AS notice_id,
       CASE WHEN EXISTS (SELECT FROM receipt_returns b WHERE b.takes_back_id = n.item_id) THEN 'cancelled'
            WHEN EXISTS (SELECT FROM notices o
                          WHERE o.kind = n.kind AND o.item_id = n.item_id AND o.version > n.version) THEN 'replaced'
            ELSE 'live' END AS state
  FROM notices n
 WHERE n.kind = 'cash_return';
