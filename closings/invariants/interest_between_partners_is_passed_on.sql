-- Interest between partners takes part in no figure of capital, and once a closing's payments and refunds are all made it adds up to zero.
SELECT c.id AS closing, x.passed_on, NULL::bigint AS ledger_row
  FROM closings c
 CROSS JOIN LATERAL (SELECT coalesce(sum(t.amount), 0) AS passed_on
                       FROM capital_transactions t
                       LEFT JOIN refund_payouts o ON o.id = t.refund_payout_id
                       LEFT JOIN refunds r ON r.id = o.refund_id
                      WHERE t.passed_on AND (t.call_id = c.call_id OR r.closing_id = c.id)) x
 WHERE c.status = 'settled' AND x.passed_on <> 0
   AND NOT EXISTS (SELECT FROM refunds r WHERE r.closing_id = c.id
                      AND r.amount <> (SELECT coalesce(sum(p.amount), 0) FROM refund_payouts p WHERE p.refund_id = r.id))
   AND NOT EXISTS (SELECT FROM capital_call_lines l WHERE l.call_id = c.call_id AND NOT l.counts_as_called
                      AND l.amount <> (SELECT coalesce(sum(t.amount), 0) FROM capital_transactions t WHERE t.call_line_id = l.id))
UNION ALL
SELECT NULL, t.amount, t.id
  FROM capital_transactions t
 WHERE t.passed_on AND (t.within_commitment OR t.counts_as_paid_in OR t.counts_as_distributed OR t.earns_preferred_return
                        OR t.recallable OR t.allocation_id IS NOT NULL)
