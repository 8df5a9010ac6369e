-- One row per letter about a capital call: what has become of it. A cancelled call's letters are cancelled, all versions.
-- Paid is a letter once nothing of its item is outstanding, nor of what was carried to its call; where nothing is called of the item any
-- more, because its partner was excused since or another one assumed it, nothing is due.
CREATE VIEW call_notice_states WITH (security_invoker = true) AS
SELECT n.id AS notice_id,
       CASE WHEN k.status = 'cancelled' THEN 'cancelled'
            WHEN EXISTS (SELECT FROM notices o
                          WHERE o.kind = n.kind AND o.item_id = n.item_id AND o.version > n.version) THEN 'replaced'
            WHEN c.status = 'paid'
             AND NOT EXISTS (SELECT FROM residual_settlements s JOIN call_item_capital o ON o.item_id = s.item_id
                              WHERE s.commitment_id = n.commitment_id AND s.kind = 'carried' AND o.carried_to_id = n.subject_id)
                 THEN CASE WHEN c.called = 0 THEN 'nothing' ELSE 'paid' END
            ELSE 'live' END AS state
  FROM notices n
  JOIN capital_calls k ON k.id = n.subject_id
  JOIN call_item_capital c ON c.item_id = n.item_id
 WHERE n.kind = 'capital_call';
