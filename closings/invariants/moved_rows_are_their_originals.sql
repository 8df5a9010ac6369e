-- A row that a transfer moved is its first original in another hand: type, deal, line, distribution, due date and what it counts as are
-- those of the original, its value date is the day of the transfer, and it moved what the transfer says. Of a row that takes another one back
-- it takes back what it moved of that, and is known since; of a payout that is made again it moves that again, on the day of the payout.
SELECT m.id AS ledger_row, m.moves_id AS original, m.transfer_id AS transfer
  FROM capital_transactions m
  LEFT JOIN capital_transactions o ON o.id = m.moves_id
  LEFT JOIN transfers t ON t.id = m.transfer_id
  LEFT JOIN transfer_rows n ON n.transfer_id = m.transfer_id AND n.row_id = m.moves_id
 WHERE m.transfer_id IS NOT NULL
   AND ((m.fund_id, m.type, m.deal_id, m.line_kind, m.due_on, m.accrues_from, m.call_id, m.call_line_id, m.allocation_id, m.distribution_id,
         m.given_back_line_id, m.recallable, m.within_commitment, m.counts_as_paid_in, m.counts_as_distributed, m.earns_preferred_return,
         m.happened_on)
        IS DISTINCT FROM
        (o.fund_id, o.type, o.deal_id, o.line_kind, o.due_on, o.accrues_from, o.call_id, o.call_line_id, o.allocation_id, o.distribution_id,
         o.given_back_line_id, o.recallable, o.within_commitment, o.counts_as_paid_in, o.counts_as_distributed, o.earns_preferred_return,
         o.value_date)
        OR (m.value_date, m.recorded_at) IS DISTINCT FROM
           (CASE WHEN follows_moved_row(t.id, o.id) THEN greatest(t.effective_on, o.value_date) ELSE t.effective_on END,
            CASE WHEN follows_moved_row(t.id, o.id) THEN o.recorded_at ELSE t.approved_at END)
        OR m.reverses_id IS DISTINCT FROM (SELECT b.id FROM capital_transactions b
                                            WHERE b.transfer_id = m.transfer_id AND b.commitment_id = m.commitment_id
                                              AND b.moves_id = o.reverses_id AND b.amount = -m.amount)
        OR o.moves_id IS NOT NULL
        OR m.amount IS DISTINCT FROM CASE m.commitment_id WHEN t.transferor_id THEN -n.amount WHEN t.transferee_id THEN n.amount END)
UNION ALL
SELECT NULL, n.row_id, n.transfer_id
  FROM transfer_rows n
 WHERE n.amount <> 0
   AND NOT EXISTS (SELECT FROM capital_transactions m WHERE m.transfer_id = n.transfer_id AND m.moves_id = n.row_id)
