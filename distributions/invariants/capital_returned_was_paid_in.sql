-- Issued distributions return no more capital than was paid in, to a partner or over limited partners who share one account; payments that came back afterwards count, and are exceptions; refunds that came back do not.
SELECT a.fund, a.commitment, a.returned, a.paid_in
  FROM (SELECT x.fund, x.commitment, sum(x.returned) AS returned, sum(x.paid_in) AS paid_in
          FROM (SELECT i.fund_id AS fund, i.return_of_capital AS returned, 0 AS paid_in,
                       CASE WHEN p.pooled AND c.kind <> 'gp' THEN NULL ELSE c.id END AS commitment
                  FROM distribution_items i
                  JOIN distributions d ON d.id = i.distribution_id AND d.status IN ('sent', 'paid')
                  JOIN commitments c ON c.id = i.commitment_id
                  JOIN (SELECT d.fund_id, bool_or(t.scope = 'aggregate') AS pooled
                          FROM distributions d JOIN fund_terms t ON t.id = d.terms_id
                         WHERE d.status IN ('sent', 'paid') GROUP BY d.fund_id) p ON p.fund_id = i.fund_id
                UNION ALL
                SELECT h.fund_id, h.return_of_capital, 0, CASE WHEN p.pooled AND c.kind <> 'gp' THEN NULL ELSE c.id END
                  FROM taken_shares h
                  JOIN commitments c ON c.id = h.commitment_id
                  JOIN (SELECT d.fund_id, bool_or(t.scope = 'aggregate') AS pooled
                          FROM distributions d JOIN fund_terms t ON t.id = d.terms_id
                         WHERE d.status IN ('sent', 'paid') GROUP BY d.fund_id) p ON p.fund_id = h.fund_id
                UNION ALL
                SELECT l.fund_id, 0, l.amount, CASE WHEN p.pooled AND c.kind <> 'gp' THEN NULL ELSE c.id END
                  FROM capital_transactions l
                  JOIN commitments c ON c.id = l.commitment_id
                  JOIN (SELECT d.fund_id, bool_or(t.scope = 'aggregate') AS pooled
                          FROM distributions d JOIN fund_terms t ON t.id = d.terms_id
                         WHERE d.status IN ('sent', 'paid') GROUP BY d.fund_id) p ON p.fund_id = l.fund_id
                 WHERE l.call_line_id IS NOT NULL AND l.counts_as_paid_in
                   AND (l.reverses_id IS NULL OR l.refund_payout_id IS NOT NULL)) x
         GROUP BY x.fund, x.commitment) a
 WHERE a.returned > a.paid_in
