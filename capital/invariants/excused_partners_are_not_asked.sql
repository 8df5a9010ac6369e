-- Who is excused from a deal, by the last word before a call of it (an earlier call's, or one about such a call in full since), is asked for nothing of it, unless that says why.
SELECT r.call, r.line, r.commitment, r.amount
  FROM (SELECT DISTINCT ON (p.id) p.call_id AS call, p.line_id AS line, p.commitment_id AS commitment, p.amount, w.excused
          FROM (SELECT x.commitment_id, l.allocation_id, k.id AS call_id, k.approved_at AS said_at, k.cancelled_at AS ended_at,
                       x.basis = 'excused' AS excused
                  FROM capital_call_item_lines x
                  JOIN capital_calls k ON k.id = x.call_id AND k.approved_at IS NOT NULL
                  JOIN capital_call_lines l ON l.id = x.line_id AND l.allocation_id IS NOT NULL
                 WHERE x.basis = 'excused' OR x.included_reason <> ''
                 UNION ALL
                SELECT e.commitment_id, l.allocation_id, k.id, e.approved_at, k.cancelled_at, true
                  FROM excuses e
                  JOIN capital_calls k ON k.id = e.call_id
                  JOIN capital_call_lines l ON l.id = e.line_id AND l.allocation_id IS NOT NULL
                  JOIN capital_call_item_lines x ON x.item_id = e.item_id AND x.line_id = e.line_id
                 WHERE e.approved_at IS NOT NULL
                   AND x.amount + (SELECT sum(c.amount) FROM line_changes c
                                    WHERE c.item_id = e.item_id AND c.line_id = e.line_id AND c.changes_held
                                      AND c.recorded_at <= e.approved_at) = 0) w
          JOIN capital_call_item_lines p ON p.commitment_id = w.commitment_id
          JOIN capital_call_lines l ON l.id = p.line_id AND l.allocation_id = w.allocation_id
          JOIN capital_calls k ON k.id = p.call_id AND k.status IN ('sent', 'partially_funded', 'fully_funded')
         WHERE p.amount > 0 AND p.included_reason = ''
           AND w.call_id <> k.id AND w.said_at < k.approved_at AND (w.ended_at IS NULL OR w.ended_at >= k.approved_at)
         ORDER BY p.id, w.said_at DESC, w.call_id DESC, w.excused DESC) r
 WHERE r.excused
