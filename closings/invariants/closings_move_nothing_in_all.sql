-- On each line of a closing what later partners pay is what earlier ones get back; so are interest and premium; and so it is with
-- distributions that it shares anew.
SELECT p.closing_id AS closing, p.line_id AS line, sum(p.delta) AS delta, sum(p.interest) AS interest, sum(p.premium) AS premium
  FROM equalisation_parts p
 GROUP BY p.closing_id, p.line_id
HAVING sum(p.delta) <> 0 OR sum(p.interest) <> 0 OR sum(p.premium) <> 0
UNION ALL
SELECT s.closing_id, NULL, sum(s.delta), sum(s.interest), sum(s.recallable)
  FROM equalised_shares s
 GROUP BY s.closing_id, s.distribution_id
HAVING sum(s.delta) <> 0 OR sum(s.interest) <> 0 OR sum(s.recallable) <> 0
