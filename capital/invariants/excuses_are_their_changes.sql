-- An approved excuse takes its amount off its partner's part and asks the others for no more than that; its changes have its keys, its day and its time.
SELECT e.id AS excuse, e.amount, g.taken, g.moved
  FROM excuses e
  LEFT JOIN (SELECT x.excuse_id, sum(x.amount) AS moved,
                    -sum(x.amount) FILTER (WHERE x.item_id = y.item_id) AS taken
               FROM line_changes x JOIN excuses y ON y.id = x.excuse_id GROUP BY x.excuse_id) g ON g.excuse_id = e.id
 WHERE g.taken IS DISTINCT FROM CASE WHEN e.approved_at IS NOT NULL THEN e.amount::numeric END OR g.moved > 0
UNION ALL
SELECT e.id, e.amount, g.amount, NULL
  FROM line_changes g
  LEFT JOIN excuses e ON e.id = g.excuse_id
  LEFT JOIN capital_call_item_lines x ON x.item_id = g.item_id AND x.line_id = g.line_id
  LEFT JOIN capital_call_lines l ON l.id = g.line_id
 WHERE g.excuse_id IS NOT NULL
   AND ((e.line_id, e.call_id, e.fund_id, e.effective_on, e.approved_at, x.commitment_id, x.call_id, x.reduces_unfunded, l.allocation_id)
        IS DISTINCT FROM
        (g.line_id, g.call_id, g.fund_id, g.effective_on, g.recorded_at, g.commitment_id, g.call_id, g.reduces_unfunded, g.allocation_id)
        OR NOT g.changes_held)
