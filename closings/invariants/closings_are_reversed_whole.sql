-- A closing that was reversed is taken back in full, by a decision: every part it moved, all that its call asks, and what was promised at it.
SELECT c.id AS closing, c.status, r.id AS reversal, x.what
  FROM closings c
  LEFT JOIN closing_reversals r ON r.closing_id = c.id AND r.approved_at IS NOT NULL
 CROSS JOIN LATERAL (
       SELECT 'decision' AS what WHERE (r.id IS NOT NULL) <> (c.status = 'reversed') OR r.four_eyes AND r.approved_by_id = r.requested_by_id
       UNION ALL
       SELECT 'part' WHERE r.id IS NOT NULL AND EXISTS (
              SELECT FROM line_changes g WHERE g.closing_id = c.id GROUP BY g.item_id, g.commitment_id, g.line_id, g.changes_owed HAVING sum(g.amount) <> 0)
       UNION ALL
       SELECT 'call' WHERE r.id IS NOT NULL AND EXISTS (
              SELECT FROM capital_call_item_lines p
               WHERE p.call_id = c.call_id
                 AND p.amount + (SELECT coalesce(sum(g.amount), 0) FROM line_changes g WHERE g.item_id = p.item_id AND g.line_id = p.line_id) <> 0)
       UNION ALL
       SELECT 'register' WHERE r.id IS NOT NULL AND EXISTS (
              SELECT FROM closing_tranches t
               WHERE t.closing_id = c.id AND NOT EXISTS (
                     SELECT FROM commitments m JOIN commitment_events e ON e.commitment_id = m.id
                      WHERE m.fund_id = t.fund_id AND m.investor_id = t.investor_id AND e.kind = 'reversed'
                        AND e.amount = -t.amount AND e.approved_at = r.approved_at))) x
