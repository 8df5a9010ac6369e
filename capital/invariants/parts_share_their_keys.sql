-- A part has the call, fund and partner of its item, the call of its line, and the line's effect on the unfunded commitment.
SELECT x.id AS part, x.call_id AS call, x.item_id AS item, x.line_id AS line
  FROM capital_call_item_lines x
  LEFT JOIN capital_call_items i ON i.id = x.item_id
  LEFT JOIN capital_call_lines l ON l.id = x.line_id
  LEFT JOIN capital_calls k ON k.id = x.call_id
 WHERE (i.call_id, i.fund_id, i.commitment_id, l.call_id, l.fund_id, l.reduces_unfunded, k.fund_id)
       IS DISTINCT FROM (x.call_id, x.fund_id, x.commitment_id, x.call_id, x.fund_id, x.reduces_unfunded, x.fund_id)
