-- Where the row says four eyes, who approved is not who asked; whatever is issued or taken back was approved.
SELECT 'call' AS what, id, submitted_by_id AS asked, approved_by_id AS approved
  FROM capital_calls
 WHERE (four_eyes AND approved_by_id = submitted_by_id)
    OR (status IN ('sent', 'partially_funded', 'fully_funded') AND (approved_by_id IS NULL OR submitted_by_id IS NULL))
UNION ALL
SELECT 'reversal', id, requested_by_id, approved_by_id
  FROM payment_reversals
 WHERE (four_eyes AND approved_by_id = requested_by_id) OR (compensation_id IS NOT NULL AND approved_by_id IS NULL)
UNION ALL
SELECT 'residual', id, recorded_by_id, approved_by_id
  FROM residual_settlements
 WHERE four_eyes AND approved_by_id = recorded_by_id
UNION ALL
SELECT 'bank details', id, created_by_id, verified_by_id
  FROM bank_details
 WHERE four_eyes AND verified_by_id = created_by_id
