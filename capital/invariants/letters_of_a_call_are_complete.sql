-- Where letters about an issued call were written, everybody who owes something has one, and each version once.
SELECT i.call_id AS call, i.id AS item, count(n.id) AS letters
  FROM capital_call_items i
  JOIN capital_calls k ON k.id = i.call_id AND k.status IN ('sent', 'partially_funded', 'fully_funded')
  LEFT JOIN notices n ON n.kind = 'capital_call' AND n.item_id = i.id
 WHERE i.amount > 0 AND EXISTS (SELECT FROM notices o WHERE o.kind = 'capital_call' AND o.subject_id = i.call_id)
 GROUP BY i.call_id, i.id
HAVING count(n.id) = 0 OR count(n.id) <> count(DISTINCT n.version) OR max(n.version) <> count(n.id)
