-- Hurdles rise from tier to tier and carried interest does not fall, with every side letter in force, which only terms worked out per investor can have.
SELECT fund_id, terms_id, side_letter_id, tier
  FROM (SELECT f.fund_id, f.terms_id, f.letter_id AS side_letter_id, x.place AS tier, f.scope, f.letter_rates,
               x.hurdle, x.catch_up, x.carry,
               lag(x.hurdle) OVER below AS hurdle_below, lag(x.carry) OVER below AS carry_below
          FROM (SELECT t.fund_id, t.id AS terms_id, NULL::bigint AS letter_id, t.scope, 0 AS letter_rates,
                       NULL::numeric AS hurdle, NULL::numeric AS catch_up, NULL::numeric AS carry
                  FROM fund_terms t
                UNION
                SELECT t.fund_id, t.id, l.id, t.scope, num_nonnulls(l.hurdle_rate, l.catch_up_rate, l.carry_rate),
                       l.hurdle_rate, l.catch_up_rate, l.carry_rate
                  FROM (SELECT fund_id, effective_on AS day FROM fund_terms
                        UNION
                        SELECT c.fund_id, s.effective_on FROM side_letters s
                          JOIN commitments c ON c.id = s.commitment_id) d
                  JOIN commitments c ON c.fund_id = d.fund_id
                 CROSS JOIN LATERAL (SELECT * FROM fund_terms x WHERE x.fund_id = d.fund_id AND x.effective_on <= d.day
                                      ORDER BY x.effective_on DESC, x.version DESC LIMIT 1) t
                 CROSS JOIN LATERAL (SELECT * FROM side_letters x WHERE x.commitment_id = c.id AND x.effective_on <= d.day
                                      ORDER BY x.effective_on DESC, x.version DESC LIMIT 1) l) f
         CROSS JOIN LATERAL (
               SELECT -1 AS place, coalesce(f.hurdle, t.hurdle_rate) AS hurdle,
                      coalesce(f.catch_up, t.catch_up_rate) AS catch_up, coalesce(f.carry, t.carry_rate) AS carry
                 FROM fund_terms t WHERE t.id = f.terms_id
               UNION ALL
               SELECT t.position, t.hurdle_rate, coalesce(f.catch_up, t.catch_up_rate), coalesce(f.carry, t.carry_rate)
                 FROM fund_terms_tiers t WHERE t.terms_id = f.terms_id) x
        WINDOW below AS (PARTITION BY f.terms_id, f.letter_id ORDER BY x.place)) of_tiers
 WHERE hurdle <= hurdle_below OR carry < carry_below OR (catch_up > 0 AND catch_up < carry)
    OR (scope = 'aggregate' AND letter_rates > 0)
