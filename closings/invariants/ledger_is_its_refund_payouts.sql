-- The ledger rows of a payout of a refund take out what it paid, on its day: capital off the lines from which its closing took it, and
-- interest as what is passed on; capital earns from when its line was due first. One that is taken back gives back what it took, line by line.
SELECT coalesce(p.id, t.refund_payout_id) AS payout, p.amount, t.amount AS posted, t.wrong
  FROM refund_payouts p
  FULL JOIN (SELECT x.refund_payout_id, -sum(x.amount) AS amount,
                    count(*) FILTER (WHERE (x.fund_id, x.commitment_id, x.value_date) IS DISTINCT FROM (o.fund_id, o.commitment_id, o.value_date)
                        OR x.allocation_id IS NOT NULL OR x.recallable OR x.counts_as_distributed OR x.payment_id IS NOT NULL
                        OR (x.passed_on IS DISTINCT FROM (x.call_line_id IS NULL)) OR x.counts_as_paid_in = x.passed_on
                        -- Without an item it is of what came by transfer.
                        OR (x.call_item_id IS NULL AND NOT x.passed_on AND NOT EXISTS (
                            SELECT FROM taken_parts i WHERE (i.line_id, i.commitment_id) = (x.call_line_id, x.commitment_id)))
                        OR x.earns_preferred_return IS DISTINCT FROM x.counts_as_paid_in
                        OR NOT x.passed_on AND (x.accrues_from, x.due_on, x.within_commitment, x.line_kind)
                                               IS DISTINCT FROM (q.due_date, q.due_date, l.reduces_unfunded, l.kind)) AS wrong
               FROM capital_transactions x
               LEFT JOIN refund_payouts o ON o.id = x.refund_payout_id
               LEFT JOIN capital_call_lines l ON l.id = x.call_line_id
               LEFT JOIN capital_call_lines r ON r.id = coalesce(l.equalises_id, l.id)
               LEFT JOIN capital_calls q ON q.id = r.call_id
              WHERE x.refund_payout_id IS NOT NULL
              GROUP BY x.refund_payout_id) t ON t.refund_payout_id = p.id
 WHERE p.amount IS DISTINCT FROM t.amount OR t.wrong > 0
UNION ALL
SELECT n.id, n.amount, sum(x.amount), count(*)
  FROM refund_payouts n
  JOIN capital_transactions x ON x.refund_payout_id IN (n.id, n.reverses_id)
 WHERE n.reverses_id IS NOT NULL
 GROUP BY n.id, x.call_item_id, x.call_line_id
HAVING sum(x.amount) <> 0
