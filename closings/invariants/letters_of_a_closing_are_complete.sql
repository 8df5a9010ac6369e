-- Where letters about the refunds of a closing were written, everybody who gets something back has one, and each version once.
SELECT r.closing_id AS closing, r.id AS refund, count(n.id) AS letters
  FROM refunds r
  JOIN closings c ON c.id = r.closing_id AND c.status = 'settled'
  LEFT JOIN notices n ON n.kind = 'refund' AND n.item_id = r.id
 WHERE EXISTS (SELECT FROM notices o WHERE o.kind = 'refund' AND o.subject_id = r.closing_id)
 GROUP BY r.closing_id, r.id
HAVING count(n.id) = 0 OR count(n.id) <> count(DISTINCT n.version) OR max(n.version) <> count(n.id)
