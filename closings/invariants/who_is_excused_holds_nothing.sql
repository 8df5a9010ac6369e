-- Who was excused from a line of a call, as it was issued or of all its part since, holds 0.00 of it: nothing of it was changed, moved or assumed, unless a later call of the deal has it take part after all.
SELECT x.line_id AS line, x.commitment_id AS commitment, x.amount + g.changed + t.moved AS held
  FROM capital_call_item_lines x
  JOIN capital_calls k ON k.id = x.call_id AND k.status IN ('sent', 'partially_funded', 'fully_funded')
 CROSS JOIN LATERAL (SELECT coalesce(sum(c.amount), 0) AS changed FROM line_changes c
                      WHERE c.item_id = x.item_id AND c.line_id = x.line_id AND c.changes_held) g
 CROSS JOIN LATERAL (SELECT coalesce(sum(p.amount), 0) AS moved FROM taken_parts p
                      WHERE p.line_id = x.line_id AND p.commitment_id = x.commitment_id) t
 WHERE x.amount + g.changed + t.moved <> 0
   AND (x.basis = 'excused'
        OR EXISTS (SELECT FROM excuses e
                    WHERE e.item_id = x.item_id AND e.line_id = x.line_id AND e.approved_at IS NOT NULL
                      AND x.amount + (SELECT sum(c.amount) FROM line_changes c
                                       WHERE c.item_id = x.item_id AND c.line_id = x.line_id AND c.changes_held
                                         AND c.recorded_at <= e.approved_at) = 0))
   AND NOT EXISTS (SELECT FROM capital_call_item_lines y
                     JOIN capital_calls o ON o.id = y.call_id AND o.id <> k.id AND o.approved_at >= k.approved_at
                     JOIN capital_call_lines b ON b.id = y.line_id
                     JOIN capital_call_lines a ON a.id = x.line_id AND a.allocation_id = b.allocation_id
                    WHERE y.commitment_id = x.commitment_id AND y.included_reason <> '')
