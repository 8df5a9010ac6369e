-- A refund is what goes back to its partner on all lines of its closing and was paid, with interest and premium, less that on distributions that it
-- gives back; what it gives of these pays so much of it.
SELECT coalesce(p.closing_id, r.closing_id) AS closing, coalesce(p.commitment_id, r.commitment_id) AS commitment,
       p.capital, r.capital AS refunded, p.interest, r.interest AS passed_on
  FROM (SELECT x.closing_id, x.commitment_id, sum(x.capital) AS capital, sum(x.interest) AS interest, sum(x.given) AS given
          FROM (SELECT closing_id, commitment_id, greatest(-delta, 0) - reduces_open AS capital,
                       -least(interest, 0) - least(premium, 0) AS interest, 0 AS given
                  FROM equalisation_parts
                UNION ALL
                SELECT closing_id, commitment_id, 0, -greatest(interest, 0), greatest(delta, 0) FROM equalised_shares) x
         GROUP BY 1, 2) p
  FULL JOIN (SELECT * FROM refunds WHERE closing_id IS NOT NULL) r ON (r.closing_id, r.commitment_id) = (p.closing_id, p.commitment_id)
 WHERE (coalesce(p.capital, 0), coalesce(p.interest, 0), coalesce(p.given, 0))
       IS DISTINCT FROM (coalesce(r.capital, 0), coalesce(r.interest, 0), coalesce(r.set_off, 0))
    OR r.amount IS DISTINCT FROM CASE WHEN r.id IS NOT NULL THEN r.capital + r.interest END
