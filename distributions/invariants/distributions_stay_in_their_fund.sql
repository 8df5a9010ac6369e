-- Terms, tiers, items with their partners, and deals belong to the distribution's own fund.
SELECT d.id AS distribution, 'terms' AS what, t.id
  FROM distributions d JOIN fund_terms t ON t.id = d.terms_id WHERE t.fund_id <> d.fund_id
UNION ALL
SELECT d.id, 'tier', x.id
  FROM distribution_tiers x LEFT JOIN distributions d ON d.id = x.distribution_id WHERE d.fund_id IS DISTINCT FROM x.fund_id
UNION ALL
SELECT d.id, 'item', i.id
  FROM distribution_items i
  LEFT JOIN distributions d ON d.id = i.distribution_id
  LEFT JOIN commitments c ON c.id = i.commitment_id
 WHERE d.fund_id IS DISTINCT FROM i.fund_id OR c.fund_id IS DISTINCT FROM i.fund_id
UNION ALL
SELECT d.id, 'deal', d.deal_id
  FROM distributions d LEFT JOIN fund_allocations a ON a.fund_id = d.fund_id AND a.deal_id = d.deal_id
 WHERE d.deal_id IS NOT NULL AND a.id IS NULL
