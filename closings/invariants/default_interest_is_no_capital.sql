-- Interest on a late payment takes part in no figure of capital, whoever pays or gets it; what was passed on is what costs leave of it.
SELECT t.id AS ledger_row, NULL::bigint AS remedy, t.amount, NULL::numeric AS passed_on
  FROM capital_transactions t
  LEFT JOIN refund_payouts o ON o.id = t.refund_payout_id
  LEFT JOIN refunds r ON r.id = o.refund_id
 WHERE (t.line_kind = 'default_interest' OR r.remedy_id IS NOT NULL)
   AND (NOT t.passed_on OR t.within_commitment OR t.counts_as_paid_in OR t.counts_as_distributed OR t.earns_preferred_return OR t.recallable)
UNION ALL
SELECT NULL, r.id, r.amount, p.amount
  FROM default_remedies r
  JOIN defaults d ON d.id = r.default_id
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS amount FROM refunds x WHERE x.remedy_id = r.id) p
 WHERE r.approved_at IS NOT NULL
   AND p.amount <> CASE WHEN r.kind = 'interest' AND d.interest_to = 'others' THEN r.amount - least(r.costs, r.amount) ELSE 0 END
