-- A row that pays an item has its payment's keys and date, its line's kind, allocation and deal, and counts as that line does; of what
-- equalises an earlier line it is due when that was.
SELECT t.id AS ledger_row, t.payment_id AS payment, t.call_line_id AS line
  FROM capital_transactions t
  LEFT JOIN payments p ON p.id = t.payment_id
  LEFT JOIN capital_call_lines l ON l.id = t.call_line_id
  LEFT JOIN capital_call_lines r ON r.id = l.equalises_id
  LEFT JOIN capital_calls q ON q.id = r.call_id
  LEFT JOIN fund_allocations a ON a.id = coalesce(l.allocation_id, r.allocation_id)
 WHERE t.call_item_id IS NOT NULL AND t.refund_payout_id IS NULL
   AND (p.item_id, p.call_id, p.fund_id, p.commitment_id, p.value_date, l.call_id, l.kind, l.allocation_id, a.deal_id,
        l.reduces_unfunded, line_is_capital(l.kind), line_is_capital(l.kind), false, false, NOT l.counts_as_called, q.due_date)
       IS DISTINCT FROM
       (t.call_item_id, t.call_id, t.fund_id, t.commitment_id, t.value_date, t.call_id, t.line_kind, t.allocation_id, t.deal_id,
        t.within_commitment, t.counts_as_paid_in, t.earns_preferred_return, t.counts_as_distributed, t.recallable,
        t.passed_on, t.accrues_from)
