-- A refund is what goes back to its partner on all lines of its closing and was paid, with interest and premium.
SELECT coalesce(p.closing_id, r.closing_id) AS closing, coalesce(p.commitment_id, r.commitment_id) AS commitment,
       p.capital, r.capital AS refunded, p.interest, r.interest AS passed_on
  FROM (SELECT closing_id, commitment_id, sum(greatest(-delta, 0) - reduces_open) AS capital,
               -sum(least(interest, 0) + least(premium, 0)) AS interest
          FROM equalisation_parts GROUP BY closing_id, commitment_id) p
  FULL JOIN (SELECT * FROM refunds WHERE closing_id IS NOT NULL) r ON (r.closing_id, r.commitment_id) = (p.closing_id, p.commitment_id)
 WHERE (coalesce(p.capital, 0), coalesce(p.interest, 0)) IS DISTINCT FROM (coalesce(r.capital, 0), coalesce(r.interest, 0))
    OR r.amount IS DISTINCT FROM CASE WHEN r.id IS NOT NULL THEN r.capital + r.interest END
