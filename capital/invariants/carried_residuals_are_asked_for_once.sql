-- Of a residual that was carried and is owed, the letter that stands of a call asks for all where it is due with that call, and no other asks.
SELECT n.id AS letter, i.id AS item, c.carried_to_id AS due_with, n.subject_id AS asked_with, c.outstanding, a.asked
  FROM (SELECT DISTINCT item_id FROM residual_settlements WHERE kind = 'carried' AND approved_at IS NOT NULL) s
  JOIN capital_call_items i ON i.id = s.item_id
  JOIN capital_calls o ON o.id = i.call_id
  JOIN call_item_capital c ON c.item_id = i.id AND c.outstanding > 0
  JOIN (SELECT DISTINCT ON (item_id) * FROM notices WHERE kind = 'capital_call' ORDER BY item_id, version DESC) n
    ON n.commitment_id = i.commitment_id
  JOIN capital_calls k ON k.id = n.subject_id AND call_is_issued(k.status)
 CROSS JOIN LATERAL (
       SELECT sum((x ->> 'amount')::numeric) AS asked
         FROM jsonb_array_elements(coalesce(n.facts -> 'carried', '[]')) x
        WHERE (x ->> 'number')::int = o.number) a
 WHERE CASE WHEN c.carried_to_id = n.subject_id THEN a.asked IS NULL OR a.asked < c.outstanding ELSE a.asked IS NOT NULL END
