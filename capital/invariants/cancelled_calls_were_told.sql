-- Whoever had a letter about a call when it was cancelled has the letter that says so.
SELECT DISTINCT n.subject_id AS call, n.item_id AS item
  FROM notices n
  JOIN capital_calls k ON k.id = n.subject_id AND k.status = 'cancelled'
 WHERE n.kind = 'capital_call'
   AND (EXISTS (SELECT FROM notice_deliveries d WHERE d.notice_id = n.id AND d.state IN ('sending', 'sent', 'unknown'))
        OR EXISTS (SELECT FROM notice_readings r WHERE r.notice_id = n.id AND r.at < k.cancelled_at))
   AND NOT EXISTS (SELECT FROM notices o WHERE o.kind = n.kind AND o.item_id = n.item_id AND o.facts ? 'cancelled')
