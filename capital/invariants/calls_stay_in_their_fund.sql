-- Lines draw on allocations, and items ask partners, of the call's own fund.
SELECT l.call_id AS call, 'line' AS what, l.id
  FROM capital_call_lines l JOIN fund_allocations a ON a.id = l.allocation_id WHERE a.fund_id <> l.fund_id
UNION ALL
SELECT i.call_id, 'item', i.id
  FROM capital_call_items i LEFT JOIN commitments c ON c.id = i.commitment_id WHERE c.fund_id IS DISTINCT FROM i.fund_id
UNION ALL
SELECT k.id, 'bank details', k.bank_details_id
  FROM capital_calls k JOIN bank_details b ON b.id = k.bank_details_id WHERE b.fund_id <> k.fund_id
