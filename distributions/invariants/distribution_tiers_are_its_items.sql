-- Capital, preferred return, profit, carried interest and the GP's own of a distribution are the same over its tiers and over its items.
SELECT d.id AS distribution, v.what, v.items, v.tiers
  FROM distributions d
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.return_of_capital) FILTER (WHERE c.kind = 'lp'), 0) AS capital,
              coalesce(sum(x.preferred_return) FILTER (WHERE c.kind = 'lp'), 0) AS preferred,
              coalesce(sum(x.profit_share) FILTER (WHERE c.kind = 'lp'), 0) AS profit,
              coalesce(sum(x.gross_amount - x.carried_interest) FILTER (WHERE c.kind = 'gp'), 0) AS own,
              coalesce(sum(x.carried_interest), 0) AS carry
         FROM distribution_items x JOIN commitments c ON c.id = x.commitment_id WHERE x.distribution_id = d.id) i
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.lp_amount) FILTER (WHERE x.kind IN ('return_of_capital', 'excess')), 0) AS capital,
              coalesce(sum(x.lp_amount) FILTER (WHERE x.kind = 'preferred_return'), 0) AS preferred,
              coalesce(sum(x.lp_amount) FILTER (WHERE x.kind IN ('catch_up', 'split')), 0) AS profit,
              coalesce(sum(x.gp_amount) FILTER (WHERE x.kind IN ('gp_own', 'excess')), 0) AS own,
              coalesce(sum(x.gp_amount) FILTER (WHERE x.kind IN ('catch_up', 'split')), 0) AS carry
         FROM distribution_tiers x WHERE x.distribution_id = d.id) t
 CROSS JOIN LATERAL (VALUES ('capital', i.capital, t.capital), ('preferred return', i.preferred, t.preferred),
                            ('profit', i.profit, t.profit), ('the GP''s own', i.own, t.own),
                            ('carried interest', i.carry, t.carry)) v (what, items, tiers)
 WHERE v.items <> v.tiers
