-- A payment of a file is what its payout would be, to a verified account of that partner; one that is paid was paid to where it went.
SELECT l.id AS line, l.amount, i.net_amount AS owed, l.commitment_id
  FROM payment_file_lines l
  JOIN payee_details d ON d.id = l.payee_details_id
  LEFT JOIN distribution_items i ON i.id = l.row_id AND l.kind = 'payout'
 WHERE d.commitment_id <> l.commitment_id OR d.verified_at IS NULL OR d.fund_id <> l.fund_id
    OR (l.kind = 'payout' AND (i.id IS NULL OR i.net_amount <> l.amount OR i.commitment_id <> l.commitment_id))
