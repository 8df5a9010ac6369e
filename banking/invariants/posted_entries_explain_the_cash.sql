-- Posted entries explain the cash of the ledger: the wires of the books that an entry is come to what the bank booked, without what was withheld or set off.
SELECT e.id AS entry, e.fund_id AS fund, e.amount AS booked, sum(x.cash) AS posted
  FROM bank_entries e
  JOIN (SELECT p.entry_id, p.fund_id, r.amount::numeric AS cash
          FROM entry_postings p LEFT JOIN receipts r ON r.id = p.receipt_id AND r.fund_id = p.fund_id
         UNION ALL
        SELECT m.entry_id, m.fund_id,
               CASE m.kind
               WHEN 'receipt_return' THEN (SELECT -b.amount FROM receipt_returns b WHERE b.id = m.row_id AND b.fund_id = m.fund_id)
               WHEN 'payout' THEN (SELECT -(o.amount - sign(o.amount) * i.withholding_tax - o.set_off)
                                     FROM payouts o JOIN distribution_items i ON i.id = o.item_id
                                    WHERE o.id = m.row_id AND o.fund_id = m.fund_id)
               WHEN 'refund_payout' THEN (SELECT sum(t.amount) FROM capital_transactions t
                                           WHERE t.fund_id = m.fund_id AND t.refund_payout_id = m.row_id)
               WHEN 'fee_payment' THEN (SELECT -f.amount FROM fee_payments f WHERE f.id = m.row_id AND f.fund_id = m.fund_id)
               END
          FROM entry_moves m) x ON x.entry_id = e.id
 GROUP BY e.id, e.fund_id, e.amount
HAVING sum(x.cash) IS DISTINCT FROM e.amount::numeric OR count(*) <> count(x.cash)
