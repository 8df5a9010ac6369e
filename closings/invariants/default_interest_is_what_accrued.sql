-- Interest that a default asked for is what had accrued by its terms when that was approved, and was not asked for before.
SELECT r.id AS remedy, r.default_id AS default, r.amount, default_interest_due(r.id) AS due
  FROM default_remedies r
 WHERE r.kind = 'interest' AND r.approved_at IS NOT NULL AND r.amount IS DISTINCT FROM default_interest_due(r.id)
