-- Bank details, numbers on file and calls of a partner are of the fund in which it is one.
SELECT 'bank details' AS what, d.id, d.fund_id AS fund
  FROM payee_details d JOIN commitments c ON c.id = d.commitment_id WHERE c.fund_id <> d.fund_id
UNION ALL
SELECT 'number', n.id, n.fund_id
  FROM phone_numbers n JOIN commitments c ON c.id = n.commitment_id WHERE c.fund_id <> n.fund_id
UNION ALL
SELECT 'call', k.id, k.fund_id
  FROM call_backs k
  LEFT JOIN payee_details d ON d.id = k.payee_details_id
  LEFT JOIN bank_details b ON b.id = k.bank_details_id
 WHERE k.fund_id <> coalesce(d.fund_id, b.fund_id)
