-- The newest letter about an issued call names the day on which the call is due: whoever got an earlier one has, or waits for, the next.
SELECT n.id AS notice, k.id AS call, k.due_date, n.facts -> 'call' ->> 'due_on' AS named
  FROM notices n
  JOIN capital_calls k ON k.id = n.subject_id AND k.status IN ('sent', 'partially_funded', 'fully_funded')
 WHERE n.kind = 'capital_call' AND n.facts -> 'call' ->> 'due_on' <> k.due_date::text
   AND NOT EXISTS (SELECT FROM notices o WHERE o.kind = n.kind AND o.item_id = n.item_id AND o.version > n.version)
