-- Capital was returned to a partner (none named: to the limited partners, who share one account) whose payment came back afterwards. Have it paid again, or take it off the next distribution: the waterfall does so by itself.
SELECT a.fund, a.commitment, a.returned, a.paid_in, a.returned - a.paid_in AS to_recover
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
                 WHERE l.call_line_id IS NOT NULL AND l.counts_as_paid_in) x
         GROUP BY x.fund, x.commitment) a
 WHERE a.returned > a.paid_in
