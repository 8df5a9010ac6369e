-- Where letters about an issued distribution were written, everybody who gets something has one, and each version once.
SELECT i.distribution_id AS distribution, i.id AS item, count(n.id) AS letters
  FROM distribution_items i
  JOIN distributions d ON d.id = i.distribution_id AND d.status IN ('sent', 'paid')
  LEFT JOIN notices n ON n.kind = 'distribution' AND n.item_id = i.id
 WHERE i.gross_amount > 0 AND EXISTS (SELECT FROM notices o WHERE o.kind = 'distribution' AND o.subject_id = i.distribution_id)
 GROUP BY i.distribution_id, i.id
HAVING count(n.id) = 0 OR count(n.id) <> count(DISTINCT n.version) OR max(n.version) <> count(n.id)
