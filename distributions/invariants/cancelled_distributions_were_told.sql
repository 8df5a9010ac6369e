-- Whoever had a letter about a distribution when it was cancelled has the letter that says so.
SELECT DISTINCT n.subject_id AS distribution, n.item_id AS item
  FROM notices n
  JOIN distributions d ON d.id = n.subject_id AND d.status = 'cancelled'
 WHERE n.kind = 'distribution'
   AND (EXISTS (SELECT FROM notice_deliveries m WHERE m.notice_id = n.id AND m.state IN ('sending', 'sent', 'unknown'))
        OR EXISTS (SELECT FROM notice_readings r WHERE r.notice_id = n.id AND r.at < d.cancelled_at))
   AND NOT EXISTS (SELECT FROM notices o WHERE o.kind = n.kind AND o.item_id = n.item_id AND o.facts ? 'cancelled')
