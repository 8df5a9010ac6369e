-- Whoever was mailed a version of a letter has the newest one mailed, waiting, held or failed with a reason: never a version that nobody was asked to send.
SELECT n.id AS notice, n.fund_id AS fund, n.version
  FROM notices n
 WHERE NOT EXISTS (SELECT FROM notices o WHERE o.kind = n.kind AND o.item_id = n.item_id AND o.version > n.version)
   AND NOT EXISTS (SELECT FROM notice_deliveries d WHERE d.notice_id = n.id)
   AND EXISTS (SELECT FROM notices o JOIN notice_deliveries d ON d.notice_id = o.id AND d.state IN ('sending', 'sent', 'unknown')
                WHERE o.kind = n.kind AND o.item_id = n.item_id AND o.version < n.version)
