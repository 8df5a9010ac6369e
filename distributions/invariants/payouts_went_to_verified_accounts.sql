-- A payout that names an account went to one of its own partner that was verified; and a payout is released to one of its partner, by another than who entered it.
SELECT 'payout' AS what, p.id, p.fund_id AS fund
  FROM payouts p JOIN payee_details d ON d.id = p.payee_details_id
 WHERE d.commitment_id <> p.commitment_id OR d.verified_at IS NULL
UNION ALL
SELECT 'release', r.id, r.fund_id
  FROM payout_releases r
  JOIN distribution_items i ON i.id = r.item_id
  JOIN payee_details d ON d.id = r.payee_details_id
 WHERE d.commitment_id <> i.commitment_id OR r.fund_id <> i.fund_id OR d.verified_at IS NULL
