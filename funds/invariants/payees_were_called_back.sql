-- Whoever verified an account of a partner had it confirmed by a call to a number of this partner that was on file before the account was entered; where four eyes ruled, another person had entered it.
SELECT d.id AS payee_details, d.fund_id AS fund, d.commitment_id AS commitment, d.verified_by_id AS verified_by
  FROM payee_details d
 WHERE d.verified_at IS NOT NULL
   AND ((d.four_eyes AND d.verified_by_id = d.created_by_id) OR d.verified_at < d.usable_from
        OR NOT EXISTS (
            SELECT FROM call_backs c JOIN phone_numbers n ON n.id = c.number_id
             WHERE c.payee_details_id = d.id AND c.outcome = 'confirmed' AND c.recorded_by_id = d.verified_by_id
               AND n.fund_id = d.fund_id AND n.commitment_id = d.commitment_id AND n.recorded_at < d.created_at
               AND n.recorded_at <= d.created_at - (d.usable_from - d.created_at)))
