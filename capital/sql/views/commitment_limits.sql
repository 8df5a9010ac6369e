-- One row per commitment: the most that may stand unfunded and the most that may be called of it in all (NULL: no limit),
-- by the newest terms of its fund.
CREATE VIEW commitment_limits WITH (security_invoker = true) AS
SELECT c.id AS commitment_id,
       c.fund_id,
       a.committed * coalesce(t.max_unfunded, 1) AS most_unfunded,
       a.committed * t.max_cumulative AS most_called
  FROM commitments c
  JOIN commitment_amounts a ON a.commitment_id = c.id
  LEFT JOIN LATERAL (
       SELECT x.max_unfunded, x.max_cumulative
         FROM fund_terms x
        WHERE x.fund_id = c.fund_id
        ORDER BY x.effective_on DESC, x.version DESC
        LIMIT 1) t ON true;
