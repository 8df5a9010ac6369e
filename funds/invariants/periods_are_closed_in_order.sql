-- The closed periods of a fund follow one another without a gap, each closed by two, after its end, and knowing no less than
-- the one before.
SELECT c.id AS close, c.fund_id AS fund, c.first_day, c.last_day
  FROM (SELECT c.*, lag(c.last_day) OVER w AS before, lag(c.known_at) OVER w AS knew
          FROM period_closes c
         WHERE c.approved_at IS NOT NULL AND NOT EXISTS (SELECT FROM period_reopenings r WHERE r.close_id = c.id)
        WINDOW w AS (PARTITION BY c.fund_id ORDER BY c.last_day)) c
  JOIN funds f ON f.id = c.fund_id
 WHERE c.first_day <> c.before + 1 OR c.first_day <> date_trunc('quarter', c.first_day)::date OR c.known_at < c.knew OR c.approved_by_id = c.recorded_by_id
    OR c.last_day >= local_day(c.approved_at, f.time_zone)
