-- Where a distribution, the reversal of a payout or a write-down says four eyes, who approved is not who asked; whatever is issued was approved and sent.
SELECT 'distribution' AS what, id, submitted_by_id AS asked, approved_by_id AS approved
  FROM distributions
 WHERE (four_eyes AND approved_by_id = submitted_by_id)
    OR (status IN ('sent', 'paid') AND (approved_by_id IS NULL OR submitted_by_id IS NULL OR sent_by_id IS NULL))
UNION ALL
SELECT 'reversal', id, requested_by_id, approved_by_id
  FROM payout_reversals
 WHERE (four_eyes AND approved_by_id = requested_by_id) OR (compensation_id IS NOT NULL AND approved_by_id IS NULL)
UNION ALL
SELECT 'write-down', id, created_by_id, approved_by_id
  FROM write_downs
 WHERE four_eyes AND approved_by_id = created_by_id
