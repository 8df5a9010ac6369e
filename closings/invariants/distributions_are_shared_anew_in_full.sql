-- What a closing shares anew of a distribution is what moved in the ledger, on one day, and what partners hold of it; what later partners
-- get pays what they owe, and what earlier ones give their refunds. A closing that was reversed moved it all back.
SELECT coalesce(s.closing_id, m.closing_id, t.closing_id) AS closing, coalesce(s.commitment_id, m.commitment_id, t.commitment_id) AS commitment,
       coalesce(s.distribution_id, m.distribution_id, t.distribution_id) AS distribution, s.delta, m.delta AS moved, t.delta AS held
  FROM (SELECT s.closing_id, s.distribution_id, s.commitment_id, CASE WHEN c.status = 'settled' THEN s.delta ELSE 0 END AS delta
          FROM equalised_shares s JOIN closings c ON c.id = s.closing_id) s
  FULL JOIN (SELECT closing_id, distribution_id, commitment_id, sum(amount) AS delta
               FROM capital_transactions WHERE closing_id IS NOT NULL GROUP BY 1, 2, 3) m
         ON (m.closing_id, m.distribution_id, m.commitment_id) = (s.closing_id, s.distribution_id, s.commitment_id)
  FULL JOIN (SELECT closing_id, distribution_id, commitment_id, -sum(gross_amount) AS delta
               FROM taken_shares WHERE closing_id IS NOT NULL GROUP BY 1, 2, 3) t
         ON (t.closing_id, t.distribution_id, t.commitment_id)
            = (coalesce(s.closing_id, m.closing_id), coalesce(s.distribution_id, m.distribution_id), coalesce(s.commitment_id, m.commitment_id))
 WHERE coalesce(s.delta, 0) <> coalesce(m.delta, 0) OR coalesce(s.delta, 0) <> coalesce(t.delta, 0)
UNION ALL
SELECT s.closing_id, s.commitment_id, NULL, s.gets - s.gives, coalesce(p.paid, 0), coalesce(o.paid_out, 0)
  FROM (SELECT s.closing_id, s.commitment_id, sum(greatest(-s.delta, 0)) AS gets, sum(greatest(s.delta, 0)) AS gives
          FROM equalised_shares s JOIN closings c ON c.id = s.closing_id AND c.status = 'settled' GROUP BY 1, 2) s
  LEFT JOIN (SELECT closing_id, commitment_id, sum(amount) AS paid FROM payments WHERE closing_id IS NOT NULL GROUP BY 1, 2) p
         ON (p.closing_id, p.commitment_id) = (s.closing_id, s.commitment_id)
  LEFT JOIN (SELECT r.closing_id, r.commitment_id, sum(o.amount) AS paid_out
               FROM refunds r JOIN refund_payouts o ON o.refund_id = r.id AND o.by_distribution GROUP BY 1, 2) o
         ON (o.closing_id, o.commitment_id) = (s.closing_id, s.commitment_id)
 WHERE s.gets <> coalesce(p.paid, 0) OR s.gives <> coalesce(o.paid_out, 0)
UNION ALL
SELECT x.closing_id, x.commitment_id, x.distribution_id, x.amount, o.amount, NULL
  FROM capital_transactions x
  LEFT JOIN capital_transactions o ON o.id = x.moves_id
 WHERE x.closing_id IS NOT NULL
   AND ((x.fund_id, x.type, x.deal_id, x.distribution_id, x.recallable, x.within_commitment, x.counts_as_distributed, x.accrues_from, x.happened_on)
        IS DISTINCT FROM
        (o.fund_id, o.type, o.deal_id, o.distribution_id, o.recallable, o.within_commitment, o.counts_as_distributed, o.accrues_from, o.value_date)
        OR o.moves_id IS NOT NULL)
