-- On each line of a closing what later partners pay is what earlier ones get back; so are interest and premium.
SELECT p.closing_id AS closing, p.line_id AS line, sum(p.delta) AS delta, sum(p.interest) AS interest, sum(p.premium) AS premium
  FROM equalisation_parts p
 GROUP BY p.closing_id, p.line_id
HAVING sum(p.delta) <> 0 OR sum(p.interest) <> 0 OR sum(p.premium) <> 0
