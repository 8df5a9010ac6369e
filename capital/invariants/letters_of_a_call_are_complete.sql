-- Where letters about a call were written as it was issued, everybody who owes something has one, and who assumed a part, or holds one of a payment that came back; each version of a letter is there once. A call
-- that was issued elsewhere has a first letter of those alone who had to be told something since, which says what that is.
SELECT i.call_id AS call, i.id AS item, count(n.id) AS letters
  FROM capital_call_items i
  JOIN capital_calls k ON k.id = i.call_id AND k.status IN ('sent', 'partially_funded', 'fully_funded')
  LEFT JOIN notices n ON n.kind = 'capital_call' AND n.item_id = i.id
 WHERE (i.amount > 0 OR EXISTS (SELECT FROM line_changes g WHERE g.item_id = i.id AND g.transfer_id IS NOT NULL
                                 GROUP BY g.came_back_id, CASE WHEN g.came_back_id IS NULL THEN g.id END HAVING sum(g.amount) > 0))
   AND EXISTS (SELECT FROM notices o WHERE o.kind = 'capital_call' AND o.subject_id = i.call_id)
 GROUP BY i.call_id, i.id
HAVING count(n.id) = 0 AND EXISTS (SELECT FROM notices o WHERE o.kind = 'capital_call' AND o.subject_id = i.call_id
                                     AND o.version = 1 AND o.change_note = '')
    OR count(n.id) <> count(DISTINCT n.version) OR max(n.version) <> count(n.id)
