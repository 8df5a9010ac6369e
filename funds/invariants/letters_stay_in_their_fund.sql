-- A letter goes to a partner of the fund that writes it.
SELECT n.id AS notice, n.fund_id AS fund, n.commitment_id AS commitment
  FROM notices n JOIN commitments c ON c.id = n.commitment_id
 WHERE c.fund_id <> n.fund_id
