-- Who is excused from a deal since it came in by a closing that stands is asked for nothing of a later call of it, unless that call, or one before it, says why.
SELECT x.call_id AS call, x.line_id AS line, x.commitment_id AS commitment, x.amount
  FROM closing_excuses e
  JOIN closings c ON c.id = e.closing_id AND c.status = 'settled'
  JOIN closing_tranches t ON t.id = e.tranche_id
  JOIN commitments m ON m.fund_id = e.fund_id AND m.investor_id = t.investor_id
  JOIN fund_allocations a ON a.fund_id = e.fund_id AND a.deal_id = e.deal_id
  JOIN capital_call_lines l ON l.allocation_id = a.id
  JOIN capital_call_item_lines x ON x.line_id = l.id AND x.commitment_id = m.id
  JOIN capital_calls k ON k.id = x.call_id AND k.status IN ('sent', 'partially_funded', 'fully_funded')
 WHERE x.amount > 0 AND x.included_reason = '' AND k.approved_at > c.approved_at
   AND NOT EXISTS (SELECT FROM capital_call_item_lines y
                     JOIN capital_calls o ON o.id = y.call_id AND o.approved_at >= c.approved_at AND o.approved_at <= k.approved_at
                     JOIN capital_call_lines r ON r.id = y.line_id
                    WHERE y.commitment_id = m.id AND r.allocation_id = a.id AND y.included_reason <> '')
