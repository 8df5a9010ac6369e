-- An entry is at most one receipt, which has its amount, its value date and its fund.
SELECT p.id AS posting, e.amount, r.amount AS received, e.value_date, r.value_date AS received_on
  FROM entry_postings p
  JOIN bank_entries e ON e.id = p.entry_id
  JOIN receipts r ON r.id = p.receipt_id
 WHERE r.amount <> e.amount OR r.value_date <> e.value_date OR r.fund_id <> e.fund_id OR e.status <> 'booked'
