-- A contribution has its payment's keys and date, and its line's kind, allocation and deal.
SELECT t.id AS ledger_row, t.payment_id AS payment, t.call_line_id AS line
  FROM capital_transactions t
  LEFT JOIN payments p ON p.id = t.payment_id
  LEFT JOIN capital_call_lines l ON l.id = t.call_line_id
  LEFT JOIN fund_allocations a ON a.id = l.allocation_id
 WHERE t.type = 'CONTRIBUTION'
   AND (p.item_id, p.call_id, p.fund_id, p.commitment_id, p.value_date, l.call_id, l.kind, l.allocation_id, a.deal_id)
       IS DISTINCT FROM
       (t.call_item_id, t.call_id, t.fund_id, t.commitment_id, t.value_date, t.call_id, t.line_kind, t.allocation_id, t.deal_id)
